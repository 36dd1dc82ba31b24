"""Several workers of Dask measure what convopt-profile would, and what happens to one of them does not matter."""

import collections
import json
import os
import pathlib
import subprocess
import sys

import pytest

distributed = pytest.importorskip("distributed", reason="Dask is not installed")

import dask  # noqa: E402
from convopt import profile, profile_place  # noqa: E402
from convopt.profile_files import COLUMNS  # noqa: E402

FAKES = pathlib.Path(__file__).parent / "fakes"
# Before the fixture below puts the fakes there.
REAL = os.environ.get("CONVOPT_BIN", "")
TWO_BOARDS = ("--remote=a53-1", "--remote=a53-2")


@pytest.fixture(scope="module")
def cluster():
    """Two workers that call the fake, for all tests: they start slowly."""
    old = os.environ.get("CONVOPT_BIN")
    os.environ["CONVOPT_BIN"] = str(FAKES)
    with (
        # A worker that is lost is suspicious at once: they start slowly.
        dask.config.set({"distributed.scheduler.allowed-failures": 0}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, memory_limit=0, dashboard_address="127.0.0.1:0", host="127.0.0.1",
            silence_logs=50,
        ) as cluster,
    ):  # fmt: skip
        yield cluster
    os.environ.pop("CONVOPT_BIN") if old is None else os.environ.update(CONVOPT_BIN=old)


@pytest.fixture
def run(cluster, tmp_path, monkeypatch, capsys):
    """Runs convopt.profile on layers, in chunks of a layer each: exit status, messages and log."""

    def run(layers, *arguments, scheduler=cluster.scheduler_address):
        cluster.wait_for_workers(2, timeout=60)
        (tmp_path / "log").write_text("")
        (tmp_path / "layers.txt").write_text("\n".join(layers.split()) + "\n")
        sources = () if any("--again" in str(a) for a in arguments) else ("--layers", tmp_path / "layers.txt")
        words = (*sources, "-o", tmp_path / "out", "--chunk=2", f"--kernel-cache={tmp_path}", "--passes=2", *arguments)
        monkeypatch.setattr(sys, "argv", ["profile", "--wait=40", *map(str, words), f"--scheduler={scheduler}"])
        with pytest.raises(SystemExit) as end:
            profile.main()
        said = capsys.readouterr().err
        if isinstance(end.value.code, str):
            return 1, said + end.value.code, []
        return end.value.code, said, [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]

    return run


def rows(path):
    lines = path.read_text().splitlines()
    assert lines[0] == COLUMNS
    return lines[1:]


def measured(log):
    return sorted(layer for call in log for layer in call["layers"])


def test_two_boards_share_the_chunks_and_a_file(run, tmp_path):
    status, said, log = run("l1 l2 l3 l4 l5 l6 f", *TWO_BOARDS)
    assert status == 0, said
    assert measured(log) == ["f", "l1", "l2", "l3", "l4", "l5", "l6"]
    assert {call["board"] for call in log if call["layers"]} == {"a53-1", "a53-2"}
    calls = collections.defaultdict(list)
    for call in log:
        calls[call["board"]].append((call["start"], call["end"]))
    for own in map(sorted, calls.values()):
        assert all(end <= start for (_, end), (start, _) in zip(own, own[1:], strict=False))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "fake-64.csv", "fake-64.csv.failed", "fake-64.json"
    ]  # fmt: skip
    lines = rows(tmp_path / "out/fake-64.csv")
    assert len(lines) == 12 and len(set(lines)) == 12
    assert "l1,direct a,fake/64,2.0000e-03,direct,1,3.0000e-03 2.0000e-03" in lines
    failed = (tmp_path / "out/fake-64.csv.failed").read_text()
    assert failed == "layer,choice,reason\nf,direct a,ended early\nf,direct b,ended early\n"
    assert json.loads((tmp_path / "out/fake-64.json").read_text())["model"] == "a53"
    assert "7 of 7 chunks, 14 of 14 samples" in said


def test_a_second_run_measures_what_is_missing(run, tmp_path):
    assert run("l1 l2 l3 f", *TWO_BOARDS)[0] == 0
    status, said, log = run("l1 l2 l3 f", *TWO_BOARDS)
    assert status == 0 and measured(log) == [] and "8 samples are there already" in said
    assert f"{tmp_path}/out/fake-64.csv: 6 samples" in said
    # It was stopped while it wrote a row, and one sample has one pass only.
    path = tmp_path / "out/fake-64.csv"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("l2,direct b")]
    lines = [line.replace("3.0000e-03 2.0", "2.0") if line.startswith("l3,direct a") else line for line in lines]
    path.write_text("\n".join(lines) + "\nl2,direct b,fake/6")
    status, said, log = run("l1 l2 l3 l4 f", *TWO_BOARDS)
    assert status == 0 and measured(log) == ["l2", "l3", "l4"], said
    assert len({line.rpartition(",")[0] for line in rows(path)}) == len(rows(path)) == 8
    assert "l3,direct a,fake/64,2.0000e-03,direct,1,2.0000e-03 3.0000e-03 2.0000e-03" in rows(path)


def test_a_list_is_measured_again(run, tmp_path):
    listed = tmp_path / "list.csv"
    listed.write_text("layer,choice,machine,seconds\nx,direct b,fake/64,1\ny,direct a,other/64,1\n")
    status, said, log = run("", f"--again={listed}", "--remote=a53-1")
    assert status == 0 and measured(log) == ["x"], said
    assert [line.split(",")[:2] for line in rows(tmp_path / "out/fake-64.csv")] == [["x", "direct b"]]


def test_machines_that_differ_measure_all_and_have_their_own_files(run, tmp_path):
    status, said, log = run("l1 l2 l3", "--remote=a53-1", "--remote=a72-small")
    assert status == 0 and measured(log) == ["l1", "l1", "l2", "l2", "l3", "l3"], said
    models = {}
    for name in ("fake-64", "fake-64-2"):
        machine = json.loads((tmp_path / f"out/{name}.json").read_text())
        models[machine["model"]] = machine["large_pages"]
        assert len(rows(tmp_path / f"out/{name}.csv")) == 6
    assert models == {"a53": True, "a72": False}
    # Each goes on with its own.
    assert measured(run("l1 l2 l3 l4", "--remote=a72-small", "--remote=a53-1")[2]) == ["l4", "l4"]


def test_a_chunk_that_fails_is_tried_again_and_said(run, tmp_path):
    status, said, log = run("l1 once l2", *TWO_BOARDS)
    assert status == 0 and "it broke once" in said and measured(log) == ["l1", "l2", "once"]
    status, said, log = run("l3 bad l4", *TWO_BOARDS)
    assert status == 1 and measured(log) == ["l3", "l4"]
    assert "2 samples from 'bad, direct a' on are not measured: convopt-profile: it broke" in said
    assert len(rows(tmp_path / "out/fake-64.csv")) == 10


def test_a_worker_that_is_lost_does_not_matter(run, tmp_path):
    status, said, log = run("l1 l2 kill l3 l4", *TWO_BOARDS)
    # What it had measured and nobody had fetched is lost with it.
    assert status == 0 and set(measured(log)) == {"kill", "l1", "l2", "l3", "l4"}, said
    assert len(rows(tmp_path / "out/fake-64.csv")) == 10 and " is lost; others measure" in said
    # Whoever measures it: in the end nobody is asked any more.
    status, said, log = run("l1 deadly l5", *TWO_BOARDS)
    assert status == 1 and set(measured(log)) == {"l5"}, said
    assert "2 samples from 'deadly, direct a' on are not measured: every worker that measured it was lost" in said


def test_a_board_that_is_down_is_left_out(run, tmp_path):
    status, said, log = run("l1 l2", "--remote=a53-1", "--remote=a53-down")
    assert status == 0 and measured(log) == ["l1", "l2"]
    assert "a53-down: convopt-profile: --remote=a53-down: ssh ended with status 255; measures nothing" in said
    status, said, log = run("l1 l2", "--remote=down", "--remote=down-2")
    assert status == 1 and "note" not in said and said.count("\n") == 0 and said.count("status 255") == 2


def test_workers_have_to_have_the_same_compiler(run, tmp_path):
    status, said, _ = run("l1", "--remote=a53-1", "--remote=a53-old")
    assert status == 1 and said == "convopt.profile: the workers have different versions of convopt-profile"
    assert not (tmp_path / "out").exists()


def test_profiles_and_lists_that_are_none_are_refused(run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "file").write_text("")
    listed = tmp_path / "list.csv"
    listed.write_text("layer,choice,machine,seconds\ny,direct a,other/64,1\n")
    for arguments, message in (
        (("wrong", "--remote=a"), "convopt.profile: convopt-profile: --layers:1: 'w' is missing"),
        (("", f"--again={tmp_path}/none.csv", "--remote=a"), "none.csv: No such file or directory"),
        (("", f"--again={tmp_path}/file", "--remote=a"), "file: not a list of layers and choices"),
        (("", f"--again={listed}", "--remote=a"), "list.csv: has nothing to measure on fake/64"),
        (("l1", "--remote=a", "-o", tmp_path / "file"), "file: not a folder"),
    ):
        status, said, _ = run(*arguments)
        assert status == 1 and message in said and "\n" not in said, said
        assert not list((tmp_path / "out").iterdir())
    # Of an older form: nothing is added to it.
    assert run("l1", "--remote=a")[0] == 0
    (tmp_path / "out/fake-64.csv").write_text("layer,choice,machine,seconds\n")
    status, said, _ = run("l1", "--remote=a")
    assert status == 1 and "fake-64.csv: has other columns; start a new file" in said
    status, said, _ = run("l1", "--wait=1", scheduler="tcp://127.0.0.1:1")
    assert status == 1 and "--scheduler=tcp://127.0.0.1:1: " in said and "\n" not in said


def command(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "convopt.profile", *map(str, arguments)], capture_output=True, text=True,
        env={**os.environ, **environment},
    )  # fmt: skip


def test_workers_are_started_one_a_board_and_one_that_dies_is_done_without(tmp_path):
    (tmp_path / "layers").write_text("l1\nl2\nl3\nl4\n")
    result = command(
        "--layers", tmp_path / "layers", "-o", tmp_path / "out", "--chunk=2", f"--kernel-cache={tmp_path}",
        "--remote=a53-1", "--remote=a53-dies", CONVOPT_BIN=str(FAKES),
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "a53-dies: convopt-profile: --remote=a53-dies: no answer; measures no more" in result.stderr
    assert len(rows(tmp_path / "out/fake-64.csv")) == 8


def test_it_ends_when_nobody_is_left(tmp_path):
    (tmp_path / "layers").write_text("l1\nl2\n")
    result = command(
        "--layers", tmp_path / "layers", "-o", tmp_path / "out", "--chunk=2", f"--kernel-cache={tmp_path}",
        "--remote=a53-dies", "--wait=1", CONVOPT_BIN=str(FAKES),
    )  # fmt: skip
    assert result.returncode == 1
    assert "nobody is left to measure on fake/64: 2 chunks are not measured" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_core_is_one_worker_s(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(profile_place, "_siblings", lambda core: core % 4)
    cores = [profile_place.free_core((0, 1, 4, 5)) for _ in range(2)]
    # The second threads are on the same cores.
    assert [place.core for place in cores] == [0, 1]
    with pytest.raises(profile_place.PlaceError, match="all cores of this host .0, 1, 4, 5"):
        profile_place.free_core((0, 1, 4, 5))
    cores[0].give_back()
    assert profile_place.free_core((0, 1, 4, 5)).core == 0


def test_options_are_checked(capsys):
    for arguments, message in (
        (("--layers=x", "-o", "y", "--chunk=0"), "--chunk and --workers are at least 1"),
        (("--layers=x", "-o", "y", "--cores=a"), "--cores: expected numbers"),
        (("--layers=x", "--again=z", "-o", "y"), "not allowed with"),
        (("--layers=x", "-o", "y", "--passes=all"), "--passes: expected a number"),
    ):
        with pytest.raises(SystemExit):
            profile.read_arguments(arguments)
        assert message in capsys.readouterr().err


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs two cores")
def test_two_workers_of_a_host_measure_what_convopt_profile_does(tmp_path, monkeypatch):
    monkeypatch.setenv("CONVOPT_BIN", REAL)
    (tmp_path / "layers").write_text("c=16 k=32 h=7 w=7 r=3x3 p=1x1x1x1\nc=8 k=8 h=7 w=7\n")
    options = ("--seconds=0.001", "--passes=1", "--repeat=0", "--choices-per-layer=2", f"--kernel-cache={tmp_path}/k")
    result = command("--layers", tmp_path / "layers", "-o", tmp_path / "out", "--workers=2", "--chunk=2", *options)
    assert result.returncode == 0, result.stderr
    from convopt.runtime import find_tool

    alone = [find_tool("convopt-profile"), f"--layers={tmp_path}/layers", "-o", f"{tmp_path}/alone.csv", *options]
    subprocess.run(list(map(str, alone)), check=True)
    (together,) = (tmp_path / "out").glob("*.csv")
    parts = []
    for path in (together, tmp_path / "alone.csv"):
        cells = [line.split(",") for line in rows(path)]
        parts.append(sorted((*row[:3], *row[4:6], len(row[6].split())) for row in cells))
    assert parts[0] == parts[1] and len(parts[0]) == 4
    told = [json.loads(path.with_suffix(".json").read_text()) for path in (together, tmp_path / "alone.csv")]
    assert list(told[0]) == list(told[1]) and told[0]["machine"] == told[1]["machine"]
