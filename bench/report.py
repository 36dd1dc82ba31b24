"""Writes the rows of a comparison as a table and as CSV."""

import csv
import math
import os
import platform
from datetime import date
from pathlib import Path

OURS = "convopt"
FIELDS = (
    ("network", "20", ""),
    ("engine", "13", ""),
    ("min_ms", ">9", ".3f"),
    ("median_ms", ">9", ".3f"),
    ("ratio", ">6", ".2f"),
    ("load_s", ">7", ".3f"),
    ("compile_s", ">9", ".2f"),
    ("file_mb", ">8", ".1f"),
    ("peak_mb", ">8", ".1f"),
    ("error", ">8", ".1e"),
)
EXPLANATION = """\
min_ms, median_ms  of one inference, all engines interleaved in one process, on a core a thread
ratio              min_ms over convopt's
load_s             from the file to the first answer      compile_s  ahead of time ('-': reads ONNX when it loads)
file_mb            what is deployed beside the engine     peak_mb    of a fresh process, above Python and the input
error              relative L2 against ONNX Runtime without optimisations"""


def machine() -> str:
    """The processor as the kernel names it, and how many of its cores there are."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in reversed(lines) if ":" in line)
    fields = {name.strip(): value.strip() for name, value in fields.items()}
    name = fields.get("model name", platform.processor() or platform.machine())
    family = f" (family {fields['cpu family']}, model {fields['model']})" if "cpu family" in fields else ""
    return f"{name}{family}, {os.cpu_count()} cores"


def heading(threads: int, load: float, versions: dict[str, str]) -> str:
    """Where, when and with what was measured; the load is that of the machine before it began."""
    listed = ", ".join(f"{engine} {version}" for engine, version in versions.items())
    return f"{machine()}, load {load:.1f}; {threads} thread{'s' * (threads > 1)}; {date.today()}\n{listed}"


def title_line() -> str:
    """The names over the columns."""
    return " ".join(f"{name:{width}}" for name, width, _ in FIELDS)


def line(row: dict) -> str:
    """One row of the table."""
    cells = ["-" if row[name] is None else format(row[name], form) for name, _, form in FIELDS]
    return " ".join(f"{cell:{width}}" for cell, (_, width, _) in zip(cells, FIELDS, strict=True))


def grouped(rows: list[dict]) -> dict[str, dict[str, dict]]:
    """network -> engine -> row."""
    result: dict[str, dict[str, dict]] = {}
    for row in rows:
        result.setdefault(row["network"], {})[row["engine"]] = row
    return result


def best_peers(rows: list[dict], field: str) -> dict[str, tuple[str, float]]:
    """For each network the fastest other engine by `field` and its time over ours; none where either is missing."""
    result = {}
    for network, engines in grouped(rows).items():
        peers = {name: row[field] for name, row in engines.items() if name != OURS}
        if peers and OURS in engines:
            best = min(peers, key=peers.get)
            result[network] = best, peers[best] / engines[OURS][field]
    return result


def summary(rows: list[dict]) -> str:
    """The best peer of each network, and the geometric mean of their times over ours."""
    lines = []
    for field in ("min_ms", "median_ms"):
        best = best_peers(rows, field)
        if not best:
            return "no peer was measured"
        ratios = [ratio for _, ratio in best.values()]
        mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
        lines.append(f"best peer / convopt by {field}: geometric mean {mean:.2f}, least {min(ratios):.2f}")
        lines += [f"  {network:20} {ratio:5.2f}  {name}" for network, (name, ratio) in best.items()]
    return "\n".join(lines)


def write_csv(rows: list[dict], path: Path) -> None:
    """All fields, the versions too."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["network", "engine", "version", "threads", *(f[0] for f in FIELDS[2:])])
        writer.writeheader()
        for row in rows:
            writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()})
