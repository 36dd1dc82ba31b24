"""Has Dask measure chunks, and keeps the files of profiles and the user up to date."""

import queue
import sys
import time

from distributed.scheduler import KilledWorker

from convopt.profile_chunks import write_list
from convopt.profile_cluster import places, workers_of
from convopt.profile_worker import NAME, measure_chunk

# How often Dask tries a chunk again that could not be measured.
RETRIES = 2


def say(text):
    """Tells the user."""
    print(f"convopt.profile: {text}", file=sys.stderr, flush=True)


class Progress:
    """How far it is: chunks, samples and minutes left."""

    def __init__(self, sizes):
        """`sizes`: the number of samples of each chunk."""
        self.sizes, self.start, self.done, self.samples = sizes, time.monotonic(), 0, 0

    def step(self, samples):
        """One chunk of so many samples is measured."""
        self.done += 1
        self.samples += samples
        total = sum(self.sizes)
        left = (time.monotonic() - self.start) / self.samples * (total - self.samples) / 60
        say(f"{self.done} of {len(self.sizes)} chunks, {self.samples} of {total} samples, {left:.0f} min left")


class Watch:
    """Says which workers were lost, and whether there are any left."""

    def __init__(self, client, seconds):
        """`seconds`: how long there may be nobody to measure before it is given up."""
        self.client, self.seconds, self.since = client, seconds, {}
        self.workers = self._names()

    def _names(self):
        return {address: worker["name"] for address, worker in workers_of(self.client).items()}

    def look(self, wanted):
        """The resources of `wanted` that nobody has had for so long."""
        now = self._names()
        for address in self.workers.keys() - now.keys():
            say(f"worker {self.workers[address]} is lost; others measure its chunks, or it again when it is back")
        self.workers = now
        counts = places(self.client)
        missing = [resource for resource in wanted if not counts.get(resource)]
        self.since = {resource: self.since.get(resource, time.monotonic()) for resource in missing}
        return [r for r, since in self.since.items() if time.monotonic() - since >= self.seconds]


def _reason(error):
    if isinstance(error, KilledWorker):
        return "every worker that measured it was lost"
    return str(error).strip().split("\n")[0] or type(error).__name__


def measure_all(client, work, seconds):
    """Measures `work`, triples of resource, Profile and rows (a chunk); each is written when it comes.

    Gives up machines that nobody measures for `seconds`. Returns how many chunks were not measured.
    """
    client.subscribe_topic(NAME, lambda event: say(event[1]))
    done, waiting, failed = queue.Queue(), {}, 0
    for resource, profile, rows in work:
        future = client.submit(
            measure_chunk, resource, write_list(rows), resources={resource: 1}, retries=RETRIES, pure=False
        )
        waiting[future.key] = (future, resource, profile, rows)
        future.add_done_callback(done.put)
    progress, watch = Progress([len(rows) for *_, rows in work]), Watch(client, seconds)
    while waiting:
        for gone in watch.look({resource for _, resource, *_ in waiting.values()}):
            lost = [key for key, (_, resource, *_) in waiting.items() if resource == gone]
            say(f"nobody is left to measure on {gone.split()[0]}: {len(lost)} chunks are not measured")
            client.cancel([waiting.pop(key)[0] for key in lost])
            failed += len(lost)
        try:
            future = done.get(timeout=1)
        except queue.Empty:
            continue
        if future.key not in waiting:
            continue  # It was given up.
        _, _, profile, rows = waiting.pop(future.key)
        if future.status == "finished":
            profile.add(*future.result())
            progress.step(len(rows))
        else:
            failed += 1
            reason = _reason(future.exception()) if future.status == "error" else future.status
            say(f"{len(rows)} samples from '{rows[0][0]}, {rows[0][1]}' on are not measured: {reason}")
    return failed
