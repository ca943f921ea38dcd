"""What can happen, in the past tense: a closed union."""

from __future__ import annotations

from dataclasses import dataclass

from hubwidgets.core.failure import Failure
from hubwidgets.core.progress import Progress
from hubwidgets.core.repo import RepoInfo
from hubwidgets.core.state import AccountState, Availability, EngineState, RepoForm, Step
from hubwidgets.core.status import CommitLanded, Stage, Status, StatusRow


@dataclass(frozen=True, slots=True)
class AccountChanged:
    """Somebody logged in or out, here or in another panel of the session."""

    account: AccountState


@dataclass(frozen=True, slots=True)
class RepoFormEdited:
    """A person typed."""

    form: RepoForm
    availability: Availability


@dataclass(frozen=True, slots=True)
class AvailabilityAnswered:
    """The Hub said whether `form` is free; dropped if the person typed on meanwhile."""

    form: RepoForm
    availability: Availability


@dataclass(frozen=True, slots=True)
class RepoCreating:
    """The creation is on its way."""


@dataclass(frozen=True, slots=True)
class RepoChosen:
    """This is where it will be published; None: the choice was given up."""

    info: RepoInfo | None


@dataclass(frozen=True, slots=True)
class RepoFailed:
    """Creating or using it failed."""

    error: Failure


@dataclass(frozen=True, slots=True)
class EngineChosen:
    """The engine is this one from now on."""

    engine: EngineState


@dataclass(frozen=True, slots=True)
class ScanStarted:
    """The folder is being looked at."""


@dataclass(frozen=True, slots=True)
class ScanSeen:
    """So many files were seen so far."""

    n_seen: int


@dataclass(frozen=True, slots=True)
class FolderListed:
    """The folder alone is known, nothing of the Hub's side."""

    rows: tuple[StatusRow, ...]


@dataclass(frozen=True, slots=True)
class StatusFetched:
    """The folder is compared with the Hub."""

    status: Status


@dataclass(frozen=True, slots=True)
class ScanFailed:
    """It could not be compared."""

    error: Failure


@dataclass(frozen=True, slots=True)
class StageChanged:
    """A person staged or unstaged."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A person typed a commit message."""

    message: str
    description: str


@dataclass(frozen=True, slots=True)
class CardChanged:
    """README.md is another one now."""

    exists: bool


@dataclass(frozen=True, slots=True)
class StepOpened:
    """A person went to a step."""

    step: Step


@dataclass(frozen=True, slots=True)
class PublishStarted:
    """A publish began."""

    job_id: str
    n_files: int
    total_bytes: int
    at_s: float


@dataclass(frozen=True, slots=True)
class PublishProgressed:
    """A report of the publish."""

    progress: Progress
    at_s: float


@dataclass(frozen=True, slots=True)
class PublishPlanned:
    """The publish knows now what it sends."""

    n_files: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class PublishSealed:
    """It is too late to cancel."""


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """A person cancelled; it takes until the work notices."""


@dataclass(frozen=True, slots=True)
class CommitHasLanded:
    """It is on the Hub."""

    landed: CommitLanded
    at_s: float


@dataclass(frozen=True, slots=True)
class PublishFailed:
    """It is not on the Hub."""

    error: Failure
    at_s: float


@dataclass(frozen=True, slots=True)
class PublishCancelled:
    """A person cancelled it; nothing is on the Hub."""

    at_s: float


AccountEvent = AccountChanged
RepoEvent = RepoFormEdited | AvailabilityAnswered | RepoCreating | RepoChosen | RepoFailed
FilesEvent = ScanStarted | ScanSeen | FolderListed | StatusFetched | ScanFailed
PublishEvent = (
    PublishStarted
    | PublishPlanned
    | PublishProgressed
    | PublishSealed
    | CancelAsked
    | CommitHasLanded
    | PublishFailed
    | PublishCancelled
)
OtherEvent = EngineChosen | StageChanged | MessageEdited | CardChanged | StepOpened
Event = AccountEvent | RepoEvent | FilesEvent | PublishEvent | OtherEvent
