"""Intents in, state out. Everything a panel or a script asks for goes through here.

Methods that talk to the Hub or the disk block; panels call them on the read lane. `publish` and `refresh` start jobs.
The state changes only by `_dispatch`, which reduces an event and tells the watchers; those read `state` when it suits.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

from hubwidgets.core import events
from hubwidgets.core.diff import MAX_TEXT_BYTES, Diff, make_diff
from hubwidgets.core.errors import (
    Cancelled,
    FileChanged,
    FolderEmpty,
    HubwidgetsError,
    RepoMoved,
    RepoNotChosen,
    RepoNotFound,
)
from hubwidgets.core.failure import Failure
from hubwidgets.core.ports import Clock, Engines, Folder, Identity, JobContext
from hubwidgets.core.progress import Progress
from hubwidgets.core.reduce import reduce
from hubwidgets.core.repo import NewRepo, RepoInfo, RepoRef, check_name
from hubwidgets.core.secret import Secret
from hubwidgets.core.state import AccountState, RepoForm, State, Step, suggest_message
from hubwidgets.core.status import (
    CommitLanded,
    CommitPlan,
    Section,
    Stage,
    Status,
    StatusRow,
    make_plan,
    section_of,
)
from hubwidgets.core.tree import FolderTree, TreeEntry
from hubwidgets.jobs.context import Job, MonotonicClock
from hubwidgets.jobs.runner import Runner

CARD_NAME = "README.md"


class Wish(NamedTuple):
    """What the caller asked for when the panel was made."""

    repo: RepoRef | None
    engine: Literal["auto", "http", "git"]


class Controller:
    """One folder on its way to one repo. Shared by any number of panels and views.

    Args:
        folder: the files; None for panels that need none (login, repo).
        wish: the repo and the engine given in Python.
    """

    def __init__(
        self,
        identity: Identity,
        engines: Engines,
        folder: Folder | None,
        wish: Wish,
        runner: Runner,
        *,
        clock: Clock | None = None,
        host_note: str = "",
    ) -> None:
        self.identity = identity
        self.runner = runner
        self._engines = engines
        self._folder = folder
        self._wish = wish
        self._clock = clock or MonotonicClock()
        self._lock = threading.RLock()
        self._watchers: list[Callable[[], None]] = []
        self._scan: Job[Status | None] | None = None
        self._publish: Job[CommitLanded] | None = None
        self._tree: tuple[tuple[int, int], FolderTree] | None = None
        form = RepoForm()
        if wish.repo is not None:
            form = RepoForm(wish.repo.owner, wish.repo.name, wish.repo.repo_type)
        elif folder is not None:
            form = RepoForm(name=_name_for(folder.path.name))
        path = folder.path if folder is not None else None
        self._state = State(
            folder=str(path or ""),
            account=identity.account_state,
            host_note=host_note,
            card_exists=folder is not None and bool(folder.etag(CARD_NAME)),
        )
        self._dispatch(events.RepoFormEdited(form, "unchecked"))
        if path is not None:
            self._dispatch(events.EngineChosen(engines.choose(path, wish.repo, wish.engine)))
        self._unsubscribe = identity.subscribe(self._account_changed)

    # -- watching ---------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """As of now; a value."""
        return self._state

    @property
    def job(self) -> Job[CommitLanded] | None:
        """The publish under way, or the last one."""
        return self._publish

    def watch(self, watcher: Callable[[], None]) -> Callable[[], None]:
        """Call `watcher` after each change, on whatever thread made it; returns what ends that."""
        with self._lock:
            self._watchers.append(watcher)

        def unwatch() -> None:
            with self._lock, contextlib.suppress(ValueError):
                self._watchers.remove(watcher)

        return unwatch

    def close(self) -> None:
        """Take no more part in the session. A publish under way goes on to its end."""
        self._unsubscribe()
        self._watchers.clear()

    def _dispatch(self, event: events.Event) -> None:
        with self._lock:
            self._state = reduce(self._state, event)
            watchers = tuple(self._watchers)
        for watcher in watchers:
            watcher()

    # -- account ----------------------------------------------------------------------------------------------

    def log_in(self, token: Secret) -> None:
        """Use a pasted token. Raises TokenInvalid, HubOutOfReach."""
        self.identity.log_in(token)

    def start(self) -> None:
        """Look at the folder and ask who is logged in, without waiting. Sends nothing but the token, to its own Hub."""
        self.runner.read("account", lambda _ctx: self._find_out())
        if self._folder is not None:
            self.refresh(compare=False)

    def _find_out(self) -> None:
        if self.identity.account_state.state == "checking":
            with contextlib.suppress(HubwidgetsError):  # the account's state tells it
                self.identity.refresh_account()
        else:
            self._account_changed(self.identity.account_state)

    def _account_changed(self, account: AccountState) -> None:
        self._dispatch(events.AccountChanged(account))
        if account.account is None:
            if self._state.repo.chosen is not None and account.state == "logged_out":
                self._dispatch(events.RepoChosen(None))
            return
        form = self._state.repo.form
        if not form.owner:
            self._dispatch(events.RepoFormEdited(replace(form, owner=account.account.name), "unchecked"))
        if self._wish.repo is not None and self._state.repo.chosen is None:
            with contextlib.suppress(Exception):  # the panel works without: it offers to create or to use it
                self.use_repo(self._wish.repo)
        else:
            self.runner.read("name", lambda _ctx: self._check_availability(self._state.repo.form))

    # -- repo -------------------------------------------------------------------------------------------------

    def edit_repo(self, form: RepoForm) -> None:
        """Take over what a person typed and find out whether the name is free."""
        self._check_availability(form)

    def _check_availability(self, form: RepoForm) -> None:
        legal = check_name(form.owner) is None and check_name(form.name) is None
        ask = legal and self._state.account.account is not None
        self._dispatch(events.RepoFormEdited(form, "checking" if ask else "unchecked"))
        if not ask:
            return
        try:
            found = self.identity.hub().fetch_repo(self._ref(form))
        except Exception:  # noqa: BLE001 - creating says what is wrong; while typing a word is enough
            self._dispatch(events.AvailabilityAnswered(form, "unknown"))
        else:
            self._dispatch(events.AvailabilityAnswered(form, "free" if found is None else "exists"))

    def create_repo(self, form: RepoForm, space_sdk: str | None = None) -> RepoInfo:
        """Create the repo and choose it. Raises RepoExists, NamespaceForbidden, TokenCannotWrite, RepoIdInvalid."""
        with self._lock:
            chosen = self._state.repo.chosen
            if chosen is not None and chosen.ref == self._ref(form):
                return chosen  # a double click creates once
            if self._state.repo.is_creating:
                raise RepoNotChosen
            self._dispatch(events.RepoCreating())
        with self._telling(events.RepoFailed):
            info = self.identity.hub().create_repo(NewRepo(self._ref(form), form.visibility, space_sdk))
            self._choose(info)
            return info

    def use_repo(self, repo: RepoRef) -> RepoInfo:
        """Choose a repo that is there. Raises RepoNotFound."""
        with self._telling(events.RepoFailed):
            info = self.identity.hub().fetch_repo(repo)
            if info is None:
                form = RepoForm(repo.owner, repo.name, repo.repo_type, self._state.repo.form.visibility)
                self._dispatch(events.RepoFormEdited(form, "free"))
                raise RepoNotFound(repo.repo_id)
            self._choose(info)
            return info

    def _choose(self, info: RepoInfo) -> None:
        self._dispatch(events.RepoChosen(info))
        if self._folder is None:
            return
        if self._wish.engine == "auto":
            self._dispatch(events.EngineChosen(self._engines.choose(self._folder.path, info.ref, "auto")))
        self.refresh(compare=self._may_compare())

    def use_engine(self, name: Literal["http", "git"]) -> None:
        """Switch the engine; refused while a publish runs."""
        if self._folder is None or self._is_publishing():
            return
        self._wish = self._wish._replace(engine=name)
        repo = self._state.repo.chosen.ref if self._state.repo.chosen else None
        self._dispatch(events.EngineChosen(self._engines.choose(self._folder.path, repo, name)))
        self.refresh(compare=self._may_compare())

    @staticmethod
    def _ref(form: RepoForm) -> RepoRef:
        return RepoRef(f"{form.owner}/{form.name}", form.repo_type)

    # -- files ------------------------------------------------------------------------------------------------

    def _may_compare(self) -> bool:
        """Whether comparing with the Hub changes nothing here: the git engine would first make a `.git`."""
        if self._folder is None or self._state.repo.chosen is None or self._state.account.account is None:
            return False
        return self._state.engine.name == "http" or self._engines.is_working_copy(self._folder.path)

    def open_step(self, step: Step) -> None:
        """Go to a step; the two that show files compare with the Hub if that was not done yet."""
        self._dispatch(events.StepOpened(step))
        wants_status = step in {"files", "check"} and self._state.files.status is None
        if wants_status and self._state.repo.chosen is not None and self._state.files.state != "scanning":
            self.refresh()

    def refresh(self, *, compare: bool = True) -> Job[Status | None]:
        """Look at the folder again and, if a repo is chosen, compare with the Hub. A scan under way is dropped."""
        with self._lock:
            if self._scan is not None:
                self._scan.cancel()
            chosen, engine = self._state.repo.chosen, self._state.engine.name
            repo = chosen.ref if chosen is not None and compare else None
            self._dispatch(events.ScanStarted())
            job = self.runner.read("scan", lambda ctx: self._look(repo, engine, ctx))
            job.on_progress(self._scan_progressed)
            self._scan = job
        job.on_end(self._scan_ended)
        return job

    def _look(self, repo: RepoRef | None, engine: Literal["http", "git"], ctx: JobContext) -> Status | None:
        folder = self._need_folder()
        if repo is None:
            rows = folder.list_rows(ctx)
            ctx.check()
            self._dispatch(events.FolderListed(rows))
            return None
        status = self._engines.backend(engine).fetch_status(folder.path, repo, ctx)
        ctx.check()
        self._dispatch(events.StatusFetched(status))
        return status

    def _scan_progressed(self, progress: Progress) -> None:
        if progress.phase == "scanning":
            self._dispatch(events.ScanSeen(progress.done))

    def _scan_ended(self, job: Job[Status | None]) -> None:
        exc = job.exception()
        if job is self._scan and exc is not None and not isinstance(exc, Cancelled):
            self._dispatch(events.ScanFailed(Failure.of(exc)))
        if self._folder is not None:
            self._dispatch(events.CardChanged(bool(self._folder.etag(CARD_NAME))))

    def list_folder(self, path: str, *, show_hidden: bool) -> tuple[list[TreeEntry], int]:
        """Return the entries of one folder and the revision they belong to."""
        with self._lock:
            state = self._state
            key = (state.files.rev, state.stage_rev)
            if self._tree is None or self._tree[0] != key:
                self._tree = (key, FolderTree(state.files.rows, state.stage))
            return self._tree[1].list_folder(path, show_hidden=show_hidden), sum(key)

    def list_rows(self, section: Section, text: str) -> tuple[list[StatusRow], Stage, int]:
        """Return the rows of one section whose path holds `text`, the stage, and the revision both belong to."""
        state = self._state
        return _rows_of(state, section, text), state.stage, state.files.rev + state.stage_rev

    def set_staged(
        self,
        *,
        staged: bool,
        paths: tuple[str, ...] = (),
        folders: tuple[str, ...] = (),
        section: Section | None = None,
        text: str = "",
    ) -> None:
        """Stage or unstage paths, all below folders ("" is everything), or a section."""
        with self._lock:
            state, wanted = self._state, frozenset(paths)
            prefixes = tuple(f"{folder}/" if folder else "" for folder in folders)
            rows = [
                row
                for row in state.files.rows
                if row.path_in_repo in wanted
                or (prefixes and not row.only_on_hub and row.path_in_repo.startswith(prefixes))
            ]
            if section is not None:
                rows += _rows_of(state, section, text)
            self._dispatch(events.StageChanged(state.stage.with_staged(rows, staged=staged)))

    def edit_message(self, message: str, description: str) -> None:
        """Take over what a person typed."""
        self._dispatch(events.MessageEdited(message, description))

    def read_diff(self, path: str) -> Diff:
        """Return how a file differs from the Hub's; what is stored by LFS is told by its size."""
        state = self._state
        row = next((row for row in state.files.rows if row.path_in_repo == path), None)
        if row is None:
            return Diff((), "This file is gone: refresh.")
        if row.upload_mode == "lfs" or max(row.size_bytes or 0, row.remote_size_bytes or 0) > MAX_TEXT_BYTES:
            return Diff((), _sizes_note(row))
        folder, status = self._need_folder(), state.files.status
        new = folder.read(path, MAX_TEXT_BYTES) if row.size_bytes is not None else None
        old = None
        if status is not None and status.head is not None and row.letter != "?":
            old = self.identity.hub().read_file(status.repo.at(status.head), path, MAX_TEXT_BYTES)
        return make_diff(old, new)

    # -- card -------------------------------------------------------------------------------------------------

    def read_card(self) -> tuple[str | None, str]:
        """Return the text of README.md (None when there is none) and its etag."""
        folder = self._need_folder()
        etag = folder.etag(CARD_NAME)
        blob = folder.read(CARD_NAME, MAX_TEXT_BYTES)
        return (None if blob is None else blob.decode("utf-8", "replace")), etag

    def save_card(self, text: str, expected_etag: str) -> None:
        """Write README.md and look at the folder again. Raises FileChanged when it is another by now."""
        self._need_folder().write_text(CARD_NAME, text, expected_etag)
        self._dispatch(events.CardChanged(exists=True))
        self.refresh(compare=self._state.files.status is not None)

    # -- publish ----------------------------------------------------------------------------------------------

    def plan(self, ctx: JobContext) -> CommitPlan:
        """Look again and return exactly what publishing would do. Sends no file. Raises what is missing."""
        repo = self._need_repo()
        name = self._state.engine.name
        status = self._engines.backend(name).fetch_status(self._need_folder().path, repo, ctx)
        _refuse_empty(status, self._need_folder())
        self._dispatch(events.StatusFetched(status))
        return make_plan(status, self._state.stage, name)

    def publish(self, message: str, description: str, *, as_shown: bool) -> Job[CommitLanded]:
        """Start publishing what is staged; while one runs, return that one.

        Args:
            message: the first line of the commit; "" takes the suggested one.
            description: the rest of it.
            as_shown: True for a click: exactly the paths that the panel shows, on the head that it shows, however the
                folder has changed since. False for a script: what is staged by rule when the work begins.
        """
        repo = self._need_repo()
        with self._lock:
            if self._publish is not None and not self._publish.is_done:
                return self._publish
            shown = self._state.plan if as_shown else None
            job = self.runner.write("publish", lambda ctx: self._do_publish(repo, shown, message, description, ctx))
            n_files, total_bytes = (len(shown.rows), shown.total_bytes) if shown else (0, 0)
            self._publish = job
            self._dispatch(events.PublishStarted(job.id, n_files, total_bytes, self._clock.now_s()))
            self._dispatch(events.StepOpened("publish"))
        job.on_progress(lambda progress: self._dispatch(events.PublishProgressed(progress, self._clock.now_s())))
        job.on_end(self._publish_ended)
        return job

    def cancel(self, job_id: str) -> bool:
        """Cancel a publish; False when it is too late or another one."""
        job = self._publish
        if job is None or job.id != job_id or not job.cancel():
            return False
        self._dispatch(events.CancelAsked())
        return True

    def _do_publish(
        self, repo: RepoRef, shown: CommitPlan | None, message: str, description: str, ctx: JobContext
    ) -> CommitLanded:
        folder, name = self._need_folder(), self._state.engine.name
        with self._engines.hold(folder.path, repo):
            if self._state.repo.chosen is None:
                ctx.report(Progress("preparing", note=f"creating {repo.repo_id}"))
                self._ensure_repo(repo)
            backend = self._engines.backend(name)
            status = backend.fetch_status(folder.path, repo, ctx)
            _refuse_empty(status, folder)
            plan = make_plan(status, self._state.stage, name)
            plan = plan if shown is None else _keep_to(shown, plan, status)
            message = message.strip() or suggest_message(plan)
            self._dispatch(events.PublishPlanned(len(plan.rows), plan.total_bytes))
            return backend.commit(folder.path, plan, message, description, _Watched(ctx, self._sealed))

    def _ensure_repo(self, repo: RepoRef) -> None:
        hub = self.identity.hub()
        info = hub.fetch_repo(repo) or hub.create_repo(NewRepo(repo, self._state.repo.form.visibility))
        self._dispatch(events.RepoChosen(info))

    def _sealed(self) -> None:
        self._dispatch(events.PublishSealed())

    def _publish_ended(self, job: Job[CommitLanded]) -> None:
        exc, at_s = job.exception(), self._clock.now_s()
        if exc is None:
            self._dispatch(events.CommitHasLanded(job.result(), at_s))
        elif isinstance(exc, Cancelled):
            self._dispatch(events.PublishCancelled(at_s))
        else:
            self._dispatch(events.PublishFailed(Failure.of(exc), at_s))
        self.refresh(compare=self._may_compare())

    def _is_publishing(self) -> bool:
        return self._publish is not None and not self._publish.is_done

    # -- what must be there -----------------------------------------------------------------------------------

    def _need_folder(self) -> Folder:
        if self._folder is None:
            raise RepoNotChosen
        return self._folder

    def _need_repo(self) -> RepoRef:
        if self.identity.account_state.account is None:
            self.identity.refresh_account()
        if self._state.repo.chosen is not None:
            return self._state.repo.chosen.ref
        if self._wish.repo is None:
            raise RepoNotChosen
        return self._wish.repo

    @contextlib.contextmanager
    def _telling(self, make_event: Callable[[Failure], events.Event]) -> Iterator[None]:
        try:
            yield
        except Exception as exc:
            self._dispatch(make_event(Failure.of(exc)))
            raise


class _Watched:
    """A JobContext that tells when the work is sealed."""

    def __init__(self, ctx: JobContext, on_seal: Callable[[], None]) -> None:
        self._ctx = ctx
        self._on_seal = on_seal
        self.report = ctx.report
        self.check = ctx.check
        self.on_cancel = ctx.on_cancel

    def seal(self) -> None:
        """The point of no return."""
        self._ctx.seal()
        self._on_seal()


def _refuse_empty(status: Status, folder: Folder) -> None:
    if not any(row.size_bytes is not None for row in status.rows):
        raise FolderEmpty(str(folder.path))


def _keep_to(shown: CommitPlan, plan: CommitPlan, status: Status) -> CommitPlan:
    """Return the plan as a person saw it: the same paths on the same head, with the contents of now.

    Raises:
        RepoMoved: the head is another one.
        FileChanged: a file that was to be sent is gone.
    """
    if plan.parent_commit != shown.parent_commit:
        raise RepoMoved(plan.repo.repo_id)
    here = {row.path_in_repo for row in status.rows if row.size_bytes is not None}
    for row in shown.additions:
        if row.path_in_repo not in here:
            raise FileChanged(row.path_in_repo)
    paths = {row.path_in_repo for row in shown.rows}
    return replace(plan, rows=tuple(row for row in plan.rows if row.path_in_repo in paths))


def _rows_of(state: State, section: Section, text: str) -> list[StatusRow]:
    needle = text.casefold()
    return [
        row
        for row in state.files.rows
        if section_of(row, state.stage) == section and (not needle or needle in row.path_in_repo.casefold())
    ]


def _sizes_note(row: StatusRow) -> str:
    here = "not here" if row.size_bytes is None else f"{row.size_bytes:,} bytes here"
    there = "not on the Hub" if row.remote_size_bytes is None else f"{row.remote_size_bytes:,} bytes on the Hub"
    return f"Stored by LFS, not shown line by line: {here}, {there}."


def _name_for(folder_name: str) -> str:
    """Return a legal repo name made from a folder's, "" when nothing is left of it."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", folder_name)
    name = re.sub(r"-{2,}", "-", re.sub(r"\.{2,}", ".", name)).strip("-.")[:96]
    return name if check_name(name) is None else ""
