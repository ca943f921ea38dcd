"""Run a practice Hub inside this process."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

import uvicorn

from hubwidgets.core.repo import RepoType
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
            listener = cleanup.enter_context(_listen(self._port))
            folder = self._wanted_store or Path(cleanup.enter_context(_temporary_folder()))
            store = cleanup.enter_context(Store(folder))
            lfs = LfsStore(store.root)
            state = HubState(
                endpoint=f"http://127.0.0.1:{listener.getsockname()[1]}",
                store=store,
                accounts=Accounts.load_or_make(store.root / "accounts.json"),
                lfs=lfs,
                xet=XetStore(store.root, lfs),
                link=self._link,
            )
            server = _Server(uvicorn.Config(build_app(state), log_config=None, log_level="error", lifespan="off", access_log=False, timeout_graceful_shutdown=_GRACE_S, server_header=False))
            thread = threading.Thread(target=server.run, args=([listener],), name="practice-hub", daemon=True)
            thread.start()
            server.ready.wait()
            self._running = _Running(state, server, thread, cleanup.pop_all())
        return self

    def stop(self) -> None:
        """Finish what is under way, then close; safe to call twice."""
        running, self._running = self._running, None
        if running is None:
            return
        self._last_failures = running.state.failures
        running.server.should_exit = True
        running.thread.join()
        running.cleanup.close()


class _Server(uvicorn.Server):
    """uvicorn on a thread, which says when it is ready."""
