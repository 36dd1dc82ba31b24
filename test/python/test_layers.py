"""The layers to profile are those that networks have, each once, and a part of the list is like the whole."""

import subprocess
import sys

from convopt.architectures import FAMILIES, architecture_layers
from convopt.layers import LARGEST, generated_layers, multiply_adds
from convopt.primitives import catalogue


def printed(*options):
    """The lines of the command."""
    command = [sys.executable, "-m", "convopt.layers", *options]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()


def test_the_compiler_has_choices_for_all_architectures(tmp_path):
    path = tmp_path / "layers.txt"
    path.write_text("".join(f"{layer}\n" for layer in architecture_layers()))
    without = [entry["layer"] for entry in catalogue(None, f"--layers={path}")["layers"] if not entry["choices"]]
    assert without == []


def test_each_family_has_layers_of_its_own():
    sets = [{str(layer) for layer in family()} for family in FAMILIES]
    for i, layers in enumerate(sets):
        others = set().union(*sets[:i], *sets[i + 1 :])
        assert len(layers - others) >= len(layers) / 2, FAMILIES[i].__name__


def test_the_command_prints_each_layer_once_but_no_giants():
    lines = printed("--architectures", "--generated=20")
    assert len(lines) == len(set(lines))
    assert str(next(generated_layers())) in lines
    small, giants = set(), set()
    for layer in architecture_layers():
        (small if multiply_adds(layer) <= LARGEST else giants).add(str(layer))
    assert giants and small <= set(lines) and not giants & set(lines)


def test_shuffling_changes_only_the_order():
    plain, mixed = printed("--generated=30"), printed("--generated=30", "--shuffle")
    assert plain != mixed and sorted(plain) == sorted(mixed)
    assert mixed == printed("--generated=30", "--shuffle")
