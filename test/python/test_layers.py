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


def test_rare_kinds_are_added_behind_and_can_be_chosen_for(tmp_path):
    lines = printed("--generated=10", "--rare=60")
    assert lines[:10] == printed("--generated=10")
    rare = lines[10:]
    assert len(rare) == 60
    path = tmp_path / "layers.txt"
    path.write_text("".join(f"{line}\n" for line in rare))
    assert all(entry["choices"] for entry in catalogue(None, f"--layers={path}")["layers"])
    fields = [dict(pair.split("=") for pair in line.split()) for line in rare]
    assert sum(f["g"] != "1" and f["c"] == "1" for f in fields) >= 10
    assert sum(f["n"] != "1" and f["h"] == f["w"] == "1" for f in fields) >= 2
    assert sum(f["r"] == "5x5" and f["g"] == "1" for f in fields) >= 2


def test_shuffling_changes_only_the_order():
    plain, mixed = printed("--generated=30"), printed("--generated=30", "--shuffle")
    assert plain != mixed and sorted(plain) == sorted(mixed)
    assert mixed == printed("--generated=30", "--shuffle")
