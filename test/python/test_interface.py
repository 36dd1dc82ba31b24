"""The ctypes structs against the C header that they mirror."""

import ctypes
import subprocess
from pathlib import Path

import pytest
from convopt import interface

INCLUDE = Path(__file__).parents[2] / "include"
STRUCTS = {
    "convopt_tensor": interface.CTensor,
    "convopt_model": interface.CModel,
    "convopt_size": interface.CSize,
    "convopt_sizes": interface.CSizes,
}
CODES = ["CONVOPT_BAD_ARGUMENT", "CONVOPT_NO_THREADS", "CONVOPT_WRONG_CPU", "CONVOPT_WRONG_WEIGHTS"]


def numbers(folder, expressions):
    """What a C compiler says of `expressions` behind the headers of convopt-c."""
    source, program = folder / "print.c", folder / "print"
    prints = "".join(f'  printf("%ld\\n", (long)({expression}));\n' for expression in expressions)
    includes = '#include "convopt-c/model.h"\n#include "convopt-c/sizes.h"\n#include <stdio.h>\n'
    source.write_text(f"{includes}int main(void) {{\n{prints}}}\n")
    subprocess.run(["cc", "-std=c99", f"-I{INCLUDE}", source, "-o", program], check=True)
    output = subprocess.run([program], capture_output=True, text=True, check=True).stdout
    return [int(line) for line in output.split()]


@pytest.mark.parametrize("name", STRUCTS)
def test_structs_are_those_of_the_header(tmp_path, name):
    mirror = STRUCTS[name]
    fields = [field for field, _ in mirror._fields_]
    expressions = [f"sizeof(struct {name})"]
    expressions += [f"offsetof(struct {name}, {field})" for field in fields]
    expressions += [f"sizeof(((struct {name} *)0)->{field})" for field in fields]
    expected = [ctypes.sizeof(mirror)]
    expected += [getattr(mirror, field).offset for field in fields]
    expected += [getattr(mirror, field).size for field in fields]
    assert numbers(tmp_path, expressions) == expected


def test_every_status_has_a_text(tmp_path):
    assert numbers(tmp_path, CODES) == sorted(interface.STATUS)
