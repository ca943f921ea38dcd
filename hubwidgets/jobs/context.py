"""A job: something long that can be named, watched and cancelled, with a stated point of no return."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import CancelledError, Future
from typing import Any, Final, Generic, TypeVar

from hubwidgets.core.errors import Cancelled
from hubwidgets.core.ports import Clock
from hubwidgets.core.progress import Progress

T = TypeVar("T")

REPORT_EVERY_S: Final = 0.1
"""No more than ten reports a second reach the listeners; the first and the last of a phase always do."""


class MonotonicClock:
    """The machine's own clock."""

    def now_s(self) -> float:
        """Seconds of a clock that never goes back."""
        return time.monotonic()


class CancelToken:
    """Set once by a person; noticed by work on other threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._stops: list[Callable[[], None]] = []
        self._cancelled = False
        self._sealed = False

    @property
    def is_cancelled(self) -> bool:
        """Whether a cancel was accepted."""
        return self._cancelled

    @property
    def is_sealed(self) -> bool:
        """Whether it is too late to cancel."""
        return self._sealed

    def cancel(self) -> bool:
        """Ask for the end; returns False when it is too late. Calling it again changes nothing."""
        with self._lock:
            if self._sealed:
                return False
            self._cancelled = True
            stops = list(self._stops)
        for stop in stops:
            stop()
        return True

    def check(self) -> None:
        """Raise Cancelled if a cancel was accepted."""
        if self._cancelled:
            raise Cancelled

    def seal(self) -> None:
        """From here on `cancel` is refused; raises Cancelled if one came before."""
        with self._lock:
            self.check()
            self._sealed = True

    @contextlib.contextmanager
    def on_cancel(self, stop: Callable[[], None]) -> Iterator[None]:
        """Call `stop` at once when a cancel comes while the block runs."""
        with self._lock:
            self._stops.append(stop)
            came_before = self._cancelled
        if came_before:
            stop()
        try:
            yield
        finally:
            with self._lock:
                self._stops.remove(stop)


class Context:
    """The JobContext handed to the work of one Job."""

    def __init__(self, cancel: CancelToken, publish: Callable[[Progress], None], clock: Clock) -> None:
        self._cancel = cancel
        self._publish = publish
        self._clock = clock
        self._lock = threading.Lock()
        self._last_at: float | None = None
        self._last_phase: str | None = None
        self._held: Progress | None = None

    def report(self, progress: Progress) -> None:
        """Pass a report on, at most ten a second; a phase's first and last always get through."""
        self._cancel.check()
        with self._lock:
            now = self._clock.now_s()
            is_last = progress.total is not None and progress.done >= progress.total
            due = self._last_at is None or now - self._last_at >= REPORT_EVERY_S
            new_phase = progress.phase != self._last_phase
            if not (due or is_last or new_phase):
                self._held = progress
                return
            flush = self._held if new_phase else None
            self._held = None
            self._last_at, self._last_phase = now, progress.phase
        if flush is not None:
            self._publish(flush)
        self._publish(progress)

    def check(self) -> None:
        """Raise Cancelled if a person cancelled and the work is not sealed."""
        self._cancel.check()

    def seal(self) -> None:
        """The point of no return."""
        self._cancel.seal()

    def on_cancel(self, stop: Callable[[], None]) -> contextlib.AbstractContextManager[None]:
        """While the block runs, a cancel calls `stop` at once."""
        return self._cancel.on_cancel(stop)


class Job(Generic[T]):
    """Long work under way. Awaitable; `result()` blocks.

    Attributes:
        id: unique in this process.
        name: what it does, as "publish".
    """

    def __init__(self, job_id: str, name: str, clock: Clock | None = None) -> None:
        self.id = job_id
        self.name = name
        self._future: Future[T] = Future()
        self._cancel = CancelToken()
        self._progress: Progress | None = None
        self._watchers: list[Callable[[Progress], None]] = []
        self._context = Context(self._cancel, self._set_progress, clock or MonotonicClock())

    @property
    def progress(self) -> Progress | None:
        """The newest report, None before the first."""
        return self._progress

    @property
    def is_done(self) -> bool:
        """Whether it ended, in whatever way."""
        return self._future.done()

    @property
    def can_cancel(self) -> bool:
        """False once the work is sealed or has ended."""
        return not (self._cancel.is_sealed or self.is_done)

    def cancel(self) -> bool:
        """Ask for the end; False when it is too late (then `result()` tells what happened)."""
        return not self.is_done and self._cancel.cancel()

    def result(self, timeout_s: float | None = None) -> T:
        """Wait for the end and return what came of it.

        Raises:
            HubwidgetsError: it failed.
            Cancelled: it was cancelled; nothing is visible on the Hub.
            TimeoutError: it is still under way after `timeout_s` seconds (and goes on).
        """
        try:
            return self._future.result(timeout_s)
        except CancelledError:
            raise Cancelled from None

    def exception(self, timeout_s: float | None = None) -> BaseException | None:
        """Wait for the end and return the exception, or None if it went well."""
        try:
            return self._future.exception(timeout_s)
        except CancelledError:
            return Cancelled()

    def __await__(self) -> Generator[Any, None, T]:
        return asyncio.wrap_future(self._future).__await__()

    def on_progress(self, watcher: Callable[[Progress], None]) -> None:
        """Call `watcher` with each report from now on, on the working thread."""
        self._watchers.append(watcher)

    def on_end(self, watcher: Callable[[Job[T]], None]) -> None:
        """Call `watcher` once when the job has ended (at once if it has)."""
        self._future.add_done_callback(lambda _future: watcher(self))

    def _set_progress(self, progress: Progress) -> None:
        self._progress = progress
        for watcher in tuple(self._watchers):
            watcher(progress)

    def run(self, work: Callable[[Context], T]) -> None:
        """Do the work on the calling thread and record how it ended; never raises."""
        try:
            self._cancel.check()
            value = work(self._context)
        except BaseException as exc:  # noqa: BLE001 - it is handed to whoever asks for the result
            self._future.set_exception(exc)
        else:
            self._future.set_result(value)

    def __repr__(self) -> str:
        state = "done" if self.is_done else (self._progress.phase if self._progress else "waiting")
        return f"<Job {self.name} {self.id}: {state}>"
