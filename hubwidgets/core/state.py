"""Everything a panel can show, as one value. It changes in `reduce.py` and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from hubwidgets.core import errors
from hubwidgets.core.failure import Failure
from hubwidgets.core.progress import Phase, Progress
from hubwidgets.core.repo import Account, RepoInfo, RepoType, Visibility
from hubwidgets.core.status import CommitLanded, CommitPlan, Stage, Status, StatusRow
from hubwidgets.core.summary import Summary

Step = Literal["account", "repository", "files", "card", "check", "publish"]
STEPS: Final[tuple[Step, ...]] = ("account", "repository", "files", "card", "check", "publish")
EngineName = Literal["http", "git"]
Availability = Literal["unchecked", "checking", "free", "exists", "unknown"]


@dataclass(frozen=True, slots=True)
class AccountState:
    """Who is logged in. `source`: "given", "environment", "saved", "pasted" or "practice"."""

    state: Literal["checking", "logged_out", "validating", "logged_in"] = "checking"
    account: Account | None = None
    source: str = ""
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class RepoForm:
    """What a person typed."""

    owner: str = ""
    name: str = ""
    repo_type: RepoType = "model"
    visibility: Visibility = "private"


@dataclass(frozen=True, slots=True)
class RepoState:
    """The repo form and the repo that was chosen."""

    form: RepoForm = RepoForm()
    availability: Availability = "unchecked"
    is_creating: bool = False
    chosen: RepoInfo | None = None
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class EngineState:
    """Which engine publishes and why; `git_problem` says why git cannot."""

    name: EngineName = "http"
    reason: str = ""
    git_problem: str = ""


@dataclass(frozen=True, slots=True)
class FilesState:
    """The folder. `rows` come from `status` once the Hub was asked, from the folder alone before."""

    state: Literal["idle", "scanning", "ready", "failed"] = "idle"
    n_seen: int = 0
    rows: tuple[StatusRow, ...] = ()
    status: Status | None = None
    rev: int = 0
    error: Failure | None = None


@dataclass(frozen=True, slots=True)
class PhaseEnded:
    """A phase that is over."""

    phase: Phase
    note: str
    seconds: float


@dataclass(frozen=True, slots=True)
class PublishState:
    """The publish under way, or how the last one ended.

    Attributes:
        samples: (seconds, done) of the running phase, of the last few seconds, for the rate.
        started_s, phase_started_s: on the controller's clock.
    """

    state: Literal["idle", "running", "done", "failed", "cancelled"] = "idle"
    job_id: str = ""
    n_files: int = 0
    total_bytes: int = 0
    is_cancelling: bool = False
    is_sealed: bool = False
    progress: Progress | None = None
    samples: tuple[tuple[float, int], ...] = ()
    phases_done: tuple[PhaseEnded, ...] = ()
    started_s: float = 0.0
    phase_started_s: float = 0.0
    seconds: float = 0.0
    landed: CommitLanded | None = None
    error: Failure | None = None

    @property
    def rate_per_s(self) -> float | None:
        """Units a second over the last seconds, None while there is too little to tell."""
        if len(self.samples) < 2 or self.samples[-1][0] - self.samples[0][0] <= 0:  # noqa: PLR2004 - a rate needs two
            return None
        (first_s, first), (last_s, last) = self.samples[0], self.samples[-1]
        return (last - first) / (last_s - first_s)

    @property
    def eta_s(self) -> float | None:
        """Seconds left in this phase, None while unknown."""
        rate, progress = self.rate_per_s, self.progress
        if not rate or progress is None or progress.total is None:
            return None
        return max(0.0, (progress.total - progress.done) / rate)


@dataclass(frozen=True, slots=True)
class State:
    """All of it. `summary` follows from `files`, `stage` and `engine`; `reduce` keeps it true."""

    folder: str = ""
    account: AccountState = AccountState()
    repo: RepoState = RepoState()
    engine: EngineState = EngineState()
    files: FilesState = FilesState()
    stage: Stage = field(default_factory=Stage)
    stage_rev: int = 0
    summary: Summary = field(default_factory=Summary)
    message: str = ""
    description: str = ""
    card_exists: bool = False
    card_rev: int = 0
    publish: PublishState = PublishState()
    step: Step = "account"
    host_note: str = ""

    @property
    def plan(self) -> CommitPlan | None:
        """What publishing would do now; None until the Hub was asked."""
        return self.summary.plan


def why_blocked(state: State) -> Failure | None:
    """Return why nothing can be published now, or None."""
    account = state.account.account
    if account is None:
        return Failure.of(errors.NotLoggedIn())
    if not account.may_write:
        return Failure.of(errors.TokenCannotWrite(state.repo.chosen.ref.repo_id if state.repo.chosen else "any repo"))
    if state.repo.chosen is None:
        return Failure.of(errors.RepoNotChosen())
    if state.files.state == "failed":
        return state.files.error
    if state.files.state == "ready" and state.summary.n_files == 0:
        return Failure.of(errors.FolderEmpty(state.folder))
    plan = state.plan
    if plan is not None and not plan.rows:
        return Failure.of(errors.NothingStaged())
    return None


def steps_done(state: State) -> tuple[Step, ...]:
    """Return the steps of the Publisher that are complete."""
    done: list[Step] = []
    if state.account.account is not None:
        done.append("account")
    if state.repo.chosen is not None:
        done.append("repository")
    if state.files.status is not None and state.plan is not None and state.plan.rows:
        done.append("files")
    if state.card_exists:
        done.append("card")
    if state.publish.state == "done":
        done += ["check", "publish"]
    return tuple(done)


def suggest_message(plan: CommitPlan | None) -> str:
    """Return a commit message for people in a hurry, as "Add model.safetensors and 3 files"."""
    if plan is None or not plan.rows:
        return ""
    largest = max(plan.additions or plan.rows, key=lambda row: row.size_bytes or 0)
    verb = {"D": "Delete", "M": "Update", "T": "Update"}.get(largest.letter, "Add")
    n_others = len(plan.rows) - 1
    others = "" if n_others == 0 else " and 1 file" if n_others == 1 else f" and {n_others} files"
    return f"{verb} {largest.path_in_repo.rpartition('/')[2]}{others}"
