"""Draws a comparison as an SVG: a group of bars a network, one an engine."""

from pathlib import Path

import report

COLOURS = ("#c0392b", "#2c5f8a", "#6aa0c8", "#7f9f4f", "#d9a441", "#8a6fa8", "#999999")
# Bars end here; what is longer has its figure written on it.
HIGHEST = 3.0


def draw(rows: list[dict], path: Path, heading: str) -> None:
    """Each engine's time over ours; needs matplotlib."""
    import matplotlib

    matplotlib.use("svg")
    # The same numbers give the same file, and text stays text.
    matplotlib.rcParams.update({"svg.hashsalt": "convopt", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    groups = {name: group for name, group in report.grouped(rows).items() if report.OURS in group}
    names = list(dict.fromkeys(row["engine"] for row in rows))
    width = 0.84 / len(names)
    figure, axes = pyplot.subplots(figsize=(max(6, 1.15 * len(groups) + 1.5), 4.6))
    for index, name in enumerate(names):
        places = [at for at, group in enumerate(groups.values()) if name in group]
        values = [group[name]["ratio"] for group in groups.values() if name in group]
        offset = (index - (len(names) - 1) / 2) * width
        where = [at + offset for at in places]
        axes.bar(where, [min(v, HIGHEST) for v in values], width, label=name, color=COLOURS[index % len(COLOURS)])
        for at, value in zip(where, values, strict=True):
            if value > HIGHEST:
                text = f"{value:.1f}" if value < 100 else f"{value:.0f}"
                axes.text(at, HIGHEST - 0.04, text, rotation=90, ha="center", va="top", fontsize=6, color="white")
    axes.axhline(1, color="#c0392b", linewidth=0.8)
    axes.set_ylim(0, HIGHEST)
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.set_xticks(range(len(groups)), [f"{n}\n{g[report.OURS]['min_ms']:.1f} ms" for n, g in groups.items()])
    axes.tick_params(axis="x", labelrotation=30, labelsize=8)
    axes.set_ylabel("time / convopt's (less is faster)")
    axes.legend(ncols=len(names), loc="upper center", bbox_to_anchor=(0.5, 1.1), frameon=False, fontsize=8)
    figure.text(0.01, 0.01, heading, fontsize=6.5, color="#555555", va="bottom")
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
