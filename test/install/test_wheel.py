"""The wheel: what it says of itself, what it needs, and that it works where neither the checkout nor LLVM is."""

import email
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from conftest import BUILD, HALIDE, SOURCE, Machine

sys.path.insert(0, str(SOURCE / "scripts"))
from audit_wheel import audit  # noqa: E402

TOOLS = ["convopt-compile", "convopt-kernels", "convopt-opt", "convopt-profile", "convopt-run"]
VERSION = re.search(r"project\(convopt VERSION ([0-9.]+)", (SOURCE / "CMakeLists.txt").read_text())[1]
# What every machine has that runs programs of C++.
OF_THE_MACHINE = set("libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libgcc_s.so.1 libstdc++.so.6".split())


def git_status():
    command = ["git", "-C", SOURCE, "status", "--porcelain"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """As pip makes it of the checkout, which is as clean afterwards as before. The script also says what it needs."""
    folder, before = tmp_path_factory.mktemp("wheel"), git_status()
    environment = {**os.environ, "PRESET": BUILD.name}
    subprocess.run([SOURCE / "scripts/wheel.sh", folder], check=True, env=environment, stdout=subprocess.DEVNULL)
    assert git_status() == before
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def machine(wheel, tmp_path_factory):
    """A machine with a new environment that has the wheel, Halide, numpy and nothing more."""
    folder = tmp_path_factory.mktemp("machine")
    prefix = folder / "an environment"
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", prefix], check=True)
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "--python", prefix / "bin/python"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--no-compile", wheel], check=True)
    (packages,) = prefix.glob("lib/python3.*/site-packages")
    (packages / "halide/lib64").mkdir(parents=True)
    (packages / "halide/__init__.py").touch()
    place(HALIDE / "lib64/libHalide.so", packages / "halide/lib64/libHalide.so")
    for path in Path(np.__file__).resolve().parents[1].glob("numpy*"):
        (packages / path.name).symlink_to(path)
    return Machine(prefix, folder, hidden=[Path("/usr/lib/llvm-19")])


def place(file, path):
    """Without a copy where that can be: it is large."""
    try:
        path.hardlink_to(file)
    except OSError:
        shutil.copy(file, path)


def package(machine):
    (found,) = machine.prefix.glob("lib/python3.*/site-packages/convopt")
    return found


def test_it_says_what_it_is(wheel):
    assert re.fullmatch(rf"convopt-{re.escape(VERSION)}-py3-none-manylinux_2_\d+_x86_64\.whl", wheel.name)
    with zipfile.ZipFile(wheel) as archive:
        metadata = email.message_from_bytes(archive.read(f"convopt-{VERSION}.dist-info/METADATA"))
    needs = metadata.get_all("Requires-Dist")
    assert {need for need in needs if "extra" not in need} == {"numpy", "halide==21.0.0"}
    assert set(metadata.get_all("Provides-Extra")) == {"train", "profile", "quantize", "test"}


def test_it_is_complete(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = {f"convopt/bin/{tool}" for tool in TOOLS}
    expected |= {"convopt/lib/ConvoptPlugin.so", "convopt/lib/libconvopt-llvm.so", "convopt/share/models/builtin.json"}
    expected.add("convopt/share/models/wide.json")
    expected |= {f"convopt/include/convopt-c/{path.name}" for path in (SOURCE / "include/convopt-c").iterdir()}
    if "convopt_c:" in (BUILD / "build.ninja").read_text():
        expected.add("convopt/lib/libconvopt-c.so")
    assert expected <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith("convopt/docs/")]


@pytest.mark.parametrize(
    "platform, options, message",
    [
        ("manylinux_2_36_x86_64", ["-Wl,--no-as-needed", "-lzstd"], "needs libzstd.so.1"),
        ("manylinux_2_17_x86_64", [], r"has symbols of manylinux_2_3\d"),
    ],
)
def test_a_name_that_promises_too_much_is_found(tmp_path, platform, options, message):
    source, library = tmp_path / "source.c", tmp_path / "library.so"
    source.write_text("#include <dlfcn.h>\nvoid *self(void) { return dlopen(0, RTLD_NOW); }\n")
    subprocess.run(["cc", "-shared", "-fPIC", source, "-o", library, *options], check=True)
    wheel = tmp_path / f"small-1-py3-none-{platform}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(library, "small/library.so")
        tag = f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-{platform}\n"
        archive.writestr("small-1.dist-info/WHEEL", tag)
        archive.writestr("small-1.dist-info/RECORD", "small/library.so,,\n")
    with pytest.raises(SystemExit, match=message):
        audit(wheel)


def test_libraries_are_its_own_and_halides(machine):
    site = package(machine).parent.resolve()
    plugin = package(machine) / "lib/ConvoptPlugin.so"
    binaries = [*package(machine).glob("bin/*"), *package(machine).glob("lib/*")]
    assert len(binaries) >= 9
    for binary in binaries:
        dynamic = subprocess.run(["readelf", "-dW", binary], check=True, capture_output=True, text=True).stdout
        for path in ":".join(re.findall(r"RUNPATH.*\[(.*)\]", dynamic)).split(":"):
            assert not path or path.startswith("$ORIGIN/"), binary
        found = machine.run("ldd", "-r", binary) if binary != plugin else ""
        # What libprotobuf lacks its users bring: their way to it leads to zlib too.
        assert "not found" not in found and "undefined symbol" not in found, f"{binary}:\n{found}"
        if binary.name.startswith("libprotobuf"):
            continue
        for name, path in re.findall(r"(\S+) => (\S+) \(", found):
            assert name in OF_THE_MACHINE or Path(path).resolve().is_relative_to(site), f"{binary}: {path}"


def test_tools_make_the_bytes_that_the_normal_build_makes(machine):
    model = SOURCE / "examples/models/classify.onnx"
    theirs, ours = machine.folder / "theirs.so", machine.folder / "ours.so"
    options = ["--target=x86-64", "--emit=shared", "-o"]
    subprocess.run([BUILD / "bin/convopt-compile", model, *options, theirs], check=True)
    copied = machine.folder / "classify.onnx"
    shutil.copy(model, copied)
    machine.tool("convopt-compile", copied, *options, ours)
    assert ours.read_bytes() == theirs.read_bytes()
    assert "1 runs: min" in machine.tool("convopt-run", ours)
    assert '"primitives"' in machine.tool("convopt-profile", copied, "--target=x86-64", "--catalogue")
    linalg, kernels = machine.folder / "linalg.mlir", machine.folder / "kernels.mlir"
    machine.tool("convopt-compile", copied, "--emit=linalg", "-o", linalg)
    assert "linalg.generic" in machine.tool("convopt-opt", linalg, "--convopt-normalise")
    of_kernels = "convopt-select-primitives{target=x86-64}),convopt-kernels{target=x86-64}"
    pipeline = f"--pass-pipeline=builtin.module(convopt-normalise,func.func({of_kernels})"
    machine.tool("convopt-opt", linalg, pipeline, "-o", kernels)
    assert "// conv_" in machine.tool("convopt-kernels", kernels)


@pytest.mark.parametrize("tool", TOOLS)
def test_tools_say_their_version(machine, tool):
    assert f"convopt {VERSION}" in machine.tool(tool, "--version")


def test_errors_and_exit_status_come_through(machine):
    assert "convopt-compile: error: " in machine.tool("convopt-compile", machine.folder / "none.onnx", fails=True)


def test_python_compiles_and_runs(machine):
    script = machine.folder / "script.py"
    script.write_text("""
import convopt, numpy, sys
from convopt.runtime import find_tool
model = convopt.compile(sys.argv[1])
(image,) = model.inputs
print(model(numpy.ones(image.shape, image.dtype)).shape, convopt.__version__, find_tool().parent)
""")
    shutil.copy(SOURCE / "examples/models/classify.onnx", machine.folder / "for-python.onnx")
    # Its tools are its own even where there are others on the path.
    said = machine.run(machine.prefix / "bin/python", script, machine.folder / "for-python.onnx")
    assert said.strip() == f"(1, 10) {VERSION} {package(machine) / 'bin'}"


def test_halide_is_found_elsewhere_too(machine):
    halide = package(machine).parent / "halide"
    elsewhere = machine.folder / "elsewhere"
    elsewhere.mkdir()
    halide.rename(elsewhere / "halide")
    try:
        shutil.copy(SOURCE / "examples/models/classify.onnx", machine.folder / "again.onnx")
        command = [machine.prefix / "bin/convopt-compile", machine.folder / "again.onnx", "--emit=shared"]
        machine.run("env", f"PYTHONPATH={elsewhere}", *command, "-o", machine.folder / "again.so")
    finally:
        (elsewhere / "halide").rename(halide)


def test_plugin_works_in_a_stock_mlir_opt(machine):
    plugin = package(machine) / "lib/ConvoptPlugin.so"
    module = SOURCE / "examples/embed/module.mlir"
    pipeline = "--pass-pipeline=builtin.module(func.func(convopt-select-primitives{target=x86-64}))"
    command = ["/usr/lib/llvm-19/bin/mlir-opt", module, f"--load-pass-plugin={plugin}", pipeline]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert said.count("#convopt.primitive<") == 2
