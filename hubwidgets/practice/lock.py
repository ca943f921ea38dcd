"""One lock per repo, shared by commits over HTTP and by git pushes.

Held only while refs are compared and moved, never while a body is received.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import anyio

_POLL_S: Final = 0.005


class RepoLocks:
    """Locks by name; a name is whatever identifies a repo for good, as `Repo.key`."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}

    @contextmanager
    def hold(self, key: str) -> Iterator[None]:
        """Hold the lock of one repo, on a worker thread."""
        with self._lock(key):
            yield

    @asynccontextmanager
    async def hold_async(self, key: str) -> AsyncIterator[None]:
        """Hold the lock of one repo, on the event loop.

        It polls, so that a cancelled request leaves no thread behind that takes the lock later and keeps it.
        """
        lock = self._lock(key)
        while not lock.acquire(blocking=False):  # noqa: ASYNC110 - whoever holds it may be a thread
            await anyio.sleep(_POLL_S)
        try:
            yield
        finally:
            lock.release()

    def _lock(self, key: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())
