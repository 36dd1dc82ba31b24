"""What Dask's workers do for convopt.profile: each measures a chunk at a time on a core of its own, or on its boards.

The places of a worker are resources of Dask's, named after the machine that they are on, so that Dask hands out no
more chunks than there are places, each to a machine of the right kind. A worker that is started anew, or that joins
later, sets itself up in the same way.
"""

import asyncio
import threading

from distributed import Reschedule, Status, get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from convopt.profile_files import resource_of
from convopt.profile_place import Place, PlaceError, free_core

# Of the plugin, and of what workers have to tell.
NAME = "convopt-profile"


class Measuring(WorkerPlugin):
    """Finds the places of a worker, and keeps them while they answer."""

    name = NAME

    def __init__(self, options, boards=None, cores=()):
        """`options` of convopt-profile; `boards`, {worker's name: its boards}, or none: the host itself is measured."""
        self.options, self.boards, self.cores = tuple(options), boards, tuple(cores)

    async def setup(self, worker):
        """Asks every place which machine it is. One that does not answer is left out, and said."""
        self.worker, self.guard, self.is_over = worker, threading.Lock(), False
        self.free = {}  # By resource: places where nobody measures now.
        self.machines = {}  # By resource.
        self.troubles = []
        await asyncio.to_thread(self._find_places)
        await worker.set_resources(**{resource: len(places) for resource, places in self.free.items()})
        # The scheduler looks for chunks that nobody could measure when a worker begins to run, not when it has more.
        worker.status = Status.paused
        worker.status = Status.running

    async def teardown(self, worker):
        """Gives the cores back."""
        await worker.set_resources(**dict.fromkeys(self.free, 0))
        with self.guard:
            self.is_over = True
            places = [place for places in self.free.values() for place in places]
        for place in places:
            place.give_back()

    def _find_places(self):
        places = [Place(board=board) for board in (self.boards or {}).get(self.worker.name, [])]
        try:
            if self.boards is None:
                places = [free_core(self.cores)]
        except PlaceError as error:
            self.troubles.append(str(error))
        for place in places:
            try:
                machine = place.machine(self.options)
            except (PlaceError, ValueError) as error:
                self.troubles.append(f"{place}: {error}")
            else:
                resource = resource_of(machine)
                self.machines[resource] = machine
                self.free.setdefault(resource, []).append(place)

    def say(self, text):
        """Tells the user."""
        self.worker.log_event(NAME, f"worker {self.worker.name}: {text}")

    def measure(self, resource, text):
        """Measures a chunk at a place that is free. One that answers no more is left, and the chunk given back."""
        with self.guard:
            place = self.free[resource].pop()
        try:
            result = place.measure(text, self.options)
        except PlaceError as error:
            if self._answers(place, resource):
                self._put_back(place, resource)
                self.say(f"{place}: {error}")
                raise
            self.say(f"{place}: {error}; measures no more")
            place.give_back()
            self._leave(resource)
            raise Reschedule from None
        self._put_back(place, resource)
        return result

    def _put_back(self, place, resource):
        with self.guard:
            self.free[resource].append(place)
        # Nobody asks any more for what was measured while its user went away.
        if self.is_over:
            place.give_back()

    def _answers(self, place, resource):
        try:
            return resource_of(place.machine(self.options)) == resource
        except (PlaceError, ValueError):
            return False

    def _leave(self, resource):
        """One place less. Chunks that wait here for others go to other workers when there is none."""

        async def leave():
            left = {name: count for name, count in self.worker.state.total_resources.items() if name in self.free}
            left[resource] -= 1
            await self.worker.set_resources(**left)
            if not any(left.values()):
                self.worker.loop.add_callback(self.worker.close_gracefully, restart=False)

        asyncio.run_coroutine_threadsafe(leave(), self.worker.loop.asyncio_loop).result()


def measure_chunk(resource, text):
    """A task: measures the list `text`; see Place.measure."""
    return get_worker().plugins[NAME].measure(resource, text)


def list_choices(layers, options):
    """A task: the text of a list of the samples of the text of a file of layers."""
    return Place().choices(layers, options)


def find_machines(dask_worker):
    """What a worker has found: its machines by resource, and its troubles."""
    plugin = dask_worker.plugins[NAME]
    return plugin.machines, plugin.troubles
