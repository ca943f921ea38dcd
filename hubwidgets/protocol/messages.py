"""What the page and the kernel say to each other: one closed union in each direction.

The page sends `Request` and `CancelRequest`. The kernel answers each request with any number of `ProgressFrame` and
then exactly one of `Done`, `Failed`, `CancelledFrame`. TypeScript types are generated from these structs
(`js/generate_types.py`), `make check` fails when they are stale, and the golden files in `tests/protocol/golden/` are
read by the tests of both sides.

Every struct refuses unknown fields: a page and a kernel of different versions are told so, never half understood.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

VERSION: Final = 1

RepoTypeName = Literal["model", "dataset", "space"]
VisibilityName = Literal["private", "public"]
BackendName = Literal["http", "git"]
StepName = Literal["account", "repository", "files", "card", "check", "publish"]
SectionName = Literal["conflicts", "staged", "changes", "untracked", "only_on_hub", "refused", "up_to_date", "ignored"]
LetterName = Literal["A", "M", "D", "R", "T", "?", "!", "C", "="]
UploadModeName = Literal["regular", "lfs"]
PhaseName = Literal["preparing", "scanning", "hashing", "checking", "uploading", "committing", "verifying"]


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all structs on the wire."""


# -- intents: what a person asks for ------------------------------------------------------------------------


class Intent(Message, tag_field="op", frozen=True):
    """Base of what the page can ask."""


class Hello(Intent, tag="hello", frozen=True):
    """Is the kernel there? Result: HelloResult."""


class Login(Intent, tag="login", frozen=True):
    """Use a pasted token. The only message that carries one. Result: null; the account is in the snapshot."""

    token: str

    def __repr__(self) -> str:
        return "Login(token=…)"


class LoginPractice(Intent, tag="login_practice", frozen=True):
    """On a practice Hub: be one of its users. The token never leaves the kernel. Result: null."""

    name: str


class Logout(Intent, tag="logout", frozen=True):
    """Forget the token. Result: null."""


class EditRepo(Intent, tag="edit_repo", frozen=True):
    """The repo form as it stands; sent debounced while a person types. Result: null; the answer is in the snapshot."""

    owner: str
    name: str
    repo_type: RepoTypeName
    visibility: VisibilityName


class CreateRepo(Intent, tag="create_repo", frozen=True):
    """Create what the form says. Result: null."""

    owner: str
    name: str
    repo_type: RepoTypeName
    visibility: VisibilityName


class UseRepo(Intent, tag="use_repo", frozen=True):
    """Publish to a repo that is there. Result: null."""

    repo_id: str
    repo_type: RepoTypeName


class ListMyRepos(Intent, tag="list_my_repos", frozen=True):
    """The account's repos, newest first. Result: MyRepos."""


class UseBackend(Intent, tag="use_backend", frozen=True):
    """Switch the engine. Result: null."""

    backend: BackendName


class SetStep(Intent, tag="set_step", frozen=True):
    """Open a step of the Publisher. Result: null."""

    step: StepName


class Refresh(Intent, tag="refresh", frozen=True):
    """Scan the folder and compare with the Hub again. Result: null."""


class ListFolder(Intent, tag="list_folder", frozen=True):
    """One page of one folder for the file picker. Result: FolderPage."""

    path: str = ""
    offset: int = 0
    limit: int = 200
    show_hidden: bool = False


class ListRows(Intent, tag="list_rows", frozen=True):
    """One page of one section of the staging panel. Result: RowPage."""

    section: SectionName
    offset: int = 0
    limit: int = 200
    filter: str = ""


class SetStaged(Intent, tag="set_staged", frozen=True):
    """Stage or unstage: single paths, whole folders (all below, "" is everything), or a section. Result: null."""

    staged: bool
    paths: list[str] = []
    folders: list[str] = []
    section: SectionName | None = None
    filter: str = ""


class EditMessage(Intent, tag="edit_message", frozen=True):
    """The commit message as typed. Result: null."""

    message: str
    description: str = ""


class ReadDiff(Intent, tag="read_diff", frozen=True):
    """How one row's file differs from the Hub's. Result: DiffResult."""

    path: str


class ReadCard(Intent, tag="read_card", frozen=True):
    """README.md as it is here, rendered. Result: CardResult."""


class SaveCard(Intent, tag="save_card", frozen=True):
    """Write README.md; refused if the file is not the one of `expected_etag` (CardResult.etag). Result: CardResult."""

    text: str
    expected_etag: str


class PreviewCard(Intent, tag="preview_card", frozen=True):
    """Render text that is not saved. Result: CardResult."""

    text: str


class Publish(Intent, tag="publish", frozen=True):
    """Publish what is staged. Progress frames, then Done with a PublishedResult."""

    message: str
    description: str = ""


class ListChanges(Intent, tag="list_changes", frozen=True):
    """One page of the files of the last result. Result: ChangePage."""

    offset: int = 0
    limit: int = 200


AnyIntent = (
    Hello
    | Login
    | LoginPractice
    | Logout
    | EditRepo
    | CreateRepo
    | UseRepo
    | ListMyRepos
    | UseBackend
    | SetStep
    | Refresh
    | ListFolder
    | ListRows
    | SetStaged
    | EditMessage
    | ReadDiff
    | ReadCard
    | SaveCard
    | PreviewCard
    | Publish
    | ListChanges
)


# -- page -> kernel -------------------------------------------------------------------------------------------


class Request(Message, tag_field="kind", tag="request", frozen=True):
    """Ask for something. `id` is the page's, unique among its open requests."""

    v: Literal[1]
    id: str
    intent: AnyIntent


class CancelRequest(Message, tag_field="kind", tag="cancel", frozen=True):
    """Cancel a request by its id, or a job by the id in the snapshot (any view may). Never answered itself."""

    v: Literal[1]
    id: str


Inbound = Request | CancelRequest


# -- results --------------------------------------------------------------------------------------------------


class ErrorInfo(Message, frozen=True):
    """Code, sentence, next step. `actions` name what the panel may offer as buttons; `detail` is shown on demand."""

    code: str
    message: str
    hint: str
    retryable: bool
    actions: list[str]
    detail: str = ""


class HelloResult(Message, frozen=True):
    """`session_id` is new in each kernel."""

    session_id: str
    version: str


class RepoChoice(Message, frozen=True):
    """One repo to choose from."""

    repo_id: str
    repo_type: RepoTypeName
    visibility: VisibilityName


class MyRepos(Message, frozen=True):
    """The account's repos."""

    repos: list[RepoChoice]


class FolderEntry(Message, frozen=True):
    """One line of the file picker.

    For a folder `checked` is the state of all files below: "none" with `can_check` False when nothing below can be
    published; `n_files` and `size_bytes` count all below. For a file `letter` is that of the status when there is one.
    """

    name: str
    path: str
    is_folder: bool
    size_bytes: int | None
    checked: Literal["all", "some", "none"]
    can_check: bool
    n_files: int = 0
    modified_at: str = ""
    letter: LetterName | None = None
    upload_mode: UploadModeName | None = None
    note: str = ""


class FolderPage(Message, frozen=True):
    """Entries `offset`... of one folder, folders first. `total` counts all of it. `files_rev` as in the snapshot."""

    path: str
    entries: list[FolderEntry]
    offset: int
    total: int
    files_rev: int


class Row(Message, frozen=True):
    """One line of the staging panel. `letter` is already "A" for a staged untracked file."""

    path: str
    letter: LetterName
    staged: bool
    can_stage: bool
    size_bytes: int | None
    remote_size_bytes: int | None
    upload_mode: UploadModeName | None
    reason: str = ""
    adds_rule: bool = False
    refused: str = ""
    note: str = ""


class RowPage(Message, frozen=True):
    """Rows `offset`... of one section after the filter. `staging_rev` as in the snapshot."""

    section: SectionName
    rows: list[Row]
    offset: int
    total: int
    staging_rev: int


class DiffLine(Message, frozen=True):
    """One line of a unified diff: `tag` is " ", "+", "-" or "@"; line numbers are None where there is none."""

    tag: Literal[" ", "+", "-", "@"]
    old: int | None
    new: int | None
    text: str


class DiffResult(Message, frozen=True):
    """`lines` is empty for what is no text; then `note` says what it is. At most 2,000 lines; `is_truncated` tells."""

    path: str
    lines: list[DiffLine]
    note: str = ""
    is_truncated: bool = False


class MetadataRow(Message, frozen=True):
    """One line of the card's metadata table."""

    key: str
    label: str
    values: list[str]


class CardResult(Message, frozen=True):
    """README.md, rendered. `html` is sanitised and safe to put into a shadow root.

    `etag` names this version of the file, "" when there is none and `text` is a template. `problem` tells of front
    matter that cannot be read.
    """

    text: str
    html: str
    metadata: list[MetadataRow]
    etag: str
    exists: bool
    problem: str = ""
    n_blocked_images: int = 0


class Change(Message, frozen=True):
    """One file of a commit."""

    path: str
    letter: Literal["A", "M", "D"]
    upload_mode: UploadModeName | None
    size_bytes: int | None


class ChangePage(Message, frozen=True):
    """Files `offset`... of the last result."""

    changes: list[Change]
    offset: int
    total: int


class PublishedResult(Message, frozen=True):
    """What a publish did; `commit_oid` is null when there was nothing to publish."""

    url: str
    commit_oid: str | None


AnyResult = None | HelloResult | MyRepos | FolderPage | RowPage | DiffResult | CardResult | ChangePage | PublishedResult


# -- kernel -> page -------------------------------------------------------------------------------------------


class FileUnderWay(Message, frozen=True):
    """One of at most five files being sent."""

    path: str
    done_bytes: int
    total_bytes: int


class ProgressInfo(Message, frozen=True):
    """`rate_bytes_per_s` and `eta_s` are null while unknown. `total` is null while nobody knows."""

    phase: PhaseName
    done: int
    total: int | None
    unit: Literal["bytes", "files"]
    files: list[FileUnderWay]
    sent_bytes: int
    rate_bytes_per_s: float | None
    eta_s: float | None
    note: str = ""


class ProgressFrame(Message, tag_field="kind", tag="progress", frozen=True):
    """The request is being worked on; the first one also says that it was heard. `progress` is null in that one."""

    v: Literal[1]
    id: str
    progress: ProgressInfo | None


class Done(Message, tag_field="kind", tag="done", frozen=True):
    """It went well. Which struct `result` is follows from the intent."""

    v: Literal[1]
    id: str
    result: Any


class Failed(Message, tag_field="kind", tag="failed", frozen=True):
    """It failed. `id` is null for a message that could not be read far enough to know it."""

    v: Literal[1]
    id: str | None
    error: ErrorInfo


class CancelledFrame(Message, tag_field="kind", tag="cancelled", frozen=True):
    """It was cancelled before its point of no return."""

    v: Literal[1]
    id: str


Outbound = ProgressFrame | Done | Failed | CancelledFrame
