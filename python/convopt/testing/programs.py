"""C programs around compiled objects, for this host and for aarch64 under qemu."""

import platform
import subprocess
from pathlib import Path

AARCH64_ROOT = "/usr/aarch64-linux-gnu"


def link(program: Path, sources, objects, target: str = "host", flags=()) -> Path:
    """Links C sources and objects of convopt-compile into `program`."""
    cross = target == "aarch64" and platform.machine() != "aarch64"
    compiler = "aarch64-linux-gnu-gcc" if cross else "cc"
    command = [compiler, "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", *flags, "-o", program]
    subprocess.run([*map(str, [*command, *sources, *objects]), "-lm", "-lpthread"], check=True)
    return program


def execute(program: Path, *arguments, target: str = "host", timeout: float = 600) -> str:
    """Runs `program`, under qemu if need be; its output. A status other than 0 raises with what it printed."""
    emulator = []
    if target == "aarch64" and platform.machine() != "aarch64":
        emulator = ["qemu-aarch64", "-L", AARCH64_ROOT]
    command = [*emulator, *map(str, [program, *arguments])]
    result = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    if result.returncode:
        raise RuntimeError(f"{command}: status {result.returncode}: {result.stdout}{result.stderr}")
    return result.stdout
