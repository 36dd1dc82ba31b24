"""A place to measure at: a core of this host, or a board that is reached from here; and convopt-profile run there."""

import fcntl
import json
import os
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass

from convopt.runtime import find_tool

EMPTY_LIST = "layer,choice,machine,seconds\n"


class PlaceError(Exception):
    """What kept convopt-profile from measuring: its message."""


@dataclass
class Place:
    """Where a chunk is measured. With a core convopt-profile does everything there, to compile as well."""

    core: int | None = None
    board: str | None = None
    lock: int | None = None  # A file descriptor: the core is ours while it is open.

    def __str__(self):
        """As messages have it."""
        return self.board or ("this host" if self.core is None else f"core {self.core}")

    def give_back(self):
        """Lets others have the core."""
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None

    def run(self, *arguments):
        """Calls convopt-profile with the arguments; its last line is the message of a PlaceError if it fails."""
        # Without its worker it would measure on, beside the one that takes the chunk over.
        command = ["setpriv", "--pdeathsig", "TERM"]
        if self.core is not None:
            command += ["taskset", "-c", str(self.core)]
        try:
            command += [find_tool("convopt-profile"), *arguments]
        except FileNotFoundError as error:
            raise PlaceError(str(error)) from None
        if self.board:
            command.append(f"--remote={self.board}")
        elif self.core is not None:
            command.append(f"--core={self.core}")
        result = subprocess.run(
            list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
        )
        if result.returncode:
            lines = result.stderr.strip().splitlines()
            raise PlaceError(lines[-1] if lines else f"convopt-profile ended with status {result.returncode}")

    def measure(self, text, options):
        """What convopt-profile writes of the list `text`: its samples, its failures and the machine's JSON."""
        with tempfile.TemporaryDirectory(prefix="convopt-") as folder:
            wanted, samples = pathlib.Path(folder, "list.csv"), pathlib.Path(folder, "out.csv")
            wanted.write_text(text)
            self.run(f"--again={wanted}", "-o", samples, *options)
            paths = (samples, pathlib.Path(f"{samples}.failed"), samples.with_suffix(".json"))
            return tuple(path.read_text() if path.exists() else "" for path in paths)

    def choices(self, layers, options):
        """The list of what convopt-profile would measure of the text of a file of layers."""
        with tempfile.TemporaryDirectory(prefix="convopt-") as folder:
            file, wanted = pathlib.Path(folder, "layers.txt"), pathlib.Path(folder, "list.csv")
            file.write_text(layers)
            try:
                self.run(f"--layers={file}", "--list", "-o", wanted, *options)
            except PlaceError as error:
                raise PlaceError(str(error).replace(str(file), "--layers")) from None
            return wanted.read_text()

    def machine(self, options):
        """What the machine there says of itself, as MACHINE.json has it; nothing is measured but fixed work."""
        return json.loads(self.measure(EMPTY_LIST, options)[2])


def _siblings(core):
    """The first of the threads that share a core with this one."""
    path = pathlib.Path(f"/sys/devices/system/cpu/cpu{core}/topology/thread_siblings_list")
    try:
        return int(path.read_text().replace("-", ",").split(",")[0])
    except (OSError, ValueError):
        return core


def free_core(allowed=()):
    """A Place on a core of this host that no other worker has, whoever started that one.

    `allowed`: on one of these; by default on any that this process may run on, the last ones first, since systems do
    what they have to on the first ones. Two threads of a core are one: what runs on the other disturbs. None is left:
    a PlaceError.
    """
    cores = list(allowed) or sorted(os.sched_getaffinity(0), reverse=True)
    for core in cores:
        path = pathlib.Path(tempfile.gettempdir(), f"convopt-core-{_siblings(core)}.lock")
        try:
            lock = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
        except OSError as error:
            raise PlaceError(f"{path}: {error.strerror}") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return Place(core, lock=lock)
        except OSError:
            os.close(lock)
    raise PlaceError(f"other workers measure on all cores of this host ({', '.join(map(str, sorted(cores)))})")
