"""ThreadSanitizer finds no race in the runtime when four threads run a model, each in a workspace of two threads.

The program's runtime is that of lib/Runtime/c, instrumented: it takes the place of the one in the object, whose
functions are made weak. The kernels are as they are: that two of their iterations write different memory they have to
know themselves, but what orders them with the caller, all that the runtime does and what it calls of libpthread is
watched.
"""

import os
import subprocess

import numpy as np
import pytest
from conftest import check_outputs
from convopt.testing import networks

ROOT = networks.ROOT


def tool(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout


@pytest.fixture
def program(build, tmp_path):
    built, header = build("unet", threads=2)
    runtime = []
    flags = ["-std=c11", "-g", "-O1", "-fsanitize=thread", "-fvisibility=hidden", f"-I{ROOT / 'include'}"]
    for source in sorted((ROOT / "lib" / "Runtime" / "c").glob("*.c")):
        runtime.append(tmp_path / f"{source.stem}.o")
        tool("clang-19", *flags, "-c", source, "-o", runtime[-1])
    lines = tool("nm", "--defined-only", "-g", *runtime).splitlines()
    functions = [line.split()[2] for line in lines if len(line.split()) == 3]
    assert "halide_do_par_for" in functions and "convopt_run" in functions
    weak = [f"--{how}-symbol={name}" for name in functions for how in ("globalize", "weaken")]
    replaced = tmp_path / "replaced.o"
    tool("/usr/lib/llvm-19/bin/llvm-objcopy", *weak, "--globalize-symbol=convopt_plan", built, replaced)
    source = ROOT / "test" / "e2e" / "four_threads.c"
    result = tmp_path / "four_threads"
    defines = [f'-DHEADER="{header}"', "-DMODEL=unet_model"]
    tool("clang-19", *flags, *defines, source, replaced, *runtime, "-o", result, "-lm", "-lpthread")
    return result


def run(program, tmp_path, how):
    network = networks.network("unet")
    network.inputs[0].tofile(tmp_path / "input")
    command = [program, tmp_path / "input", tmp_path / "output", how]
    options = {"TSAN_OPTIONS": "halt_on_error=1"}
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=300, env=os.environ | options
    )


def test_four_workspaces(program, tmp_path):
    result = run(program, tmp_path, "own")
    assert result.returncode == 0 and "ThreadSanitizer" not in result.stderr, result.stderr[:4000]
    expected = networks.network("unet").outputs[0]
    check_outputs(networks.network("unet"), [np.fromfile(tmp_path / "output", np.float32).reshape(expected.shape)])
    # One workspace for all is against the rules: the runtime is watched indeed.
    report = run(program, tmp_path, "shared").stderr
    assert "data race" in report and ("model.c:" in report or "parallel.c:" in report), report[:4000]
