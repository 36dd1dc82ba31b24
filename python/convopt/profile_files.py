"""Profiles on disk as convopt-profile writes them, put together of parts that were measured in several places.

A machine has MACHINE.csv, MACHINE.json and, if there were any, MACHINE.csv.failed. Two machines are the same if the
compiler knows the same of both and their system calls them the same; when they were measured, how fast and by which
kernel of an operating system makes no difference.
"""

import hashlib
import json
import os
import pathlib

COLUMNS = "layer,choice,machine,seconds,primitive,threads,passes"
FAILURE_COLUMNS = "layer,choice,reason"
# What may differ between two days, or two boards of one kind.
PASSING = ("date", "compiler_version", "features_version", "kernel", "libc", "large_pages", "reference_seconds")


class ProfileError(Exception):
    """A file that cannot be gone on with: the message names it."""


def resource_of(machine):
    """A short name for what a machine's JSON describes, the same for equal machines."""
    lasting = {name: value for name, value in machine.items() if name not in PASSING}
    digest = hashlib.sha256(json.dumps(lasting, sort_keys=True).encode()).hexdigest()
    return f"{lasting['machine']} {digest[:12]}"


def write(path, text):
    """The whole file, or none of it."""
    made = pathlib.Path(f"{path}.part")
    made.write_text(text)
    os.replace(made, path)


def _lines(path, columns):
    """The rows of a file without its first line, which has to be `columns`; none if it does not exist."""
    if not path.exists():
        return []
    # A last line without its end was not written whole: convopt-profile was stopped.
    lines = path.read_text().split("\n")[:-1]
    if lines and lines[0] != columns:
        raise ProfileError(f"{path}: has other columns; start a new file")
    return lines[1:]


class Profile:
    """The samples of one machine, and where they are kept."""

    def __init__(self, path):
        """Reads what there is at `path`, MACHINE.csv."""
        self.path = path
        self.description = path.with_suffix(".json")
        self.failed = pathlib.Path(f"{path}.failed")
        self.samples, self.failures = {}, {}
        self._add_samples(_lines(self.path, COLUMNS))
        self._add_failures(_lines(self.failed, FAILURE_COLUMNS))

    def _add_samples(self, lines):
        """Passes of a sample that is known join its others, as convopt-profile has it."""
        for line in lines:
            cells = line.split(",")
            if len(cells) != 7:
                raise ProfileError(f"{self.path}: not a row of samples: {line}")
            key = (*cells[:3], cells[5])
            known = self.samples.get(key)
            passes = f"{known[6]} {cells[6]}" if known else cells[6]
            self.samples[key] = [*cells[:3], min(passes.split(), key=float), *cells[4:6], passes]

    def _add_failures(self, lines):
        for line in lines:
            layer, choice, reason = line.split(",", 2)
            self.failures[layer, choice] = reason

    def lacks(self, row, passes):
        """Whether `row`, (layer, choice, machine), has neither failed nor so many passes of one thread."""
        sample = self.samples.get((*row, "1"))
        return row[:2] not in self.failures and (sample is None or len(sample[6].split()) < passes)

    def add(self, samples, failures, machine):
        """Takes in what Place.measure gave, the texts of three files, and writes them."""
        self._add_samples(samples.splitlines()[1:])
        self._add_failures(failures.splitlines()[1:])
        machine = json.loads(machine)
        if self.description.exists():
            # One part without large pages: not all samples had them.
            machine["large_pages"] &= json.loads(self.description.read_text()).get("large_pages", True)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.samples:
            write(self.path, "".join(f"{line}\n" for line in (COLUMNS, *map(",".join, self.samples.values()))))
        if self.failures:
            rows = (f"{layer},{choice},{reason}" for (layer, choice), reason in self.failures.items())
            write(self.failed, "".join(f"{line}\n" for line in (FAILURE_COLUMNS, *rows)))
        write(self.description, json.dumps(machine, indent=2, ensure_ascii=False) + "\n")


def _is_of(path, machine):
    try:
        return resource_of(json.loads(path.read_text())) == resource_of(machine)
    except (ValueError, KeyError, AttributeError):
        return False  # Describes no machine.


def find_profiles(folder, machines):
    """{resource: Profile} of `machines`, {resource: JSON}, in `folder`: those there, or new ones called as they are."""
    known = sorted(pathlib.Path(folder).glob("*.json"))
    taken, result = {path.stem for path in known}, {}
    for resource, machine in sorted(machines.items()):
        stem = next((path.stem for path in known if _is_of(path, machine)), None)
        if stem is None:
            name = machine["machine"].replace("/", "-")
            names = [name, *(f"{name}-{i}" for i in range(2, len(taken) + 2))]
            stem = next(name for name in names if name not in taken)
            taken.add(stem)
        result[resource] = Profile(pathlib.Path(folder, f"{stem}.csv"))
    return result
