"""Which symbols of MLIR and LLVM a library of them has to show to those that are linked with it.

python symbols.py LLVM_NM ARCHIVES USERS SHOWN.map WANTED.rsp

ARCHIVES is the folder of MLIR's and LLVM's archives, USERS a file that lists objects and archives, one a line.
WANTED.rsp has the linker look for what they lack: an archive gives nothing that is not asked for. SHOWN.map is a
version script that hides all else, so that what nobody reaches can be left out. It has a version, so that another LLVM
in the same process, which has versions too, is not mistaken for this one.
"""

import subprocess
import sys
from pathlib import Path


def defined(archive: Path) -> set:
    """What the index of an archive names: a count, that many offsets, and that many names that end in a zero byte."""
    data = archive.read_bytes()
    # A header of 60 bytes has the name in its first 16, the size in the 10 from 48 on.
    name, size = data[8:24].rstrip(), int(data[56:66])
    assert data[:8] == b"!<arch>\n" and name == b"/", f"{archive}: an archive with an index is expected"
    count = int.from_bytes(data[68:72], "big")
    return set(data[68 + 4 + 4 * count : 68 + size].split(b"\0")[:count])


def listed(nm: str, files: Path, *options: str) -> list:
    """(name, kind) of the symbols of the files; kinds are nm's letters."""
    command = [nm, "--format=posix", "--quiet", *options, f"@{files}"]
    lines = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    # A line that names a file ends in a colon.
    return [tuple(line.split()[:2]) for line in lines if line and not line.endswith(b":")]


def main():
    """See above."""
    nm, folder, users, shown, wanted = sys.argv[1], *map(Path, sys.argv[2:])
    offered = set()
    for archive in [*folder.glob("libMLIR*.a"), *folder.glob("libLLVM*.a")]:
        offered |= defined(archive)
    needed = {name for name, _ in listed(nm, users, "--undefined-only")} & offered
    # Variables that both sides have of a header must be one.
    common = {name for name, kind in listed(nm, users, "--defined-only") if kind in (b"V", b"u")} & offered
    lines = b"".join(b"  %s;\n" % name for name in sorted(needed | common))
    shown.write_bytes(b"CONVOPT_LLVM {\nglobal:\n" + lines + b"local:\n  *;\n};\n")
    wanted.write_bytes(b"".join(b"-Wl,--undefined=%s\n" % name for name in sorted(needed)))


if __name__ == "__main__":
    main()
