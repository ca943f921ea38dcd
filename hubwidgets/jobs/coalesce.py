"""Many changes, few calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from hubwidgets.jobs.hosts import Host

EVERY_S: Final = 0.1


class Coalescer:
    """Calls `flush` after `mark`, at most ten times a second, on one thread of its own.

    The first mark after a pause is flushed at once; the last one always is. The thread is started by the first mark.
    """

    def __init__(self, flush: Callable[[], None], host: Host, *, every_s: float = EVERY_S) -> None:
        self._flush = flush
        self._host = host
        self._every_s = every_s
        self._lock = threading.Lock()
        self._marked = threading.Event()
        self._closed = threading.Event()
        self._started = False

    def mark(self) -> None:
        """Say that something changed; returns at once."""
        if self._closed.is_set():
            return
        with self._lock:
            if not self._started:
                self._started = True
                self._host.start_thread(self._work, "hubwidgets-snapshot")
        self._marked.set()

    def close(self) -> None:
        """End the thread; what was marked before is still flushed."""
        self._closed.set()
        self._marked.set()

    def _work(self) -> None:
        while True:
            self._marked.wait()
            self._marked.clear()
            self._flush()
            # Waiting for the end instead of sleeping, so that a closed panel leaves no thread behind.
            if self._closed.wait(self._every_s):
                return
