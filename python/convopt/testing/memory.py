"""How much memory a command takes, its children included."""

import subprocess
import time
from pathlib import Path
from typing import NamedTuple


class Usage(NamedTuple):
    """The most that one process of a command has had in memory at a time, in bytes, and the seconds it ran.

    anonymous: what no file stands behind (RssAnon). resident: with pages of mapped files, which the system may drop.
    """

    anonymous: int
    resident: int
    seconds: float


def measure(command, interval=0.005, **options) -> Usage:
    """Runs `command`, which must succeed, and looks at it every `interval` seconds; options are Popen's.

    Of the command and its children the largest counts: forked workers share what they have not written to.
    """
    start, most = time.monotonic(), {"RssAnon": 0, "VmRSS": 0}
    child = subprocess.Popen([str(word) for word in command], **options)
    while child.poll() is None:
        for pid in _family(child.pid):
            for field, size in _status(pid):
                if field in most:
                    most[field] = max(most[field], size)
        time.sleep(interval)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command)
    return Usage(most["RssAnon"], most["VmRSS"], time.monotonic() - start)


def _family(pid):
    found = [pid]
    for one in found:
        try:
            found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
        except OSError:  # It has ended.
            continue
    return found


def _status(pid):
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        field, _, rest = line.partition(":")
        if rest.endswith(" kB"):
            yield field, int(rest.split()[0]) << 10
