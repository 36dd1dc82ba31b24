"""The workers of convopt.profile: those of a scheduler of Dask's that is there, or of one started for the time."""

import contextlib
import logging
import time

import dask
from distributed import Client, LocalCluster

from convopt.profile_worker import NAME, Measuring, find_machines


class ClusterError(Exception):
    """Why there are no workers to measure with."""


@contextlib.contextmanager
def connect(scheduler, workers, seconds):
    """A Client of the scheduler at that address, or of `workers` processes here; waits `seconds` for an answer."""
    # What happens to workers is said in fewer words by convopt.profile itself.
    for name in ("distributed", "tornado"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if scheduler:
        try:
            client = Client(scheduler, timeout=seconds)
        except (OSError, ValueError) as error:
            raise ClusterError(f"--scheduler={scheduler}: {error}") from None
        with client:
            yield client
        return
    with (
        dask.config.set({"logging.distributed": "critical", "distributed.worker.profile.enabled": False}),
        LocalCluster(
            n_workers=workers, threads_per_worker=1, memory_limit=0, dashboard_address="127.0.0.1:0", host="127.0.0.1",
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        yield client


def workers_of(client):
    """{address: what the scheduler knows of the worker}."""
    return client.scheduler_info(n_workers=-1)["workers"]


def _deal(boards, names):
    """The boards of each worker by its name: to each its share, in turn."""
    return {name: boards[i :: len(names)] for i, name in enumerate(names)}


def set_up(client, options, boards, cores, seconds):
    """Has all workers find their places. Returns {resource: the machine's JSON}, and what was troublesome."""
    end = time.monotonic() + seconds
    while not (workers := workers_of(client)):
        if time.monotonic() > end:
            raise ClusterError("the scheduler has no workers")
        time.sleep(0.2)
    names = sorted((worker["name"] for worker in workers.values()), key=str)
    client.register_plugin(Measuring(options, _deal(boards, names) if boards else None, cores), name=NAME)
    machines, troubles, builds = {}, [], set()
    for address, (found, said) in client.run(find_machines).items():
        machines.update(found)
        builds |= {(machine["compiler_version"], machine["features_version"]) for machine in found.values()}
        troubles += [f"worker {workers[address]['name'] if address in workers else address}: {text}" for text in said]
    if len(builds) > 1:
        raise ClusterError("the workers have different versions of convopt-profile")
    return machines, troubles


def places(client):
    """How many places each resource has now."""
    counts = {}
    for worker in workers_of(client).values():
        for resource, count in worker["resources"].items():
            counts[resource] = counts.get(resource, 0) + int(count)
    return counts
