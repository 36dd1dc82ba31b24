"""Has Dask measure chunks, and keeps the files of profiles and the user up to date."""

import queue
import sys
import time
from collections import deque

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
        self.workers, self.counts = self._names(), places(client)

    def _names(self):
        return {address: worker["name"] for address, worker in workers_of(self.client).items()}

    def look(self, wanted):
        """The resources of `wanted` that nobody has had for so long."""
        now = self._names()
        for address in self.workers.keys() - now.keys():
            say(f"worker {self.workers[address]} is lost; others measure its chunks, or it again when it is back")
        self.workers = now
        self.counts = places(self.client)
        missing = [resource for resource in wanted if not self.counts.get(resource)]
        self.since = {resource: self.since.get(resource, time.monotonic()) for resource in missing}
        return [r for r, since in self.since.items() if time.monotonic() - since >= self.seconds]


def _reason(error):
    if isinstance(error, KilledWorker):
        return "every worker that measured it was lost"
    return str(error).strip().split("\n")[0] or type(error).__name__


class Run:
    """Chunks on their way: no more at a time than there are places, so that a lost worker takes few along."""

    def __init__(self, client, work, watch):
        """`work` as for measure_all."""
        self.client, self.watch = client, watch
        self.open = {}  # By resource: chunks that nobody has yet.
        for chunk in work:
            self.open.setdefault(chunk[0], deque()).append(chunk)
        self.waiting = {}  # By key: future and chunk.
        self.suspects = deque()  # Were measured by a worker that was lost.
        self.alone = None  # The suspect that is measured now.
        self.done = queue.Queue()
        self.failed = 0

    def _submit(self, chunk):
        resource, _, rows = chunk
        future = self.client.submit(
            measure_chunk, resource, write_list(rows), resources={resource: 1}, retries=RETRIES, pure=False
        )
        self.waiting[future.key] = (future, chunk)
        future.add_done_callback(self.done.put)

    def submit(self):
        """Hands out what there are places for; False if nothing is left."""
        for resource, chunks in self.open.items():
            busy = sum(chunk[0] == resource for _, chunk in self.waiting.values())
            for _ in range(min(len(chunks), max(self.watch.counts.get(resource, 1), 1) - busy)):
                self._submit(chunks.popleft())
        if not self.waiting and self.suspects:
            self.alone = self.suspects.popleft()
            self._submit(self.alone)
        return bool(self.waiting)

    def give_up(self, resource):
        """Nobody measures on that machine any more."""
        keys = [key for key, (_, chunk) in self.waiting.items() if chunk[0] == resource]
        self.client.cancel([self.waiting.pop(key)[0] for key in keys])
        suspects = [chunk for chunk in self.suspects if chunk[0] == resource]
        self.suspects = deque(chunk for chunk in self.suspects if chunk[0] != resource)
        lost = len(keys) + len(self.open.pop(resource, ())) + len(suspects)
        say(f"nobody is left to measure on {resource.split()[0]}: {lost} chunks are not measured")
        self.failed += lost

    def finish(self, future):
        """Takes in what became of a chunk; the number of its samples, if it was measured."""
        if future.key not in self.waiting:
            return 0  # It was given up.
        _, chunk = self.waiting.pop(future.key)
        _, profile, rows = chunk
        if future.status == "finished":
            profile.add(*future.result())
            return len(rows)
        error = future.exception() if future.status == "error" else RuntimeError(future.status)
        if isinstance(error, KilledWorker) and chunk is not self.alone:
            self.suspects.append(chunk)
        else:
            self.failed += 1
            say(f"{len(rows)} samples from '{rows[0][0]}, {rows[0][1]}' on are not measured: {_reason(error)}")
        return 0


def measure_all(client, work, seconds):
    """Measures `work`, triples of resource, Profile and rows (a chunk); each is written when it comes.

    Gives up machines that nobody measures for `seconds`. Returns how many chunks were not measured.
    """
    client.subscribe_topic(NAME, lambda event: say(event[1]))
    watch, progress = Watch(client, seconds), Progress([len(rows) for *_, rows in work])
    run = Run(client, work, watch)
    while run.submit():
        for resource in watch.look({*run.open, *(chunk[0] for _, chunk in run.waiting.values())}):
            run.give_up(resource)
        try:
            future = run.done.get(timeout=1)
        except queue.Empty:
            continue
        if samples := run.finish(future):
            progress.step(samples)
    return run.failed
