"""What all handlers of one running practice Hub share.

Routing (see app.py) is done on the path AS SENT: a percent-encoded slash stays inside its segment. In routes use the
convertors `{name:seg}` (one segment, decoded) and `{path:rest}` (all that follows, slashes too, decoded).
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from hubwidgets.core.repo import RepoType
from hubwidgets.practice import errors
from hubwidgets.practice.accounts import Account, Accounts, can_read, has_credentials
from hubwidgets.practice.lfs_store import LfsStore
from hubwidgets.practice.lock import RepoLocks
from hubwidgets.practice.store import Repo, Store
from hubwidgets.practice.throttle import Link
from hubwidgets.practice.xet_store import XetStore

#: Plural, as in API addresses, to repo type.
REPO_TYPE_OF: Final[Mapping[str, RepoType]] = {"models": "model", "datasets": "dataset", "spaces": "space"}


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One answered request.

    Attributes:
        at: seconds since the epoch, when it arrived.
        path: as sent, percent-encoded, without the query.
        status: 0 when the client left before the answer began.
        received_bytes: body bytes that arrived.
    """

    at: float
    method: str
    path: str
    status: int
    received_bytes: int


class RequestLog:
    """What arrived so far; written on the event loop, read from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: list[RequestRecord] = []
        self._received_bytes = 0

    @property
    def records(self) -> list[RequestRecord]:
        """All answered requests, oldest first."""
        with self._lock:
            return list(self._records)

    @property
    def received_bytes(self) -> int:
        """Body bytes of all requests, those still under way too."""
        with self._lock:
            return self._received_bytes

    def add_bytes(self, count: int) -> None:
        """Body bytes arrived."""
        with self._lock:
            self._received_bytes += count

    def add(self, record: RequestRecord) -> None:
        """A request was answered."""
        with self._lock:
            self._records.append(record)


@dataclass(slots=True)
class HubState:
    """One running practice Hub.

    Attributes:
        endpoint: "http://127.0.0.1:PORT".
        link: how fast bodies may travel.
        failures: exceptions in handlers that are our own mistakes; PracticeHub raises the first.
    """

    endpoint: str
    store: Store
    accounts: Accounts
    lfs: LfsStore
    xet: XetStore
    link: Link
    locks: RepoLocks = field(default_factory=RepoLocks)
    requests: RequestLog = field(default_factory=RequestLog)
    failures: list[Exception] = field(default_factory=list)

    def account(self, request: Request) -> Account | None:
        """Who asks: None for a stranger.

        Raises:
            HubError: 401, credentials were sent and nobody has them.
        """
        account = self.accounts.authenticate(request.headers)
        if account is None and has_credentials(request.headers):
            raise errors.not_logged_in()
        return account

    def require_account(self, request: Request) -> Account:
        """Who asks, or 401."""
        account = self.account(request)
        if account is None:
            raise errors.not_logged_in()
        return account

    def readable_repo(self, account: Account | None, repo_type: RepoType, repo_id: str) -> Repo:
        """The repo, or 404 RepoNotFound when it is not there or not for these eyes."""
        repo = self.store.find(repo_type, repo_id)
        if repo is None or not can_read(account, repo):
            raise errors.repo_not_found()
        return repo

    def writable_repo(self, account: Account | None, repo_type: RepoType, repo_id: str) -> Repo:
        """The repo, or 404 (cannot see it), 401 (stranger), 403 (read token, or not yours)."""
        repo = self.readable_repo(account, repo_type, repo_id)
        if account is None:
            raise errors.not_logged_in()
        if not account.may_write:
            raise errors.read_only_token()
        if not account.owns(repo.namespace):
            raise errors.no_write_access(repo.repo_id)
        return repo

    def repo_url(self, repo: Repo) -> str:
        """Page and git remote of a repo."""
        return f"{self.endpoint}/{repo.url_path}"

    def note_failure(self, error: Exception) -> None:
        """Keep a mistake of ours, and say it on standard error."""
        traceback.print_exception(error)
        self.failures.append(error)
