"""Tables of measured primitives in every documented form, and what is wrong with others."""

import json
import sys

import numpy as np
import pytest
from convopt import train
from convopt.derived import recognise, smooth_columns, tree_columns
from convopt.report import report
from convopt.table import Columns, read_tables
from convopt.testing.tables import make_table, write_table

LONG = "k,c,im,s,f,primitive,seconds\n8,4,16,1,3,a,1e-3\n8,4,16,1,3,b,2e-3\n16,4,16,1,3,a,3e-3\n"
PROFILE = "layer,choice,machine,seconds,primitive,threads,passes,bound_seconds,pixels,variant_fresh\n"
PROFILE += "l1,direct nhwc->nhwc 6x4,znver4/512,1e-3,direct,1,1.1e-3 1e-3,1e-4,6,0\n"
PROFILE += "l1,direct nhwc->nhwc 6x4f,znver4/512,2e-3,direct,2,2e-3,1e-4,6,1\n"


@pytest.fixture
def write(tmp_path):
    def make(text, name="table.csv"):
        path = tmp_path / name
        path.write_text(text)
        path.with_suffix(".json").write_text(json.dumps({"features_version": "v1"}))
        return path

    return make


def test_long_form(write):
    samples = read_tables([write(LONG)])
    assert samples.version is None
    assert samples.feature_names == ["k", "c", "im", "s", "f"]
    assert samples.primitives.tolist() == ["a", "b", "a"]
    assert samples.seconds.tolist() == [1e-3, 2e-3, 3e-3]
    # Without a column of layers the features make them, without machines the file.
    assert samples.layers.tolist() == ["k=8 c=4 im=16 s=1 f=3"] * 2 + ["k=16 c=4 im=16 s=1 f=3"]
    assert samples.groups().tolist() == [1, 1, 0]
    assert set(samples.machines) == {"table"}


def test_names_of_columns_units_and_groups(write):
    text = "net,shape,alg,ms,host,w\nA,s1,a,1,x,7\nA,s2,a,2,y,8\nB,s2,b,4,y,8\n"
    columns = Columns(layer="shape", primitive="alg", seconds="ms", machine="host", group="net", unit=1e-3)
    samples = read_tables([write(text)], columns)
    assert samples.feature_names == ["w"]
    assert samples.seconds.tolist() == [1e-3, 2e-3, 4e-3]
    assert samples.machines.tolist() == ["x", "y", "y"]
    folds = samples.folds(1000)
    assert folds[0] == folds[1] != folds[2]


def test_wide_form_is_the_long_one(write):
    text = "k,c,im,s,f,a,b\n8,4,16,1,3,1e-3,2e-3\n16,4,16,1,3,3e-3,\n8,8,8,1,1,-1,NaN\n"
    long, wide = read_tables([write(LONG)]), read_tables([write(text)], Columns(wide=True))
    assert sorted(zip(wide.layers, wide.primitives, wide.seconds, strict=True)) == sorted(
        zip(long.layers, long.primitives, long.seconds, strict=True)
    )


def test_text_is_a_category_with_the_same_numbers_in_all_files(write):
    one = write("kind,w,primitive,seconds\nred,1,a,1\nblue,2,a,1\n", "one.csv")
    two = write("kind,w,primitive,seconds\ngreen,1,a,1\nblue,2,a,1\n", "two.csv")
    samples = read_tables([one, two])
    assert samples.categories == {"kind": ["blue", "green", "red"]}
    assert samples.features[:, 0].tolist() == [2, 0, 1, 0]
    assert samples.machines.tolist() == ["one", "one", "two", "two"]


def test_profiles(write):
    samples = read_tables([write(PROFILE)])
    assert samples.version == "v1"
    assert samples.layer_features() == ["bound_seconds", "pixels"]
    assert samples.variants() == ["fresh"]
    assert samples.inputs(["direct", "im2row"]).tolist() == [[1e-4, 6, 0, 1, 0], [1e-4, 6, 1, 1, 0]]
    np.testing.assert_allclose(samples.repeated()[0], [1e-3, 1.1e-3])
    assert samples.clean().tolist() == [False, False]
    assert samples.groups().tolist() == [0, 1]  # Threads are another task.


def test_numbers_that_profiles_compute_in(write):
    head = "layer,choice,machine,seconds,primitive,threads,passes,bound_seconds\n"
    rows = [("n=1", "im2row 4x1"), ("n=1", "im2row 4x1-w8"), ("n=1 t=u8", "im2row 4x1"), ("n=1", "im2row 2x1-bf16")]
    text = head + "".join(f"{layer},{choice},m,1e-3,im2row,1,1e-3,1e-4\n" for layer, choice in rows)
    samples = read_tables([write(text)])
    assert samples.numbers().tolist() == ["f32", "w8", "u8", "bf16"]
    assert samples.precisions().tolist() == ["", "w8", "", "bf16"]
    # Fewer bits are another task, as another layer is.
    assert len(set(samples.groups())) == 4
    assert "| in w8 | 1 |" in report(samples, samples.efficiency)


def test_columns_of_the_variant_that_say_nothing_are_left_out(write):
    head = "layer,choice,machine,seconds,primitive,threads,passes,bound_seconds,variant_fresh,variant_product_bits\n"
    rows = [f"n={n},a {n},m,1e-3,a,1,1e-3,1e-4,{n % 2},{bits}\n" for n, bits in ((1, 32), (2, 32))]
    assert read_tables([write(head + "".join(rows))]).without_constant_variants().variants() == ["fresh"]
    other = head + rows[0] + rows[1].replace(",32\n", ",8\n")
    assert read_tables([write(other)]).without_constant_variants().variants() == ["fresh", "product_bits"]


def test_profiles_without_features_are_completed_once(write, tmp_path, monkeypatch):
    full = write(PROFILE, "full.csv")
    calls = tmp_path / "calls"
    tool = tmp_path / "bin" / "convopt-profile"
    tool.parent.mkdir()
    tool.write_text(
        f'#!/bin/sh\ncase "$*" in\n*--catalogue*) echo \'{{"features_version": "v2", "primitives": []}}\' ;;\n'
        f'*--cpu=znver4*) echo "$@" >> {calls}; cat {full} ;;\n*) exit 1 ;;\nesac\n'
    )
    tool.chmod(0o755)
    monkeypatch.setenv("CONVOPT_BIN", str(tool.parent))
    monkeypatch.setenv("CONVOPT_CACHE", str(tmp_path / "cache"))
    bare = write("\n".join(",".join(line.split(",")[:7]) for line in PROFILE.splitlines()) + "\n", "bare.csv")
    for _ in range(2):
        samples = read_tables([bare])
        assert samples.version == "v2"
        assert samples.feature_names == ["bound_seconds", "pixels", "variant_fresh"]
    assert calls.read_text().split() == [f"--feature-table={bare}", "--cpu=znver4", "-o", "-"]


@pytest.mark.parametrize(
    "text, error",
    [
        ("", "is empty"),
        ("k,primitive,seconds\n", "has no rows"),
        ("k,seconds\n1,2\n", "has no column 'primitive'"),
        ("k,primitive\n1,a\n", "has no column 'seconds'"),
        ("primitive,seconds\na,1\n", "has no column of a feature"),
        ("k,primitive,seconds\n1,a,1\n2,a,fast\n", "row 3: seconds is 'fast', not a number"),
        ("k,primitive,seconds\n1,a,-1\n", "row 2: seconds is '-1', not positive"),
        ("k,primitive,seconds\n1,a,\n", "row 2: seconds is '', not positive"),
        ("k,k,primitive,seconds\n1,1,a,1\n", "has two columns 'k'"),
        ("k,primitive,seconds\n1,a\n1,a,1\n", "row 2: has 2 cells, not 3"),
        ("k,primitive,seconds\n1,a,1,1\n", "row 2: has 4 cells, not 3"),
        ("k,primitive,seconds,passes\n1,a,1,1 x\n", "row 2: passes are '1 x', not numbers"),
    ],
)
def test_bad_tables_get_one_message(write, text, error, monkeypatch):
    path = write(text)
    model = path.with_suffix(".model")
    monkeypatch.setattr(sys, "argv", ["convopt.train", str(path), "-o", str(model)])
    with pytest.raises(SystemExit) as end:
        train.main()
    assert str(end.value) == f"{path}: {error}"  # A text as the status is printed, and the status 1.
    assert not model.exists()


def test_files_that_do_not_belong_together(write):
    one, two = write(PROFILE, "one.csv"), write(PROFILE, "two.csv")
    two.with_suffix(".json").write_text('{"features_version": "v0"}')
    with pytest.raises(SystemExit, match="different versions of the features"):
        read_tables([one, two])
    with pytest.raises(SystemExit, match="different versions of the features"):
        read_tables([one, write(LONG, "three.csv")])
    with pytest.raises(SystemExit, match="No such file"):
        read_tables([one.with_name("gone.csv")])
    with pytest.raises(SystemExit, match="name the features"):
        read_tables([write("x,a\n1,2\n", "four.csv")], Columns(wide=True))


def test_sizes_of_convolutions_are_recognised():
    names = ["out_channels", "in_channels", "image_size", "stride", "kernel_size"]
    known = recognise(names)
    assert known == dict(zip(("k", "c", "im", "s", "f"), names, strict=True))
    assert recognise(["k", "c", "im"]) == {}
    columns = dict(zip(names, np.array([[8.0, 4, 15, 2, 3], [16, 4, 8, 1, 1]]).T, strict=True))
    derived = tree_columns(columns, names)
    assert derived[:, 0].tolist() == [8 * 4 * (8 * 3) ** 2, 16 * 4 * 8**2]  # Multiply-adds.
    assert np.isfinite(derived).all()
    assert smooth_columns(columns, names, padded=False).shape == (2, 5)


def test_made_up_tables(tmp_path):
    shapes, names, seconds = make_table(50)
    assert len(set(names)) == 71 and seconds.shape == (50, 71)
    path = tmp_path / "made.csv"
    write_table(path, shapes, names, seconds)
    assert len(read_tables([path])) == np.isfinite(seconds).sum()
