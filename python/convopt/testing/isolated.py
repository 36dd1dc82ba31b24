"""Jobs in processes of their own: what one of them breaks, or the code that it has loaded, ends with it."""

import os
import sys
import tempfile
import traceback
from pathlib import Path


def each(jobs, function, at_once: int | None = None):
    """Yields (job, function(job)) as they end, `at_once` at a time (as many as there are cores by default).

    function: gives a string. Where it raises, the result is 'failed MESSAGE'; where the process ends by itself, too.
    """
    waiting, running = list(reversed(jobs)), {}
    with tempfile.TemporaryDirectory(prefix="convopt-jobs-") as folder:
        while waiting or running:
            while waiting and len(running) < (at_once or os.cpu_count()):
                report = Path(folder) / str(len(waiting))
                job = waiting.pop()
                child = os.fork()
                if not child:
                    _live(function, job, report)
                running[child] = job, report
            child, status = os.wait()
            job, report = running.pop(child)
            yield job, report.read_text() if report.exists() else f"failed the process ended with status {status}"


def _live(function, job, report: Path):
    try:
        result = function(job)
    except BaseException as error:
        result = "failed " + (str(error).strip() or traceback.format_exc())
    report.write_text(result)
    sys.stdout.flush()
    os._exit(0)
