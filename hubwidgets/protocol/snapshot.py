"""What a page may see at any time: one read-only trait, small, written by Python alone.

Counts and states only. Rows, folders, diffs and cards are fetched by request (`messages.py`), so that the trait stays
under a few kilobytes however large the folder is. Nothing here is secret: synced traits are saved with the notebook.
"""

from __future__ import annotations

from typing import Literal

from hubwidgets.protocol.messages import (
    BackendName,
    ErrorInfo,
    Message,
    ProgressInfo,
    RepoTypeName,
    SectionName,
    StepName,
    VisibilityName,
)

PanelName = Literal["publisher", "login", "repo", "files", "staging", "card"]


class PracticeUser(Message, frozen=True):
    """A user of the practice Hub to log in as with one click."""

    name: str
    role: str


class Owner(Message, frozen=True):
    """A namespace to create in; `why_not` is "" when the account may."""

    name: str
    why_not: str = ""


class AccountView(Message, frozen=True):
    """The Account step. `source`: where the token came from, as "pasted", "environment", "saved", "practice"."""

    state: Literal["checking", "logged_out", "validating", "logged_in"]
    name: str = ""
    fullname: str = ""
    role: Literal["read", "write", "fine-grained", "unknown"] = "unknown"
    orgs: list[str] = []
    source: str = ""
    token_name: str = ""
    practice_users: list[PracticeUser] = []
    tokens_url: str = ""
    error: ErrorInfo | None = None


class RepoView(Message, frozen=True):
    """The Repository step. `availability` answers for the form as it stands; `repo_id` is what is chosen, "" before.

    "unchecked" while the name is not legal (`name_problem` says why) or nobody is logged in; "unknown" when the Hub
    could not be asked.
    """

    state: Literal["editing", "creating", "ready"]
    owner: str
    name: str
    repo_type: RepoTypeName
    visibility: VisibilityName
    owners: list[Owner]
    preview_url: str
    name_problem: str = ""
    availability: Literal["unchecked", "checking", "free", "exists", "unknown"] = "unchecked"
    repo_id: str = ""
    url: str = ""
    error: ErrorInfo | None = None


class SectionView(Message, frozen=True):
    """One section of the staging panel; empty ones are left out."""

    section: SectionName
    total: int
    size_bytes: int


class FilesView(Message, frozen=True):
    """The folder and what of it is staged.

    `files_rev` grows whenever a FolderPage would change, `staging_rev` likewise for rows. `n_seen` counts while
    scanning. `is_compared` is False while only the folder is known and not yet the Hub's side.
    """

    state: Literal["idle", "scanning", "ready", "failed"]
    folder: str
    n_seen: int = 0
    n_files: int = 0
    size_bytes: int = 0
    is_compared: bool = False
    files_rev: int = 0
    staging_rev: int = 0
    sections: list[SectionView] = []
    n_staged: int = 0
    staged_bytes: int = 0
    n_staged_lfs: int = 0
    n_added: int = 0
    n_modified: int = 0
    n_deleted: int = 0
    message: str = ""
    description: str = ""
    suggested_message: str = ""
    error: ErrorInfo | None = None


class CardView(Message, frozen=True):
    """README.md; `card_rev` grows when the file changed, then fetch it again."""

    exists: bool = False
    card_rev: int = 0


class EngineView(Message, frozen=True):
    """Which engine publishes and why. `git_problem` says why git cannot be chosen, "" when it can."""

    name: BackendName
    reason: str
    git_problem: str = ""
    can_switch: bool = True


class PhaseDone(Message, frozen=True):
    """A finished phase with its closing words, as "4 files, 2 from cache"."""

    phase: str
    note: str
    seconds: float


class JobView(Message, frozen=True):
    """A publish under way, in every view the same. `id` goes into CancelRequest."""

    id: str
    can_cancel: bool
    is_cancelling: bool
    progress: ProgressInfo | None
    phases_done: list[PhaseDone]
    n_files: int
    total_bytes: int


class ResultView(Message, frozen=True):
    """How the last publish ended well. `code` is Python that loads exactly this revision."""

    repo_id: str
    repo_type: RepoTypeName
    revision: str
    url: str
    repo_url: str
    commit_oid: str | None
    commit_message: str
    n_added: int
    n_modified: int
    n_deleted: int
    n_files: int
    bytes_sent: int
    total_bytes: int
    seconds: float
    landed_at: str
    code: str


class PublishView(Message, frozen=True):
    """The Publish step. `blocked` says why publishing is not possible now, null when it is."""

    state: Literal["idle", "running", "done", "failed", "cancelled"]
    blocked: ErrorInfo | None = None
    job: JobView | None = None
    result: ResultView | None = None
    error: ErrorInfo | None = None


class Snapshot(Message, frozen=True):
    """Everything a page draws, but for lists.

    Attributes:
        rev: grows with each change; a page drops an older one.
        session_id: of the kernel that wrote it; a page that says Hello and hears another one knows the kernel is new.
        steps_done: the steps of the Publisher that are complete.
        host_note: what is special here, one sentence ("This machine vanishes when the session ends"), "" elsewhere.
    """

    v: Literal[1]
    rev: int
    session_id: str
    panel: PanelName
    endpoint: str
    is_practice: bool
    step: StepName
    steps_done: list[StepName]
    engine: EngineView
    account: AccountView
    repo: RepoView
    files: FilesView
    card: CardView
    publish: PublishView
    host_note: str = ""
