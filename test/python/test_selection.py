"""What is chosen to be measured covers families, primitives and layers, and then what is not known yet."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from convopt.runtime import find_tool
from convopt.selection import disagreement, select, spread, write_rows
from convopt.testing.tables import make_table, write_table
from convopt.view import View

ROOT = Path(__file__).parents[2]


def view(layers=200, primitives=((0, 3), (1, 3), (2, 1), (3, 1))):
    """For each of some layers rows of primitives: pairs of family and how many rows a layer has."""
    rng = np.random.default_rng(1)
    numbers, families, kinds, names = [], [], [], []
    for layer in range(layers):
        place = rng.standard_normal(2)
        for primitive, (family, count) in enumerate(primitives):
            for _ in range(count):
                numbers.append([*place, rng.standard_normal()])
                families.append(family)
                kinds.append(primitive)
                names.append(f"layer{layer}")
    rows = len(numbers)
    return View(
        np.array(numbers), np.array(families), np.array(kinds), np.zeros(rows), np.array(names), len(primitives)
    )  # fmt: skip


def test_rows_are_spread_over_families_primitives_and_layers():
    some = view(primitives=((0, 8), (0, 8), (1, 1), (2, 1)))
    rows = spread(some, 24)
    assert len(set(rows)) == 24 and len(set(some.layers[rows])) == 24
    families, counts = np.unique(some.families[rows], return_counts=True)
    # By rows the small ones would have one or two.
    assert list(families) == [0, 1, 2] and counts.min() >= 4
    primitives, counts = np.unique(some.primitives[rows], return_counts=True)
    assert list(primitives) == [0, 1, 2, 3]
    np.testing.assert_array_equal(spread(some, 10), rows[:10])


def test_rows_are_farther_from_each_other_than_random_ones():
    some = view(primitives=((0, 1),))

    def nearest(rows):
        own = some.numbers[rows]
        distance = np.linalg.norm(own[:, None] - own[None], axis=2)
        return np.median(np.where(distance > 0, distance, np.inf).min(1))

    random = [nearest(np.random.default_rng(seed).permutation(len(some))[:60]) for seed in range(10)]
    chosen = [nearest(spread(some, 60, seed=seed)) for seed in range(10)]
    assert np.mean(chosen) > 1.15 * np.mean(random)


def test_what_has_been_measured_counts():
    some = view()
    known = some[some.primitives == 0][:40]
    rows = spread(some, 12, known)
    assert not set(some.layers[rows]) & set(known.layers)
    assert (some.primitives[rows] != 0).all()


def test_all_rows_can_be_chosen():
    some = view(3)
    assert sorted(spread(some, 1000)) == list(range(len(some)))


def test_the_second_round_goes_where_corrections_disagree():
    some = view(200, ((0, 1),))
    known = some[np.flatnonzero(some.numbers[:, 0] < 0)[:40]]
    residual = np.sin(3 * known.numbers[:, 1])
    unsure = disagreement(some, known, residual)
    assert unsure.shape == (len(some),) and unsure.std() > 0
    rows = [select(some, 20, known, residual, seed) for seed in range(5)]
    first = [spread(some, 20, known, seed=seed) for seed in range(5)]
    assert np.mean(unsure[np.concatenate(rows)]) > np.mean(unsure[np.concatenate(first)])
    # Too few to disagree.
    np.testing.assert_array_equal(disagreement(some, known[:5], residual[:5]), 1)


def run(*arguments, script=("-m", "convopt.selection")):
    return subprocess.run([sys.executable, *script, *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture
def table(tmp_path):
    write_table(tmp_path / "all.csv", *make_table(40, 6))
    return tmp_path / "all.csv"


def test_the_command_writes_a_list_in_two_rounds(table, tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    result = run(table, "--count=20", "-o", first)
    assert result.returncode == 0, result.stderr
    rows = list(csv.reader(first.open()))
    assert rows[0] == ["layer", "choice", "machine", "seconds"] and len(rows) == 21
    # What has been measured: those rows of the table.
    wanted = {(row[0], row[1]) for row in rows[1:]}
    lines = list(csv.DictReader(table.open()))
    sizes = ("k", "c", "im", "s", "f")
    known = [row for row in lines if (" ".join(f"{n}={row[n]}" for n in sizes), row["primitive"]) in wanted]
    assert len(known) == 20
    with open(tmp_path / "known.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(known)
    train = run(table, "-o", tmp_path / "m.zip", "--trees=20", script=("-m", "convopt.train"))
    assert train.returncode == 0, train.stderr
    result = run(table, "--count=10", "--known", tmp_path / "known.csv", "--model", tmp_path / "m.zip", "-o", second)
    assert result.returncode == 0, result.stderr
    more = {(row[0], row[1]) for row in list(csv.reader(second.open()))[1:]}
    assert len(more) == 10 and not more & wanted


def test_the_command_refuses(table, tmp_path):
    out = tmp_path / "list.csv"
    for arguments, message in (
        ((tmp_path / "none.csv", "--count=3"), "No such file"),
        ((table, "--count=3", "--known", table), "all candidates have been measured"),
        ((table, "--count=3", "--known", table.with_name("x.csv"), "--model=m.zip"), "x.csv"),
    ):
        result = run(*arguments, "-o", out)
        assert result.returncode == 1 and message in result.stderr and result.stderr.count("\n") == 1
        assert not out.exists()
    result = run(table, "--count=0", "-o", out)
    assert result.returncode == 2 and "--count is at least 1" in result.stderr and not out.exists()


def test_candidates_need_a_file_of_layers(tmp_path):
    out = tmp_path / "all.csv"
    script = ("-m", "convopt.candidates")
    result = run("--layers", tmp_path / "none.txt", "--machine=znver4/512", "-o", out, script=script)
    assert result.returncode == 1 and result.stderr.count("\n") == 1 and not out.exists()
    (tmp_path / "layers.txt").write_text("n=1 g=1 c=8 k=8 h=14 w=14 r=3x3 s=1x1 d=1x1 p=1x1x1x1\n")
    result = run(
        "--layers", tmp_path / "layers.txt", "--machine=znver4/256", "--per-layer=4", "-o", out, script=script
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    rows = list(csv.reader(out.open()))
    assert rows[0] == ["layer", "choice", "machine", "seconds"] and len(rows) == 5
    assert {row[2] for row in rows[1:]} == {"znver4/256"}


@pytest.mark.parametrize(
    "machine, target", [("znver4/256", "x86-64"), ("znver4/128x32", "x86-64"), ("cortex-a72/128", "aarch64")]
)
def test_what_to_measure_is_chosen_of_candidates(tmp_path, machine, target):
    layers, every, chosen = tmp_path / "layers.txt", tmp_path / "all.csv", tmp_path / "first.csv"
    layers.write_text("c=8 k=8 h=14 w=14 r=3x3 p=1x1x1x1\nc=16 k=8 h=14 w=14\n")
    script = ("-m", "convopt.candidates")
    result = run("--layers", layers, f"--machine={machine}", f"--target={target}", "-o", every, script=script)
    assert result.returncode == 0, result.stderr
    # Features of the machine come from what was written beside the candidates.
    result = run(every, "--count=3", "-o", chosen)
    assert result.returncode == 0, result.stderr
    rows = [tuple(row) for row in csv.reader(chosen.open())]
    assert len(rows) == 4 and set(rows) < {tuple(row) for row in csv.reader(every.open())}
    wrong = machine.partition("/")[0] + "/64"
    result = run(
        "--layers", layers, f"--machine={wrong}", f"--target={target}", "-o", tmp_path / "x.csv", script=script
    )
    assert result.returncode == 1 and f"there is no such machine, but {machine.partition('/')[0]}/" in result.stderr
    assert not (tmp_path / "x.csv").exists()


def test_convopt_profile_chooses_the_same(tmp_path):
    layers, every = tmp_path / "layers.txt", tmp_path / "all.csv"
    shapes = ("c=8 k=8 h=14 w=14 r=3x3", "c=16 k=8 h=14 w=14", "c=32 k=64 h=7 w=7", "c=3 k=16 h=56 w=56 r=7x7 s=2x2")
    layers.write_text("".join(f"{shape}\n" for shape in shapes))
    options = (f"--layers={layers}", "--target=aarch64", "--cpu=cortex-a72", "--choices-per-layer=all", "--list")

    def profile(*arguments):
        subprocess.run([find_tool("convopt-profile"), *options, *map(str, arguments)], check=True)

    profile("-o", every)
    # What machine it is.
    script = ("-m", "convopt.candidates")
    described = ("--layers", layers, "--machine=cortex-a72/128", "--target=aarch64", "-o", tmp_path / "other.csv")
    assert run(*described, script=script).returncode == 0
    (tmp_path / "other.json").rename(tmp_path / "all.json")
    profile("-o", tmp_path / "tool.csv", "--for-transfer=40")
    result = run(every, "--count=20", "-o", tmp_path / "python.csv")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "tool.csv").read_text() == (tmp_path / "python.csv").read_text()


def test_lists_are_quoted_where_a_cell_has_a_comma(tmp_path):
    class One:
        layers, choices, machines = np.array(["a,b"]), np.array(["c"]), np.array(["m"])

    write_rows(One, [0], tmp_path / "x.csv")
    assert list(csv.reader((tmp_path / "x.csv").open()))[1] == ["a,b", "c", "m", "1"]


def test_bench_compares_every_pair_of_tables(tmp_path):
    shapes, names, seconds = make_table(40, 6)
    for machine, factor in (("old", 1), ("new", np.linspace(1, 3, 6))):
        write_table(tmp_path / f"{machine}.csv", shapes, names, seconds * factor)
    page = tmp_path / "page.md"
    page.write_text("# Title\n\nText.\n\n<!-- bench/transfer.py -->\n\nstale\n")
    script = (ROOT / "bench/transfer.py",)
    tables = [tmp_path / "old.csv", tmp_path / "new.csv"]
    result = run(*tables, "--seeds=1", "--trees=10", "-o", page, script=script)
    assert result.returncode == 0, result.stderr
    text = page.read_text()
    assert text.startswith("# Title\n\nText.\n") and "stale" not in text
    assert "### old to new" in text and "### new to old" in text
    for method in ("source", "fixed order", "samples alone", "corrected"):
        assert f"| {method} |" in text
    assert page.with_suffix(".svg").read_text().startswith("<?xml")
    assert run(tmp_path / "old.csv", script=script).returncode == 2
