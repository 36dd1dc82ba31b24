"""A disk that is full, files that may not grow, caches that cannot be used: one line, exit status 1, nothing left."""

import os
import resource
import shlex
import subprocess

import onnx
import pytest
from conftest import SECONDS
from convopt.runtime import find_tool
from convopt.testing.builder import Builder

PAGES = (1, 4, 7, 12)  # of 4 KB; with the most of them some commands succeed


@pytest.fixture
def model(tmp_path):
    b = Builder("small")
    x = b.add("Relu", b.conv(b.input(1, 3, 16, 16), (3, 16)))
    onnx.save(b.model(b.add("Relu", b.conv(x, (16, 16)))), tmp_path / "model.onnx")
    (tmp_path / "layers.txt").write_text("c=4 k=4 h=4 w=4\n")
    (tmp_path / "disk").mkdir()
    return tmp_path / "model.onnx"


def on_small_disk(folder, pages, command, read_only=False):
    """Runs a command in `folder` with a file system of so many pages at its folder `disk`; what is left there then."""
    mount = f"mount -t tmpfs -o size={4 * pages}k{',ro' * read_only} none disk || exit 77"
    script = f"{mount}; {shlex.join(map(str, command))} >out 2>err; echo $? >status; ls -A disk >left"
    result = subprocess.run(["unshare", "-rm", "sh", "-c", script], cwd=folder, timeout=SECONDS, capture_output=True)
    if result.returncode:
        pytest.skip("no right to mount a file system")
    texts = [(folder / name).read_text() for name in ("status", "err", "left")]
    return int(texts[0]), texts[1], texts[2].split()


def check(status, message, left, names):
    """Refused in one line without a trace, or done; whether it was done."""
    if status == 0:
        assert left == sorted(names)
        return True
    assert status == 1 and message.count("\n") == 1 and "cannot write" in message, (status, message)
    assert "No space left on device" in message and left == []
    return False


@pytest.mark.parametrize(
    "options, names",
    [
        ([], ["model.h", "model.o"]),
        (["--emit=shared"], ["model.h", "model.so"]),
        (["--weights=external", "--weights-memory=0"], ["model.h", "model.o", "model.weights"]),
        (["--emit=asm"], ["model"]),
        (["--emit=linalg"], ["model.mlir"]),
    ],
)
def test_outputs(model, options, names):
    output = f"disk/{names[1] if len(names) > 1 else names[0]}"
    command = [find_tool(), model, "--target=x86-64", *options, "-o", output]
    done = [check(*on_small_disk(model.parent, pages, command), names) for pages in PAGES]
    assert not done[0] and done == sorted(done)


def test_reports(model):
    """The model goes where there is room, and goes again."""
    command = [find_tool(), model, "--target=x86-64", "--report=disk/report.html", "-o", "model.o"]
    assert not check(*on_small_disk(model.parent, 1, command), [])
    assert not (model.parent / "model.o").exists() and not (model.parent / "model.h").exists()


def test_caches(model):
    command = [find_tool(), model, "--target=x86-64", "--cache-dir=disk/cache", "-o", "model.o"]
    status, message, left = on_small_disk(model.parent, 1, command)
    assert status == 1 and message.count("\n") == 1 and "No space left on device" in message, message
    # The folder itself is the user's wish.
    assert left == ["cache"] and not (model.parent / "model.o").exists()
    status, message, left = on_small_disk(model.parent, 4, command, read_only=True)
    assert status == 1 and "cannot write to the cache folder 'disk/cache': Read-only file system\n" in message
    assert left == [] and not (model.parent / "model.o").exists()


def test_entries_that_cannot_be_read(model):
    """They are as if they were not there; where they cannot be replaced, that is said."""
    command = [find_tool(), model, "--target=x86-64", "--cache-dir=cache", "-o", "model.o"]
    subprocess.run(command, cwd=model.parent, check=True)
    whole = (model.parent / "model.o").read_bytes()
    entries = sorted((model.parent / "cache").iterdir())
    for entry in entries:
        entry.write_bytes(entry.read_bytes()[:-1])
    subprocess.run(command, cwd=model.parent, check=True)
    assert (model.parent / "model.o").read_bytes() == whole
    assert sorted((model.parent / "cache").iterdir()) == entries
    (model.parent / "model.o").unlink()
    entries[0].unlink()
    entries[0].mkdir()
    (entries[0] / "file").touch()
    result = subprocess.run(command, cwd=model.parent, capture_output=True, text=True)
    assert result.returncode == 1 and f"cannot write 'cache/{entries[0].name}'" in result.stderr
    assert result.stderr.count("\n") == 1 and not (model.parent / "model.o").exists()
    assert sorted((model.parent / "cache").iterdir()) == entries


def test_folders_that_cannot_be_read(model):
    if os.geteuid() == 0:
        pytest.skip("for root there are none")
    (model.parent / "cache").mkdir(mode=0)
    command = [find_tool(), model, "--cache-dir=cache", "-o", "model.o"]
    result = subprocess.run(command, cwd=model.parent, capture_output=True, text=True)
    assert result.returncode == 1 and "cannot write to the cache folder 'cache': Permission denied" in result.stderr


# With the least a kernel is too large already, with the others what becomes of them.
@pytest.mark.parametrize("limit", [4096, 16384, 24576])
@pytest.mark.parametrize("options, output", [([], "model.o"), (["--emit=shared"], "model.so")])
def test_files_that_may_not_grow(model, limit, options, output):
    command = [find_tool(), model, "--target=x86-64", "--cache-dir=cache", *options, "-o", output]
    lower = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # noqa: E731
    result = subprocess.run(
        command, cwd=model.parent, capture_output=True, text=True, preexec_fn=lower, timeout=SECONDS
    )
    assert result.returncode == 1 and result.stderr.count("\n") == 1, result
    assert "File too large" in result.stderr or "File size limit exceeded" in result.stderr, result
    assert {path.name for path in model.parent.iterdir()} <= {"model.onnx", "layers.txt", "disk", "cache"}


def test_profiles(model):
    """What was measured before stays; half a row is cut off by the next run."""
    tool = find_tool().with_name("convopt-profile")
    options = ["--seconds=0.001", "--choices-per-layer=20", "--passes=20", "--repeat=0", "--kernel-cache=cache"]
    command = [tool, "--layers=layers.txt", "-o", "disk/samples.csv", *options]
    status, message, left = on_small_disk(model.parent, 2, command)
    assert status == 1 and "No space left on device" in message.splitlines()[-1], message
    assert "convopt-profile: cannot write 'disk/samples" in message.splitlines()[-1] and "LLVM" not in message
    assert set(left) <= {"samples.csv", "samples.csv.failed", "samples.json"}
