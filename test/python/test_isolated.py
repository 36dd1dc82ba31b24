"""Jobs in processes of their own: results, exceptions and crashes each come back with their job."""

import os
import signal

from convopt.testing import isolated


def work(job):
    if job == "raises":
        raise ValueError("a reason")
    if job == "crashes":
        os.kill(os.getpid(), signal.SIGKILL)
    return f"did {job}"


def test_each_job_has_its_result():
    results = dict(isolated.each(["first", "raises", "crashes", "last"], work, 2))
    assert results == {
        "first": "did first",
        "raises": "failed a reason",
        "crashes": "failed the process ended with status 9",
        "last": "did last",
    }
