"""The small interfaces through which the controller knows the world."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Literal, Protocol

from hubwidgets.core.progress import Progress
from hubwidgets.core.repo import Account, NewRepo, RepoInfo, RepoRef
from hubwidgets.core.secret import Secret
from hubwidgets.core.state import AccountState, EngineName, EngineState
from hubwidgets.core.status import CommitLanded, CommitPlan, Status, StatusRow


class Clock(Protocol):
    """Time, so that tests need no sleep."""

    def now_s(self) -> float:
        """Seconds of a clock that never goes back."""
        ...


class JobContext(Protocol):
    """What a piece of long work is given."""

    def report(self, progress: Progress) -> None:
        """Say how far the work is. Cheap: call it as often as you like. Raises Cancelled like `check`."""
        ...

    def check(self) -> None:
        """Raise Cancelled if a person cancelled and the work is not sealed."""
        ...

    def seal(self) -> None:
        """The point of no return: raise Cancelled if a cancel came before, refuse cancels from here on."""
        ...

    def on_cancel(self, stop: Callable[[], None]) -> AbstractContextManager[None]:
        """While the block runs, a cancel calls `stop` at once, on the thread that cancels.

        `stop` breaks off what blocks: it closes a connection, ends a child process. If the cancel came before,
        `stop` is called on entry.
        """
        ...


class Backend(Protocol):
    """One way to read a folder against a repo and to commit to it.

    Methods block: call them from a job. They raise HubwidgetsError or Cancelled, nothing else on purpose. A failure or
    a cancel leaves the folder, its `.git` and the Hub as they were.
    """

    @property
    def name(self) -> Literal["http", "git"]:
        """Shown to people; the controller never asks."""
        ...

    def fetch_status(self, folder: Path, repo: RepoRef, ctx: JobContext) -> Status:
        """Compare the folder with the repo's head.

        Both engines give the same rows for the same folder and head. If the repo is not there yet the status says so,
        and upload modes are foretold from the Hub's default rules, size and content. The git engine makes the folder a
        working copy of the repo when it is none yet (`git init` in place, nothing overwritten).
        """
        ...

    def commit(self, folder: Path, plan: CommitPlan, message: str, description: str, ctx: JobContext) -> CommitLanded:
        """Publish exactly the plan, as one commit on `plan.repo.revision` whose parent is `plan.parent_commit`.

        Rows that turn out to be on the Hub already are not sent; if none is left, no commit is made and `commit_oid`
        is None. Raises RepoMoved when the head is not `plan.parent_commit` any more, FileChanged when a file is not
        what it was when its hash was taken.
        """
        ...

    def close(self) -> None:
        """Close connections and end children."""
        ...


class Hub(Protocol):
    """Accounts and repos, by HTTP, whatever engine publishes."""

    @property
    def endpoint(self) -> str:
        """As "https://huggingface.co", no slash at the end."""
        ...

    def fetch_account(self) -> Account:
        """Who the token belongs to. Raises NotLoggedIn, TokenInvalid, HubOutOfReach."""
        ...

    def fetch_repo(self, repo: RepoRef) -> RepoInfo | None:
        """The repo, or None when it is not there or hidden from this account."""
        ...

    def create_repo(self, new: NewRepo) -> RepoInfo:
        """Create it. Raises RepoExists, NamespaceForbidden, TokenCannotWrite."""
        ...

    def list_my_repos(self) -> tuple[RepoInfo, ...]:
        """The repos of the account, newest first, at most a few hundred."""
        ...

    def read_file(self, repo: RepoRef, path_in_repo: str, max_bytes: int) -> bytes | None:
        """The first `max_bytes` of a file at `repo.revision` (branch or commit), or None when it is not there."""
        ...


class Folder(Protocol):
    """The files on this machine. No path ever leads out of the folder."""

    @property
    def path(self) -> Path:
        """Absolute."""
        ...

    def list_rows(self, ctx: JobContext) -> tuple[StatusRow, ...]:
        """All files as rows with letter "?" ("!" for ignored), before any Hub was asked. Raises FolderMissing."""
        ...

    def read(self, path_in_repo: str, max_bytes: int) -> bytes | None:
        """The first `max_bytes` of a file, or None when it is not there. Raises PathRefused, FileUnreadable."""
        ...

    def etag(self, path_in_repo: str) -> str:
        """A name for this version of the file, "" when it is not there."""
        ...

    def write_text(self, path_in_repo: str, text: str, expected_etag: str) -> None:
        """Write whole or not at all. Raises FileChanged when the file is not the one of `expected_etag`, DiskFull."""
        ...


class Identity(Protocol):
    """Who is logged in, shared by all panels of a session. Methods block."""

    @property
    def endpoint(self) -> str:
        """The Hub."""
        ...

    @property
    def practice_users(self) -> tuple[tuple[str, str], ...]:
        """(name, role) of the users of a practice Hub; empty on a real one."""
        ...

    @property
    def account_state(self) -> AccountState:
        """As last known."""
        ...

    def hub(self) -> Hub:
        """The Hub, asked with the token of whoever is logged in."""
        ...

    def refresh_account(self) -> None:
        """Ask who the token belongs to."""
        ...

    def log_in(self, token: Secret) -> None:
        """Check a pasted token and use it from now on. Raises TokenInvalid, HubOutOfReach; then nothing has changed."""
        ...

    def log_in_practice(self, name: str) -> None:
        """Use the token of a practice user."""
        ...

    def log_out(self) -> None:
        """Forget the token."""
        ...

    def subscribe(self, watcher: Callable[[AccountState], None]) -> Callable[[], None]:
        """Call `watcher` after each change; returns what ends that."""
        ...


class Engines(Protocol):
    """The ways to publish that this machine offers."""

    def choose(self, folder: Path, repo: RepoRef | None, wish: Literal["auto", "http", "git"]) -> EngineState:
        """Pick the engine for a folder and say why. Looks at the disk only."""
        ...

    def backend(self, name: EngineName) -> Backend:
        """The engine, working with the token of whoever is logged in now."""
        ...

    def is_working_copy(self, folder: Path) -> bool:
        """Whether the folder has a `.git` of its own."""
        ...

    def hold(self, folder: Path, repo: RepoRef) -> AbstractContextManager[None]:
        """Only one publish runs per folder and repo on this machine. Raises Busy."""
        ...
