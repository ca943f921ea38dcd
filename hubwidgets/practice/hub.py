"""Run a practice Hub inside this process."""

from __future__ import annotations

import contextlib
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import uvicorn

from hubwidgets.core.repo import RepoType
from hubwidgets.practice import behind
from hubwidgets.practice.accounts import Accounts, PracticeUser
from hubwidgets.practice.app import build_app
from hubwidgets.practice.lfs_store import LfsStore
from hubwidgets.practice.state import HubState, RequestRecord
from hubwidgets.practice.store import Store
from hubwidgets.practice.throttle import Link
from hubwidgets.practice.xet_store import XetStore

# After this a request that is still under way is broken off. A commit is whole or not at all whenever that happens.
_GRACE_S: Final = 3


class PracticeHub:
    """A Hub on 127.0.0.1, for as long as the `with` block runs.

    Args:
        store: folder that keeps everything; None for a temporary one, removed at stop.
        port: 0 for any free one.
        link_bytes_per_s: how fast bodies travel each way; None for as fast as can be.
    """

    def __init__(self, store: Path | None = None, port: int = 0, *, link_bytes_per_s: float | None = None) -> None:
        self._wanted_store = store
        self._port = port
        self._link = Link(link_bytes_per_s)
        self._running: _Running | None = None
        self._failures: list[Exception] = []

    def start(self) -> Self:
        """Bind the port and serve; the Hub answers when this returns.

        Raises:
            OSError: the port is taken.
            StoreInUse: another practice Hub uses the store.
            RuntimeError: it runs already.
        """
        if self._running is not None:
            raise RuntimeError("this practice Hub runs already")
        with contextlib.ExitStack() as cleanup:
            listener = cleanup.enter_context(_listen(self._port, self._link))
            store = cleanup.enter_context(Store(self._wanted_store or cleanup.enter_context(_temporary_folder())))
            state = _build_state(store, listener.getsockname()[1], self._link)
            self._failures = state.failures
            server = _Server(_config(state))
            thread = threading.Thread(target=server.run, args=([listener],), name="practice-hub", daemon=True)
            thread.start()
            server.ready.wait()
            if not server.started:
                raise RuntimeError("the server did not start")
            self._running = _Running(state, server, thread, cleanup.pop_all())
        return self

    def stop(self) -> None:
        """Finish what is under way, then close; safe to call twice."""
        running, self._running = self._running, None
        if running is None:
            return
        running.server.should_exit = True
        running.thread.join()
        running.cleanup.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_exc: object) -> None:
        self.stop()
        self.raise_errors()

    def raise_errors(self) -> None:
        """Raise the first exception a handler let through since the start, and forget them all."""
        if self._failures:
            first = self._failures[0]
            self._failures.clear()
            raise first

    @property
    def state(self) -> HubState:
        """What the handlers share."""
        if self._running is None:
            raise RuntimeError("this practice Hub does not run")
        return self._running.state

    @property
    def endpoint(self) -> str:
        """As "http://127.0.0.1:40123"."""
        return self.state.endpoint

    @property
    def store_path(self) -> Path:
        """The folder that keeps everything."""
        return self.state.store.root

    @property
    def users(self) -> tuple[PracticeUser, ...]:
        """All users, with their tokens."""
        return self.state.accounts.users

    def user(self, name: str) -> PracticeUser:
        """The user of that name; KeyError when there is none."""
        found = self.state.accounts.user(name)
        if found is None:
            raise KeyError(name)
        return found

    @property
    def requests(self) -> list[RequestRecord]:
        """Answered requests, oldest first."""
        return self.state.requests.records

    @property
    def received_bytes(self) -> int:
        """Body bytes that arrived so far, growing while a body comes in."""
        return self.state.requests.received_bytes

    @property
    def link_bytes_per_s(self) -> float | None:
        """How fast bodies travel each way; may be set at any time."""
        return self._link.bytes_per_s

    @link_bytes_per_s.setter
    def link_bytes_per_s(self, bytes_per_s: float | None) -> None:
        self._link.bytes_per_s = bytes_per_s

    def land_other_commit(
        self,
        repo_id: str,
        repo_type: RepoType = "model",
        *,
        path: str = "landed-meanwhile.txt",
        content: bytes = b"Somebody else was here.\n",
        revision: str = "main",
    ) -> str:
        """Commit one file behind the client's back, as another person would; return the commit's 40 hex digits."""
        return behind.commit_file(self.state, repo_type, repo_id, path=path, content=content, revision=revision)

    def read_tree(self, repo_id: str, repo_type: RepoType = "model", *, revision: str = "main") -> dict[str, str]:
        """SHA-256 of every file's true content, LFS objects read, by path."""
        return behind.read_tree(self.state, repo_type, repo_id, revision=revision)


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready.

    Signals need no care: uvicorn takes them on the main thread only.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.ready.set()


@dataclass(frozen=True, slots=True)
class _Running:
    state: HubState
    server: _Server
    thread: threading.Thread
    cleanup: contextlib.ExitStack


def _build_state(store: Store, port: int, link: Link) -> HubState:
    lfs = LfsStore(store.root)
    return HubState(
        endpoint=f"http://127.0.0.1:{port}",
        store=store,
        accounts=Accounts.load_or_make(store.root / "accounts.json"),
        lfs=lfs,
        xet=XetStore(store.root, lfs),
        link=link,
    )


def _config(state: HubState) -> uvicorn.Config:
    return uvicorn.Config(
        build_app(state),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE_S,
    )


def _listen(port: int, link: Link) -> socket.socket:
    """Bind here, not in the server's thread: the port is known, and connections wait instead of being refused."""
    # TCP is named because asyncio turns Nagle's algorithm off (40 ms per answer) only for sockets that say so.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # So that a Hub on a fixed port can be started again at once.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        link.prepare_socket(listener)
        listener.listen(2048)
    except BaseException:
        listener.close()
        raise
    return listener


@contextlib.contextmanager
def _temporary_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="practice-hub-") as folder:
        yield Path(folder)
