"""The panels that stand alone, each over its own controller or a shared one."""

from __future__ import annotations

import os
from typing import Any, ClassVar

import traitlets

from hubwidgets.controller import Controller
from hubwidgets.core.repo import RepoType
from hubwidgets.core.state import State
from hubwidgets.core.summary import Summary
from hubwidgets.protocol.codec import encode, error_info
from hubwidgets.protocol.snapshot import PanelName
from hubwidgets.session import EngineWish, Session, default_session
from hubwidgets.widgets.base import Panel


class LoginPanel(Panel):
    """Log in, see who you are and what your token may do, sign out.

    Attributes:
        value: the user's name, "" when nobody is logged in.
        orgs: names of the user's organizations.
        role: what the token may do: "read", "write", "fine-grained", "unknown" or "".
        status: "checking", "logged_out", "validating" or "logged_in".
    """

    _panel: ClassVar[PanelName] = "login"

    value = traitlets.Unicode("", read_only=True)
    orgs = traitlets.Tuple((), read_only=True)
    role = traitlets.Unicode("", read_only=True)
    status = traitlets.Unicode("checking", read_only=True)

    def __init__(self, *, session: Session | None = None, **traits: Any) -> None:
        session = session or default_session()
        controller = session.open_controller(None)
        super().__init__(controller, session, **traits)
        controller.start()

    def _update_traits(self, state: State) -> None:
        account = state.account.account
        self._set(
            value=account.name if account else "",
            orgs=tuple(org.name for org in account.orgs) if account else (),
            role=account.role if account else "",
            status=state.account.state,
            error=None if state.account.error is None else encode(error_info(state.account.error)),
        )

    def __repr__(self) -> str:
        return f"LoginPanel({self._session.endpoint}, {self.value or 'not logged in'})"


class RepoPanel(Panel):
    """Create a repo, or choose one.

    Args:
        repo_id: "owner/name" to start with.

    Attributes:
        value: the repo_id that was created or chosen, "" before.
        repo_type: "model", "dataset" or "space".
        url: its page, "" before.
        status: "editing", "creating" or "ready".
    """

    _panel: ClassVar[PanelName] = "repo"

    value = traitlets.Unicode("", read_only=True)
    repo_type = traitlets.Unicode("model", read_only=True)
    url = traitlets.Unicode("", read_only=True)
    status = traitlets.Unicode("editing", read_only=True)

    def __init__(
        self,
        repo_id: str | None = None,
        *,
        repo_type: RepoType = "model",
        session: Session | None = None,
        **traits: Any,
    ) -> None:
        session = session or default_session()
        controller = session.open_controller(None, repo_id, repo_type=repo_type)
        super().__init__(controller, session, **traits)
        controller.start()

    def _update_traits(self, state: State) -> None:
        chosen = state.repo.chosen
        self._set(
            value=chosen.ref.repo_id if chosen else "",
            repo_type=state.repo.form.repo_type,
            url=chosen.url if chosen else "",
            status="creating" if state.repo.is_creating else "ready" if chosen else "editing",
            error=None if state.repo.error is None else encode(error_info(state.repo.error)),
        )

    def __repr__(self) -> str:
        return f"RepoPanel({self.value or 'no repo yet'})"


class _FolderPanel(Panel):
    """A panel over a folder, with a controller of its own or a Publisher's.

    Args:
        folder: the files; or a Publisher, to look at its folder, repo and stage.
    """

    _walked: tuple[Summary, tuple[str, ...]] | None = None

    def __init__(
        self,
        folder: str | os.PathLike[str] | Panel,
        repo_id: str | None = None,
        *,
        repo_type: RepoType = "model",
        backend: EngineWish = "auto",
        session: Session | None = None,
        **traits: Any,
    ) -> None:
        shared: Controller | None = None
        if isinstance(folder, Panel):
            shared, session = folder._controller, folder.session  # noqa: SLF001 - panels of one family
        session = session or default_session()
        controller = shared or session.open_controller(folder, repo_id, repo_type=repo_type, backend=backend)
        super().__init__(controller, session, **traits)
        if shared is None:
            controller.start()

    def _staged_paths(self, state: State) -> tuple[str, ...]:
        """Walk the rows only when they or the stage are others: a publish brings ten states a second."""
        if self._walked is None or self._walked[0] is not state.summary:
            paths = tuple(row.path_in_repo for row in state.files.rows if state.stage.is_staged(row))
            self._walked = (state.summary, paths)
        return self._walked[1]


class FilePicker(_FolderPanel):
    """Choose what of a folder is published.

    Attributes:
        value: the chosen paths, relative to the folder, with "/" between parts.
        n_files: how many are chosen.
        total_size: their bytes.
        status: "idle", "scanning", "ready" or "failed".
    """

    _panel: ClassVar[PanelName] = "files"

    value = traitlets.Tuple((), read_only=True)
    n_files = traitlets.Int(0, read_only=True)
    total_size = traitlets.Int(0, read_only=True)
    status = traitlets.Unicode("idle", read_only=True)

    def _update_traits(self, state: State) -> None:
        self._set(
            value=self._staged_paths(state),
            n_files=state.summary.n_staged,
            total_size=state.summary.staged_bytes,
            status=state.files.state,
            error=None if state.files.error is None else encode(error_info(state.files.error)),
        )

    def __repr__(self) -> str:
        return f"FilePicker({self._controller.state.folder}, {self.n_files} chosen)"


class StagingPanel(_FolderPanel):
    """What `git status` and `git lfs status` tell, with clicks; and the commit.

    Attributes:
        staged: the paths that the next commit takes; setting it stages exactly these.
        summary: how many rows each section holds.
        total_bytes: of the staged files.
        message: the commit message as typed.
        status: "idle", "scanning", "ready" or "failed".
    """

    _panel: ClassVar[PanelName] = "staging"

    staged = traitlets.Tuple(())
    summary = traitlets.Dict({}, read_only=True)
    total_bytes = traitlets.Int(0, read_only=True)
    message = traitlets.Unicode("")
    status = traitlets.Unicode("idle", read_only=True)

    _follows = False

    def _update_traits(self, state: State) -> None:
        staged = self._staged_paths(state)
        self._follows = True
        try:
            self._set(
                staged=staged,
                message=state.message,
                summary={each.section: each.total for each in state.summary.sections},
                total_bytes=state.summary.staged_bytes,
                status=state.files.state,
                error=None if state.files.error is None else encode(error_info(state.files.error)),
            )
        finally:
            self._follows = False

    @traitlets.observe("staged")
    def _staged_set(self, change: dict[str, Any]) -> None:
        if self._follows:
            return
        now, wanted = set(change["old"]), set(change["new"])
        self._controller.set_staged(staged=False, paths=tuple(now - wanted))
        self._controller.set_staged(staged=True, paths=tuple(wanted))

    @traitlets.observe("message")
    def _message_set(self, change: dict[str, Any]) -> None:
        if not self._follows:
            self._controller.edit_message(change["new"], self._controller.state.description)

    def stage(self, *paths: str) -> None:
        """Stage these paths; deletions of files on the Hub too."""
        self._controller.set_staged(staged=True, paths=paths)

    def unstage(self, *paths: str) -> None:
        """Leave these paths out of the next commit."""
        self._controller.set_staged(staged=False, paths=paths)

    def __repr__(self) -> str:
        return f"StagingPanel({self._controller.state.folder}, {self._controller.state.summary.n_staged} staged)"


class CardEditor(_FolderPanel):
    """README.md as text, with the rendered card beside it.

    Attributes:
        value: the text as saved, "" where there is none.
        valid: whether its front matter can be read.
    """

    _panel: ClassVar[PanelName] = "card"

    value = traitlets.Unicode("", read_only=True)
    valid = traitlets.Bool(True, read_only=True)  # noqa: FBT003 - traitlets takes the default so

    _card_rev = -1

    def _update_traits(self, state: State) -> None:
        if state.card_rev == self._card_rev:
            return
        self._card_rev = state.card_rev
        from hubwidgets.core.card import split_card  # noqa: PLC0415 - loads yaml when a card is first read

        text = self._controller.read_card()[0] or ""
        self._set(value=text, valid=split_card(text).problem is None)

    def __repr__(self) -> str:
        return f"CardEditor({self._controller.state.folder})"
