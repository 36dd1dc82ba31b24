"""What a user may rely on of an object and its header: symbols, dependencies, C99 and C++, the same bytes again."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from conftest import TOLERANCE
from convopt import compile_file
from convopt.testing import networks, programs, reference

HERE = Path(__file__).parent

# What an object may call: memory and thread functions, functions of <math.h>.
ALLOWED = re.compile(
    r"mem(cpy|set|move|cmp)|pthread_\w+|sysconf|getauxval|abort|_GLOBAL_OFFSET_TABLE_"
    r"|(sin|cos|tan|asin|acos|atan|sinh|cosh|tanh|asinh|acosh|atanh|exp|exp2|expm1|log|log2|log10|log1p|pow|fmod"
    r"|floor|ceil|trunc|round|rint|roundeven|nearbyint|erf|sqrt|cbrt|fma|atan2)f?"
)


def symbols(path, *options):
    lines = subprocess.run(["nm", *options, path], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line.split()[-1] for line in lines]


@pytest.mark.parametrize("target, threads", [("host", 1), ("host", 2), ("aarch64", 2)])
def test_symbols(build, target, threads):
    built, _ = build("mixture", target, threads=threads)
    assert symbols(built, "-g", "--defined-only") == ["mixture_model"]
    undefined = symbols(built, "-u")
    assert [name for name in undefined if not ALLOWED.fullmatch(name)] == []


@pytest.mark.parametrize("compiler", [["cc", "-std=c99", "-xc"], ["c++", "-std=c++11", "-xc++"]])
def test_header_stands_alone_and_its_wrapper_runs(build, tmp_path, compiler):
    built, header = build("unet")
    network = networks.network("unet")
    source = tmp_path / "main.c"
    source.write_text(f"""
#include "{header}"
#include "{header}"
#include <stdio.h>
static float input[{network.inputs[0].size}], output[{network.outputs[0].size}];
static struct {{ char bytes[1 << 26]; }} memory;
int main(void) {{
  char *workspace = memory.bytes + 64 - (size_t)memory.bytes % 64;
  if (unet_model.workspace_bytes > (1 << 26) - 64)
    return 4;
  if (fread(input, 1, sizeof input, stdin) != sizeof input || unet_model.init(workspace, NULL))
    return 2;
  if (unet_run(input, output, workspace))
    return 3;
  unet_model.fini(workspace);
  return fwrite(output, 1, sizeof output, stdout) != sizeof output;
}}
""")
    program = tmp_path / "program"
    strict = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
    subprocess.run(
        [*compiler, *strict, source, "-xnone", built, "-o", program, "-lm", "-lpthread"],
        check=True,
    )
    result = subprocess.run([program], input=network.inputs[0].tobytes(), capture_output=True, check=True)
    output = np.frombuffer(result.stdout, np.float32).reshape(network.outputs[0].shape)
    assert reference.relative_error(output, network.outputs[0]) <= TOLERANCE


@pytest.mark.parametrize("target", ["host", "aarch64"])
def test_same_bytes_again(tmp_path, target):
    path = networks.network("mixture").path
    objects = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        objects.append(compile_file(path, folder / "mixture.o", target=target).read_bytes())
    assert objects[0] == objects[1]


def test_two_models_at_once_in_one_program(build, tmp_path):
    a, b = build("unet", threads=2), build("squeezenet1_1", threads=2)
    flags = [f'-DHEADER_A="{a[1]}"', f'-DHEADER_B="{b[1]}"', "-DMODEL_A=unet_model", "-DMODEL_B=squeezenet1_1_model"]
    program = programs.link(tmp_path / "two", [HERE / "two_models.c"], [a[0], b[0]], flags=flags)
    models = [networks.network("unet"), networks.network("squeezenet1_1")]
    inputs = [tmp_path / "input_a", tmp_path / "input_b"]
    outputs = [tmp_path / "output_a", tmp_path / "output_b"]
    for path, network in zip(inputs, models, strict=True):
        network.inputs[0].tofile(path)
    programs.execute(program, *inputs, *outputs)
    for path, network in zip(outputs, models, strict=True):
        expected = network.outputs[0]
        actual = np.fromfile(path, np.float32).reshape(expected.shape)
        assert reference.relative_error(actual, expected) <= TOLERANCE
