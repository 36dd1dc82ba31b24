"""bench/soak.py for a second: the same bits by four threads at once, no growth; and that it would see both."""

import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from convopt.testing.builder import Builder

BENCH = Path(__file__).parents[2] / "bench"
sys.path.insert(0, str(BENCH))

import soak  # noqa: E402


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_bits_and_no_growth(tmp_path, threads):
    b = Builder("small")
    x = b.add("Relu", b.conv(b.input(1, 3, 16, 16), (3, 16)))
    onnx.save(b.model(b.add("Softmax", b.conv(x, (16, 8)), axis=1)), tmp_path / "small.onnx")
    image = np.linspace(-1, 1, 3 * 16 * 16, dtype=np.float32).reshape(1, 3, 16, 16)
    said = soak.soak(tmp_path / "small.onnx", [image], 1, {"threads": threads})
    assert int(said.split()[0]) > 50 and "with the same bits" in said


def test_other_bits_and_growth_are_seen(tmp_path, monkeypatch):
    b = Builder("small")
    onnx.save(b.model(b.add("Relu", b.input(1, 256))), tmp_path / "small.onnx")
    arguments = (tmp_path / "small.onnx", [np.ones((1, 256), np.float32)], 0.2, {})
    link = soak.programs.link
    # A model that leaks, and one that counts its runs in its output.
    faults = {
        "memory grows": "static int run_badly(const void *const *i, void *const *o, void *w) {"
        " static char *volatile kept; char *old = kept; (void)old;"
        " kept = memset(malloc(1 << 14), 1, 1 << 14); return good->run(i, o, w); }",
        "other bits": "static int run_badly(const void *const *i, void *const *o, void *w) {"
        " static _Atomic int n; int s = good->run(i, o, w); *(int *)o[0] = n++; return s; }",
    }
    for word, fault in faults.items():

        def link_badly(program, sources, objects, flags, fault=fault):
            text = sources[0].read_text()
            text = text.replace("model->run(", "run_badly(")
            first = "static const void *inputs"
            text = text.replace(first, f"#define good model\n{fault}\n{first}", 1)
            (tmp_path / "soak.c").write_text(text)
            return link(program, [tmp_path / "soak.c"], objects, flags=flags)

        monkeypatch.setattr(soak.programs, "link", link_badly)
        with pytest.raises(RuntimeError, match=word):
            soak.soak(*arguments)
