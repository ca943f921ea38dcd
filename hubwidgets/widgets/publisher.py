"""The whole way, from login to the result, in one widget and in one line of Python."""

from __future__ import annotations

import contextlib
import os
from typing import Any, ClassVar

import traitlets

from hubwidgets.core.progress import Progress
from hubwidgets.core.repo import RepoType
from hubwidgets.core.state import State
from hubwidgets.core.status import CommitLanded, CommitPlan
from hubwidgets.jobs.context import Job
from hubwidgets.protocol.codec import encode, error_info
from hubwidgets.protocol.snapshot import PanelName
from hubwidgets.session import EngineWish, Session, default_session
from hubwidgets.widgets.base import Panel


class Publisher(Panel):
    """Publish a folder: by clicking through the steps, or by `publish()` with no front end at all.

    Making or showing a Publisher sends nothing; only `publish()` and the button do.

    Args:
        folder: what to publish.
        repo_id: "owner/name"; when it is not there yet, `publish()` creates it, private.
        repo_type: "model", "dataset" or "space".
        backend: "http" commits through the Hub's API; "git" works in a real working copy with git and git-lfs; "auto"
            takes git if the folder is a clone of the repo already, else HTTP.
        session: which Hub and who; by default the kernel's own.

    Attributes:
        state: "idle", "running", "done", "failed" or "cancelled".
        step: the open step; may be set.
        progress: the newest Progress of the publish, None before.
        result: the CommitLanded of the last publish that went well, None before.
    """

    _panel: ClassVar[PanelName] = "publisher"

    state = traitlets.Unicode("idle", read_only=True)
    step = traitlets.Enum(["account", "repository", "files", "card", "check", "publish"], default_value="account")
    progress = traitlets.Instance(Progress, allow_none=True, default_value=None, read_only=True)
    result = traitlets.Instance(CommitLanded, allow_none=True, default_value=None, read_only=True)

    def __init__(
        self,
        folder: str | os.PathLike[str],
        repo_id: str | None = None,
        *,
        repo_type: RepoType = "model",
        revision: str = "main",
        backend: EngineWish = "auto",
        session: Session | None = None,
        **traits: Any,
    ) -> None:
        session = session or default_session()
        controller = session.open_controller(folder, repo_id, repo_type=repo_type, revision=revision, backend=backend)
        super().__init__(controller, session, **traits)
        controller.start()

    def plan(self) -> CommitPlan:
        """Look at the folder and the Hub and return exactly what `publish()` would send, and why. Sends no file.

        Raises:
            HubwidgetsError: what is missing, with a next step: nobody logged in, no repo chosen, an empty folder.
        """
        job: Job[CommitPlan] = self._controller.runner.read("plan", self._controller.plan)
        return job.result()

    def publish(self, message: str = "", description: str = "") -> Job[CommitLanded]:
        """Start publishing what is staged and return the job; while one runs, return that one.

        Args:
            message: first line of the commit; by default one made from the files.
            description: the rest of it.

        Returns:
            A job: `result()` waits and returns a CommitLanded (`url`, `commit_oid`, `files`, `bytes_sent`), `cancel()`,
            `progress`. Awaitable.

        Raises:
            HubwidgetsError: something is missing before the work can begin.
        """
        return self._controller.publish(message, description, as_shown=False)

    def cancel(self) -> bool:
        """Cancel the publish under way; False when there is none or it is too late."""
        job = self._controller.job
        return job is not None and self._controller.cancel(job.id)

    @traitlets.observe("step")
    def _step_set(self, change: dict[str, Any]) -> None:
        if self._controller.state.step != change["new"]:
            self._controller.open_step(change["new"])

    def _update_traits(self, state: State) -> None:
        self._set(
            state=state.publish.state,
            progress=state.publish.progress,
            result=state.publish.landed,
            error=None if state.publish.error is None else encode(error_info(state.publish.error)),
        )
        if self.step != state.step:
            self.step = state.step

    def __repr__(self) -> str:
        now = self._controller.state
        form = now.repo.form
        repo_id = now.repo.chosen.ref.repo_id if now.repo.chosen else f"{form.owner or '?'}/{form.name or '?'}"
        return f"Publisher({now.folder} → {repo_id}, {now.engine.name}, {now.publish.state})"


def publish(
    folder: str | os.PathLike[str],
    repo_id: str | None = None,
    *,
    repo_type: RepoType = "model",
    backend: EngineWish = "auto",
    session: Session | None = None,
) -> Publisher:
    """Show a Publisher (see there for the arguments) and return it. Sends nothing: the button or `.publish()` does."""
    publisher = Publisher(folder, repo_id, repo_type=repo_type, backend=backend, session=session)
    _show(publisher)
    return publisher


def login(session: Session | None = None) -> Any:
    """Show a LoginPanel and return it."""
    from hubwidgets.widgets.panels import LoginPanel  # noqa: PLC0415 - panels import this module's base

    panel = LoginPanel(session=session)
    _show(panel)
    return panel


def _show(panel: Panel) -> None:
    with contextlib.suppress(ImportError):  # a plain script has nothing to show on
        from IPython import get_ipython  # noqa: PLC0415 - not there in a plain script
        from IPython.display import display  # noqa: PLC0415 - not there in a plain script

        if get_ipython() is not None:
            display(panel)  # type: ignore[no-untyped-call]  # IPython's is untyped
