"""The only threads of the client: one write lane, a few readers."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from typing import Any, Final, TypeVar

from hubwidgets.jobs.context import Context, Job
from hubwidgets.jobs.hosts import Host, PlainHost

T = TypeVar("T")

_IDS: Final = itertools.count(1)
_READERS: Final = 3


class Lane:
    """A queue of jobs and the threads that do them, started when first needed and ended by `close`."""

    def __init__(self, name: str, n_threads: int, host: Host) -> None:
        self._name = name
        self._n_threads = n_threads
        self._host = host
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._n_started = 0
        self._n_waiting = 0
        self._closed = False

    def submit(self, run: Callable[[], None]) -> None:
        """Queue `run`; returns at once."""
        with self._lock:
            if self._closed:
                raise RuntimeError(f"the {self._name} lane is closed")
            self._n_waiting += 1
            if self._n_started < self._n_threads and self._n_waiting > 0:
                self._n_started += 1
                self._host.start_thread(self._work, f"hubwidgets-{self._name}-{self._n_started}")
        self._jobs.put(run)

    def close(self) -> None:
        """Let the threads end after what they are doing."""
        with self._lock:
            self._closed = True
            n_started, self._n_started = self._n_started, 0
        for _ in range(n_started):
            self._jobs.put(None)

    def _work(self) -> None:
        while (run := self._jobs.get()) is not None:
            with self._lock:
                self._n_waiting -= 1
            run()


class Runner:
    """Runs jobs: writes one after another, reads beside them."""

    def __init__(self, host: Host | None = None) -> None:
        host = host or PlainHost()
        self._host = host
        self._write = Lane("write", 1, host)
        self._read = Lane("read", _READERS, host)

    def write(self, name: str, work: Callable[[Context], T]) -> Job[T]:
        """Queue work that changes something; one runs at a time."""
        return self._submit(self._write, name, work)

    def read(self, name: str, work: Callable[[Context], T]) -> Job[T]:
        """Queue work that only looks."""
        return self._submit(self._read, name, work)

    def now(self, name: str, work: Callable[[], None]) -> None:
        """Run something short on a thread of its own, when all lanes may be busy."""
        self._host.start_thread(work, f"hubwidgets-{name}")

    def close(self) -> None:
        """Take no more work; what runs goes on to its end."""
        self._write.close()
        self._read.close()

    @staticmethod
    def _submit(lane: Lane, name: str, work: Callable[[Context], Any]) -> Job[Any]:
        job: Job[Any] = Job(f"j{next(_IDS)}", name)
        lane.submit(lambda: job.run(work))
        return job
