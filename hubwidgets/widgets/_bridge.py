"""Messages of the page to calls of the controller, and the answers back.

A handler only decodes and enqueues: one that blocks would block every widget of the page.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Any, Final

from hubwidgets._version import __version__
from hubwidgets.controller import Controller
from hubwidgets.core.errors import Cancelled, HubwidgetsError
from hubwidgets.core.progress import Progress
from hubwidgets.core.repo import RepoRef
from hubwidgets.core.secret import Secret
from hubwidgets.core.state import RepoForm
from hubwidgets.core.status import CommitLanded
from hubwidgets.jobs.context import Job
from hubwidgets.protocol import messages as m
from hubwidgets.protocol.codec import ProtocolError, decode, encode, failed
from hubwidgets.protocol.view import progress_info
from hubwidgets.widgets import _answers as answers

Send = Callable[[dict[str, Any]], None]

MAX_PAGE: Final = 500
"""Rows a page of a list holds at most: with long names still under 256 kB a message."""


class Bridge:
    """One per panel.

    Args:
        send: sends a custom message to all views of the panel; safe to call from any thread.
    """

    def __init__(self, controller: Controller, send: Send, session_id: str) -> None:
        self._controller = controller
        self._send_raw = send
        self._session_id = session_id
        self._lock = threading.Lock()
        self._open: dict[str, Job[Any]] = {}

    def on_message(self, _widget: object, content: object, _buffers: object) -> None:
        """Take one message of the page; returns at once."""
        try:
            message = decode(content)
        except ProtocolError as exc:
            self._send(failed(exc.request_id, exc))
            return
        if isinstance(message, m.CancelRequest):
            # A thread of its own: the lanes may all be busy with what is to be cancelled.
            self._controller.runner.now("cancel", lambda: self._cancel(message.id))
        elif isinstance(intent := message.intent, m.Publish):
            self._controller.runner.now("publish", functools.partial(self._publish, message.id, intent))
        else:
            self._ask(message.id, intent)

    def _cancel(self, wanted: str) -> None:
        with self._lock:
            job = self._open.get(wanted)
        if job is not None and job is self._controller.job:
            self._controller.cancel(job.id)
        elif job is not None:
            job.cancel()
        else:
            self._controller.cancel(wanted)

    def _publish(self, request_id: str, intent: m.Publish) -> None:
        try:
            job = self._controller.publish(intent.message, intent.description, as_shown=True)
        except HubwidgetsError as exc:
            self._send(failed(request_id, exc))
            return
        self._send(m.ProgressFrame(v=1, id=request_id, progress=None))
        self._follow(request_id, job, _published)
        job.on_progress(lambda progress: self._send_progress(request_id, progress))

    def _ask(self, request_id: str, intent: m.AnyIntent) -> None:
        job = self._controller.runner.read(type(intent).__name__, lambda _ctx: self._answer(intent))
        self._follow(request_id, job, lambda result: result)

    def _follow(self, request_id: str, job: Job[Any], make_result: Callable[[Any], m.Message | None]) -> None:
        with self._lock:
            self._open[request_id] = job
        job.on_end(lambda ended: self._ended(request_id, ended, make_result))

    def _ended(self, request_id: str, job: Job[Any], make_result: Callable[[Any], m.Message | None]) -> None:
        with self._lock:
            self._open.pop(request_id, None)
        exc = job.exception()
        if exc is None:
            result = make_result(job.result())
            self._send(m.Done(v=1, id=request_id, result=None if result is None else encode(result)))
        elif isinstance(exc, Cancelled):
            self._send(m.CancelledFrame(v=1, id=request_id))
        else:
            self._send(failed(request_id, exc))

    def _send_progress(self, request_id: str, progress: Progress) -> None:
        self._send(m.ProgressFrame(v=1, id=request_id, progress=progress_info(progress)))

    def _send(self, message: m.Message) -> None:
        self._send_raw(encode(message))

    def _answer(self, intent: m.AnyIntent) -> m.Message | None:  # noqa: C901, PLR0912 - one line for each kind of intent
        """Do what an intent asks for, on the read lane."""
        controller = self._controller
        match intent:
            case m.Hello():
                return m.HelloResult(session_id=self._session_id, version=__version__)
            case m.Login(token):
                controller.log_in(Secret(token.strip()))
            case m.LoginPractice(name):
                controller.identity.log_in_practice(name)
            case m.Logout():
                controller.identity.log_out()
            case m.EditRepo(owner, name, repo_type, visibility):
                controller.edit_repo(RepoForm(owner, name, repo_type, visibility))
            case m.CreateRepo(owner, name, repo_type, visibility):
                controller.create_repo(RepoForm(owner, name, repo_type, visibility))
            case m.UseRepo(repo_id, repo_type):
                controller.use_repo(RepoRef(repo_id, repo_type))
            case m.ListMyRepos():
                return answers.my_repos(controller.identity.hub().list_my_repos())
            case m.UseBackend(backend):
                controller.use_engine(backend)
            case m.SetStep(step):
                controller.open_step(step)
            case m.Refresh():
                controller.refresh()
            case m.ListFolder():
                return answers.folder_page(controller, intent, MAX_PAGE)
            case m.ListRows():
                return answers.row_page(controller, intent, MAX_PAGE)
            case m.SetStaged(staged, paths, folders, section, text):
                controller.set_staged(
                    staged=staged, paths=tuple(paths), folders=tuple(folders), section=section, text=text
                )
            case m.EditMessage(message, description):
                controller.edit_message(message, description)
            case m.ReadDiff(path):
                return answers.diff_result(path, controller.read_diff(path))
            case m.ReadCard():
                return answers.card_result(controller)
            case m.SaveCard(text, expected_etag):
                controller.save_card(text, expected_etag)
                return answers.card_result(controller)
            case m.PreviewCard(text):
                return answers.card_preview(controller, text)
            case m.ListChanges():
                return answers.change_page(controller, intent, MAX_PAGE)
            case m.Publish():
                raise AssertionError("publishing is a job of its own")
        return None


def _published(landed: CommitLanded) -> m.PublishedResult:
    return m.PublishedResult(url=landed.url, commit_oid=landed.commit_oid)
