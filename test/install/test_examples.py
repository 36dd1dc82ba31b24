"""The examples, built from the installed tree alone, compute what ONNX Runtime computes."""

import re

import numpy as np
from convopt.testing import reference

TOLERANCE = 1e-5


def classify(machine, images):
    model = str(machine.example("models/classify.onnx"))
    return np.concatenate([reference.run(model, [image[np.newaxis]])[0] for image in images])


def test_app_with_two_networks_and_four_threads(machine, project):
    app = project("app")
    app.configure()
    app.make()
    images = np.random.default_rng(3).random((9, 3, 48, 48), np.float32)
    images.tofile(machine.folder / "images.bin")
    machine.run(app.build / "app", machine.folder / "images.bin", machine.folder / "scores.bin")
    scores = np.fromfile(machine.folder / "scores.bin", np.float32).reshape(9, 10)
    denoise = str(machine.example("models/denoise.onnx"))
    clean = np.concatenate([reference.run(denoise, [image[np.newaxis]])[0] for image in images])
    expected = classify(machine, clean)
    assert len(np.unique(expected.argmax(1))) >= 1 and np.ptp(expected, axis=0).max() > 1e-4
    assert reference.relative_error(scores, expected) < TOLERANCE
    message = machine.run(app.build / "app", machine.folder / "none.bin", machine.folder / "none", fails=True)
    assert "cannot read images" in message


def test_cross_compiled_for_aarch64(machine, project):
    cross = project("cross")
    cross.configure(f"-DCMAKE_TOOLCHAIN_FILE={machine.example('cross/aarch64-linux-gnu.cmake')}")
    cross.make()
    assert "AArch64" in machine.run("readelf", "-h", cross.build / "cross")
    output = machine.run("ctest", "--test-dir", cross.build, "--verbose")
    lines = [line.removeprefix("1: ") for line in output.splitlines() if line.startswith("1: ")]
    start = next(i for i, line in enumerate(lines) if line.startswith("aarch64"))
    scores = np.array([float(line) for line in lines[start + 1 : start + 11]], np.float32)
    image = (np.arange(3 * 48 * 48) % 64 / 64).astype(np.float32).reshape(3, 48, 48)
    # Six digits are printed.
    np.testing.assert_allclose(scores, classify(machine, [image])[0], atol=2e-6)


def test_library_compiles_in_a_program(machine, project):
    library = project("library")
    library.configure()
    library.make()
    program, model = library.build / "compile", machine.example("models/classify.onnx")
    lines = machine.run(program, model, "threads=2").splitlines()
    assert lines[0].startswith("net for x86_64-")
    ones = np.ones((3, 48, 48), np.float32)
    np.testing.assert_allclose(np.array(lines[1:], np.float32), classify(machine, [ones])[0], atol=2e-6)
    said = machine.run(program, model, "thread=2", fails=True)
    assert said.endswith("compile: error: unknown option 'thread'; did you mean 'threads'?\n")


def test_embedded_passes_functions_and_compiler(machine, project):
    embed = project("embed")
    embed.configure()
    embed.make()
    module = machine.example("embed/module.mlir")
    optimised = machine.run(embed.build / "my-opt", module, "aarch64")
    assert "my.chosen = 2" in optimised and optimised.count("#convopt.primitive<") == 2
    chosen = machine.run(embed.build / "choose", module, "aarch64").splitlines()
    assert [bool(re.fullmatch(r"main [a-z0-9_]+ [1-9][0-9]* ns", line)) for line in chosen] == [True, True]
    assert "neither host" in machine.run(embed.build / "choose", module, "vax", fails=True)

    ours, theirs = machine.folder / "ours.o", machine.folder / "theirs.o"
    model = machine.example("models/classify.onnx")
    machine.tool("convopt-compile", model, "--name=network", "-o", ours)
    machine.run(embed.build / "my-compile", model, theirs)
    assert theirs.read_bytes() == ours.read_bytes()
