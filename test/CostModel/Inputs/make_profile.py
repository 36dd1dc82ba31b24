"""Writes a profile of two layers without features: make_profile.py PROFILE.csv"""

import pathlib
import sys

# Seconds for both layers; 0: not measured.
TIMES = {
    "direct nhwc->nhwc 6x4s7": (1.0, 3.0),
    "direct nhwc->nhwc 6x4s14": (1.5, 2.5),
    "direct nhwc->nhwc 1x2": (1.5, 4.0),
    "direct nhwc->nhwc 1x1": (9.0, 0),
    "direct nchw->nchw 4x4": (2.0, 3.0),
    "im2row nhwc->nhwc 8x3": (2.0, 2.0),
}

path = pathlib.Path(sys.argv[1])
rows = ["layer,choice,machine,seconds,feature"]
for choice, times in TIMES.items():
    rows += [f"layer{i},{choice},here,{time},0" for i, time in enumerate(times) if time]
path.write_text("\n".join(rows) + "\n")
path.with_suffix(".json").write_text('{"features_version": "x"}')
