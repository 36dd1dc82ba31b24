"""A few of the kills of bench/kill.py: no half-written output, and the next run goes on."""

import subprocess
import sys
from pathlib import Path

KILL = Path(__file__).parents[2] / "bench" / "kill.py"


def test_the_next_run_goes_on():
    result = subprocess.run([sys.executable, KILL, "4", "--seed=1"], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("went on right") == 2
