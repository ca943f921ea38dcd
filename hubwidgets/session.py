"""The composition root: which Hub, who, which engine, which host. The only place that reads the environment."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from hubwidgets.controller import Controller, Wish
from hubwidgets.core import errors
from hubwidgets.core.failure import Failure
from hubwidgets.core.repo import RepoRef, RepoType
from hubwidgets.core.secret import Secret
from hubwidgets.core.state import AccountState, EngineName, EngineState
from hubwidgets.jobs.hosts import find_host
from hubwidgets.jobs.runner import Runner

if TYPE_CHECKING:
    from hubwidgets.core.ports import Backend, Hub

EngineWish = Literal["auto", "http", "git"]

_COLAB_NOTE: Final = (
    "This machine vanishes when the Colab session ends: publish before, or keep the folder on Drive. "
    "While a cell runs, clicks wait for it."
)


def state_dir() -> Path:
    """Return where locks and the practice store live: `HUBWIDGETS_STATE_DIR`, else the user's state folder."""
    if given := os.environ.get("HUBWIDGETS_STATE_DIR"):
        return Path(given)
    import platformdirs  # noqa: PLC0415 - not needed to show a panel

    return platformdirs.user_state_path("hubwidgets", appauthor=False)


class Session:
    """One person on one Hub. Panels made with the same session share the login.

    Args:
        endpoint: of the Hub, as "https://huggingface.co"; by default what huggingface_hub is set to.
        token: used at once; by default what the environment or huggingface_hub's files hold for that endpoint.
        practice_users: name -> (role, token) of a practice Hub's users; the panels offer them with one click.
        browser_url: where a person's browser finds the Hub, if not at `endpoint`.

    The token shows nowhere: not in a repr, a trait, a log, an error.
    """

    def __init__(
        self,
        endpoint: str | None = None,
        token: str | None = None,
        *,
        practice_users: Mapping[str, tuple[str, str]] | None = None,
        browser_url: str | None = None,
    ) -> None:
        self._endpoint = endpoint.rstrip("/") if endpoint is not None else None
        self._given = Secret(token) if token else None
        self._practice = {name: (role, Secret(value)) for name, (role, value) in (practice_users or {}).items()}
        self._browser_url = browser_url
        self._token: Secret | None = None
        self._account = AccountState()
        self._watchers: list[Callable[[AccountState], None]] = []
        self._lock = threading.RLock()
        self._backends: dict[EngineName, Backend] = {}
        self._retired: list[Backend] = []
        self.runner = Runner(find_host())

    def __repr__(self) -> str:
        account = self._account.account
        return f"Session({self.endpoint!r}, {account.name if account else 'not logged in'})"

    # -- Identity ---------------------------------------------------------------------------------------------

    @property
    def endpoint(self) -> str:
        """The Hub's address, without a slash at the end."""
        if self._endpoint is None:
            from hubwidgets.backends.tokens import default_endpoint  # noqa: PLC0415 - loads huggingface_hub

            self._endpoint = default_endpoint()
        return self._endpoint

    @property
    def browser_url(self) -> str:
        """The Hub's address for a person's browser."""
        return (self._browser_url or self.endpoint).rstrip("/")

    @property
    def is_practice(self) -> bool:
        """Whether this is a practice Hub."""
        return bool(self._practice)

    @property
    def practice_users(self) -> tuple[tuple[str, str], ...]:
        """(name, role) of the users of a practice Hub; empty on a real one."""
        return tuple((name, role) for name, (role, _token) in self._practice.items())

    @property
    def account_state(self) -> AccountState:
        """Who is logged in, as last known."""
        return self._account

    def hub(self) -> Hub:
        """The Hub, asked with the token of whoever is logged in."""
        from hubwidgets.backends.auth import HubClient  # noqa: PLC0415 - loads huggingface_hub

        return HubClient(self.endpoint, self._token)

    def refresh_account(self) -> None:
        """Ask the Hub whose token this is. Raises NotLoggedIn, TokenInvalid, HubOutOfReach."""
        found = self._find_token()
        if found is None:
            self._set_account(AccountState("logged_out"))
            raise errors.NotLoggedIn
        self._use(*found)

    def log_in(self, token: Secret) -> None:
        """Check a token and use it from now on; on a refusal whoever was logged in stays so.

        Raises:
            TokenInvalid: the Hub does not know it.
            HubOutOfReach: nobody knows.
        """
        self._use(token, "pasted")

    def log_in_practice(self, name: str) -> None:
        """Be a user of the practice Hub."""
        if name not in self._practice:
            raise errors.RequestInvalid(f"there is no practice user {name}")
        self._use(self._practice[name][1], "practice")

    def log_out(self) -> None:
        """Forget the token; what the environment or a file holds stays there and is not used again in this session."""
        with self._lock:
            self._token, self._given = None, None
            self._retire_backends()
        self._set_account(AccountState("logged_out"))

    def subscribe(self, watcher: Callable[[AccountState], None]) -> Callable[[], None]:
        """Call `watcher` after each change of the account; returns what ends that."""
        with self._lock:
            self._watchers.append(watcher)

        def unsubscribe() -> None:
            with self._lock, contextlib.suppress(ValueError):
                self._watchers.remove(watcher)

        return unsubscribe

    def _find_token(self) -> tuple[Secret, str] | None:
        if self._token is not None:
            return self._token, self._account.source
        if self._given is not None:
            return self._given, "given"
        if self._account.state == "logged_out":
            return None
        from hubwidgets.backends.tokens import find_token  # noqa: PLC0415 - loads huggingface_hub

        return find_token(self.endpoint)

    def _use(self, token: Secret, source: str) -> None:
        from hubwidgets.backends.auth import HubClient  # noqa: PLC0415 - loads huggingface_hub

        before = self._account
        self._set_account(AccountState("validating", before.account, before.source))
        try:
            account = HubClient(self.endpoint, token).fetch_account()
        except Exception as exc:
            state: Literal["logged_in", "logged_out"] = "logged_in" if before.account else "logged_out"
            self._set_account(AccountState(state, before.account, before.source, Failure.of(exc)))
            raise
        with self._lock:
            if token != self._token:
                self._retire_backends()
            self._token = token
        self._set_account(AccountState("logged_in", account, source))

    def _set_account(self, account: AccountState) -> None:
        with self._lock:
            self._account = account
            watchers = tuple(self._watchers)
        for watcher in watchers:
            watcher(account)

    # -- Engines ----------------------------------------------------------------------------------------------

    def choose(self, folder: Path, repo: RepoRef | None, wish: EngineWish) -> EngineState:
        """Pick the engine for a folder and say why. Looks at the disk only."""
        problem = _git_problem()
        if wish == "http":
            return EngineState("http", "chosen", problem)
        if wish == "git":
            return EngineState("git", "chosen", problem)
        if repo is not None and not problem and self.is_working_copy(folder):
            from hubwidgets.backends.git import has_remote  # noqa: PLC0415 - only asked for working copies

            if has_remote(folder, repo.url(self.endpoint)):
                return EngineState("git", "this folder is a clone of the repository", problem)
        return EngineState("http", "nothing to install, no copy of your files", problem)

    def backend(self, name: EngineName) -> Backend:
        """The engine, working with the token of whoever is logged in now; kept, with the hashes it knows."""
        with self._lock:
            if name not in self._backends:
                self._backends[name] = self._make_backend(name)
            return self._backends[name]

    def close(self) -> None:
        """Close connections; jobs under way go on to their end."""
        with self._lock:
            self._retire_backends()
            for backend in self._retired:
                backend.close()
            self._retired.clear()
        self.runner.close()

    def _retire_backends(self) -> None:
        # A job may still be using one: it is closed with the session.
        self._retired += self._backends.values()
        self._backends.clear()

    def _make_backend(self, name: EngineName) -> Backend:
        if name == "git":
            from hubwidgets.backends.git import GitBackend  # noqa: PLC0415 - loaded when first used

            account = self._account.account
            identity = (account.name, f"{account.name}@users.noreply.huggingface.co") if account else None
            return GitBackend(self.endpoint, self._token, identity=identity)
        from hubwidgets.backends.http import HttpBackend  # noqa: PLC0415 - loads huggingface_hub

        return HttpBackend(self.endpoint, self._token)

    def is_working_copy(self, folder: Path) -> bool:
        """Whether the folder has a `.git` of its own."""
        return (folder / ".git").exists()

    @contextlib.contextmanager
    def hold(self, folder: Path, repo: RepoRef) -> Iterator[None]:
        """Let only one publish of this folder to this repo run on this machine. Raises Busy."""
        import filelock  # noqa: PLC0415 - only needed to publish

        name = hashlib.sha256(f"{folder.resolve()}\0{self.endpoint}\0{repo}".encode()).hexdigest()[:32]
        path = state_dir() / "locks" / f"{name}.lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with filelock.FileLock(path, timeout=0):
                yield
        except filelock.Timeout:
            raise errors.Busy(repo.repo_id) from None

    # -- controllers ------------------------------------------------------------------------------------------

    def open_controller(
        self,
        folder: str | os.PathLike[str] | None,
        repo_id: str | None = None,
        *,
        repo_type: RepoType = "model",
        revision: str = "main",
        backend: EngineWish = "auto",
    ) -> Controller:
        """Make the controller that a Publisher or a panel of its own works with.

        Raises:
            FolderMissing: there is no such folder.
            RepoIdInvalid: `repo_id` is not owner/name.
        """
        from hubwidgets.backends.local import LocalFolder  # noqa: PLC0415 - loaded when first used

        local = LocalFolder(Path(folder)) if folder is not None else None
        repo = RepoRef(repo_id, repo_type, revision) if repo_id is not None else None
        note = _COLAB_NOTE if "google.colab" in sys.modules else ""
        return Controller(self, self, local, Wish(repo, backend), self.runner, host_note=note)


def open_session(endpoint: str | None = None, token: str | None = None) -> Session:
    """Return a session on a Hub; see Session for the arguments."""
    return Session(endpoint, token)


def practice_hub(store: str | os.PathLike[str] | None = None) -> Session:
    """Return a session on the practice Hub of this machine; one is started if none runs. No account, no internet.

    Args:
        store: a folder for its repos; by default one in the user's state folder, kept between sessions.

    Raises:
        PracticeUnavailable: its packages are missing (`pip install 'hubwidgets[practice]'`), or it did not start.
    """
    from hubwidgets.backends.practice_child import find_or_start  # noqa: PLC0415 - only needed here

    hub = find_or_start(state_dir(), Path(store) if store is not None else None)
    return Session(hub.endpoint, practice_users=hub.users)


_default: Session | None = None


def default_session() -> Session:
    """Return the session that panels use when none is given: one for the whole kernel."""
    global _default  # noqa: PLW0603 - a kernel has one default session, made when first needed
    if _default is None:
        _default = open_session()
    return _default


def _git_problem() -> str:
    """Say why the git engine cannot be chosen here, "" when it can."""
    missing = [name for name in ("git", "git-lfs") if shutil.which(name) is None]
    return f"{' and '.join(missing)} not installed on this machine" if missing else ""
