"""What an installed tree holds, and that it may be moved."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from conftest import BUILD, ENVIRONMENT, SOURCE

TOOLS = ["convopt-compile", "convopt-opt", "convopt-profile", "convopt-run"]


def test_no_file_names_a_folder_of_the_build(machine):
    cache = (BUILD / "CMakeCache.txt").read_text()
    if "CMAKE_BUILD_TYPE:STRING=Release" not in cache:
        pytest.skip("debug information names the sources")
    folders = [BUILD, SOURCE, ENVIRONMENT.parent, ENVIRONMENT, machine.folder / "first"]
    names = re.compile(b"|".join(re.escape(os.fsencode(folder)) for folder in folders))
    found = {}
    for path in machine.prefix.rglob("*"):
        if path.is_file() and (match := names.search(path.read_bytes())):
            found[str(path.relative_to(machine.prefix))] = match[0]
    assert found == {}


def test_c_library_shows_its_functions_alone_and_needs_no_halide(machine):
    library = machine.prefix / "lib/libconvopt-c.so"
    lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    header = (machine.prefix / "include/convopt-c/Compile.h").read_text()
    shown = {line.split()[-1].split("@")[0] for line in lines.splitlines()} - {"CONVOPT_1"}
    assert shown == set(re.findall(r"\b(convopt_compil\w+)\(", header.split("#ifndef CONVOPT_C_COMPILE_H")[1]))
    libraries = machine.run("ldd", library)
    assert "not found" not in libraries and "Halide" not in libraries


@pytest.mark.parametrize("tool", TOOLS)
def test_libraries_are_found_beside_the_tools_and_in_the_system(machine, tool):
    program = machine.prefix / "bin" / tool
    dynamic = subprocess.run(["readelf", "-d", program], check=True, capture_output=True, text=True).stdout
    for path in re.findall(r"(?:RUNPATH|RPATH).*\[(.*)\]", dynamic)[0].split(":"):
        assert path.startswith(("$ORIGIN/", "/usr/lib/"))
    libraries = machine.run("ldd", program)
    assert "not found" not in libraries
    if "libHalide" in dynamic:
        found = re.search(r"libHalide\.so => (.*) \(", libraries)[1]
        assert Path(found).resolve() == machine.prefix / "lib/convopt/libHalide.so"


def test_tools_run_wherever_the_tree_is_moved(machine):
    model = machine.example("models/classify.onnx")
    machine.tool("convopt-compile", model, "--emit=shared", "-o", machine.folder / "here.so")
    first, second = machine.prefix, machine.folder / "another" / "place"
    second.parent.mkdir()
    first.rename(second)
    machine.prefix = second
    try:
        model = machine.example("models/classify.onnx")
        machine.tool("convopt-compile", model, "--emit=shared", "-o", machine.folder / "there.so")
        assert (machine.folder / "there.so").read_bytes() == (machine.folder / "here.so").read_bytes()
        assert "1 runs: min" in machine.tool("convopt-run", machine.folder / "there.so")
        assert '"primitives"' in machine.tool("convopt-profile", model, "--target=x86-64", "--catalogue")
    finally:
        second.rename(first)
        machine.prefix = first


def test_passes_run_in_our_tool_and_in_a_stock_one(machine):
    module = machine.example("embed/module.mlir")
    pipeline = "--pass-pipeline=builtin.module(func.func(convopt-select-primitives{target=x86-64}))"
    ours = machine.tool("convopt-opt", module, pipeline)
    assert ours.count("#convopt.primitive<") == 2
    plugin = machine.prefix / "lib/convopt/ConvoptPlugin.so"
    stock = machine.run("/usr/lib/llvm-19/bin/mlir-opt", module, f"--load-pass-plugin={plugin}", pipeline)
    assert stock == ours


def test_cost_model_is_the_built_in_one(machine):
    model = machine.example("models/classify.onnx")
    built_in = machine.tool("convopt-compile", model, "--target=x86-64", "--explain", "--emit=annotated")
    file = machine.prefix / "share/convopt/models/builtin.json"
    given = machine.tool(
        "convopt-compile", model, "--target=x86-64", "--explain", "--emit=annotated", f"--cost-model={file}"
    )
    assert given == built_in
