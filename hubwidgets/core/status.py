"""What differs between a folder and a repo, and what of it a person chose."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from hubwidgets.core.repo import RepoRef

Letter = Literal["A", "M", "D", "R", "T", "?", "!", "C", "="]
"""git's letters: added, modified, deleted, renamed, type changed, untracked, ignored, conflict; "=" is up to date."""

UploadMode = Literal["regular", "lfs"]

Section = Literal["conflicts", "staged", "changes", "untracked", "only_on_hub", "refused", "up_to_date", "ignored"]


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One path.

    Attributes:
        letter: how the local file differs from the repo's head: "?" not in the repo yet, "M" or "T" changed, "D" in the
            repo and not here, "=" the same, "!" ignored. Whether it will be published is the Stage's to say.
        size_bytes: of the local file (of the true content, never of a pointer); None when there is none.
        remote_size_bytes: of the content at the head; None when it is not there or not known.
        upload_mode: where the content will be stored, from the Hub's own answer (or `git check-attr`); None for ignored
            and refused rows.
        reason: why that mode, for people: "matches *.safetensors", "over 10 MB", "binary"; "" for plain text.
        adds_rule: True when no rule of `.gitattributes` covers the path yet and publishing adds one.
        only_on_hub: True for a "D" of a file that this folder never had (a first publish, a file added on the web): it
            is deleted only when a person asks for that.
        refused: why the file cannot be published, half a sentence; None when it can.
        note: half a sentence worth knowing, as "a link, published as its content".
    """

    path_in_repo: str
    letter: Letter
    size_bytes: int | None = None
    remote_size_bytes: int | None = None
    upload_mode: UploadMode | None = None
    reason: str = ""
    adds_rule: bool = False
    only_on_hub: bool = False
    refused: str | None = None
    note: str = ""

    @property
    def can_stage(self) -> bool:
        """Whether there is anything to publish here."""
        return self.refused is None and self.letter in "AMDRT?"

    @property
    def staged_by_default(self) -> bool:
        """All that is new or changed; deletions wait for a person."""
        return self.can_stage and self.letter != "D"


@dataclass(frozen=True, slots=True)
class Status:
    """All rows of one folder against one repo, sorted by path.

    Attributes:
        head: the commit compared with; None when the repo is empty or not there yet.
        repo_exists: False when publishing would first create the repo.
        scanned_at: UTC, ISO 8601.
    """

    repo: RepoRef
    head: str | None
    rows: tuple[StatusRow, ...]
    repo_exists: bool = True
    scanned_at: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """What of a Status goes into the next commit: a rule, so that it stays true while files come and go.

    Attributes:
        excluded: paths a person unchecked among those staged by default.
        deletions: paths whose deletion on the Hub a person asked for.
    """

    excluded: frozenset[str] = frozenset()
    deletions: frozenset[str] = frozenset()

    def is_staged(self, row: StatusRow) -> bool:
        """Whether this row goes into the next commit."""
        if not row.can_stage:
            return False
        return row.path_in_repo in self.deletions if row.letter == "D" else row.path_in_repo not in self.excluded

    def with_staged(self, rows: Iterable[StatusRow], *, staged: bool) -> Stage:
        """Return the stage after a person checked (or unchecked) these rows; rows that cannot be staged stay out."""
        rows = [row for row in rows if row.can_stage]
        deletions = {row.path_in_repo for row in rows if row.letter == "D"}
        others = {row.path_in_repo for row in rows if row.letter != "D"}
        if staged:
            return replace(self, excluded=self.excluded - others, deletions=self.deletions | deletions)
        return replace(self, excluded=self.excluded | others, deletions=self.deletions - deletions)


def section_of(row: StatusRow, stage: Stage) -> Section:
    """Where the staging panel shows a row."""
    if row.letter == "C":
        return "conflicts"
    if row.refused is not None:
        return "refused"
    if row.letter == "=":
        return "up_to_date"
    if row.letter == "!":
        return "ignored"
    if stage.is_staged(row):
        return "staged"
    if row.only_on_hub:
        return "only_on_hub"
    return "untracked" if row.letter == "?" else "changes"


@dataclass(frozen=True, slots=True, repr=False)
class CommitPlan:
    """Exactly what one commit would do.

    Attributes:
        rows: the staged rows, sorted by path; "D" rows are deletions.
        parent_commit: the head the plan was made against; the commit is refused if the Hub has moved on.
        unchanged: how many local files are on the Hub already and are not sent.
        creates_repo: True when the repo is not there yet.
    """

    repo: RepoRef
    backend: Literal["http", "git"]
    rows: tuple[StatusRow, ...]
    parent_commit: str | None
    unchanged: int = 0
    left_out: int = 0
    creates_repo: bool = False

    @property
    def additions(self) -> tuple[StatusRow, ...]:
        """What is sent: new and changed files."""
        return tuple(row for row in self.rows if row.letter != "D")

    @property
    def deletions(self) -> tuple[StatusRow, ...]:
        """What is deleted on the Hub."""
        return tuple(row for row in self.rows if row.letter == "D")

    @property
    def total_bytes(self) -> int:
        """The size of all additions; what the Hub has already is found out while sending."""
        return sum(row.size_bytes or 0 for row in self.additions)

    def __repr__(self) -> str:
        from hubwidgets.core.report import plan_text  # noqa: PLC0415 - it reads this module's values

        return plan_text(self)

    def _repr_html_(self) -> str:
        from hubwidgets.core.report import plan_html  # noqa: PLC0415 - it reads this module's values

        return plan_html(self)


def make_plan(status: Status, stage: Stage, backend: Literal["http", "git"]) -> CommitPlan:
    """Return what publishing `stage` would do."""
    staged = tuple(row for row in status.rows if stage.is_staged(row))
    return CommitPlan(
        repo=status.repo,
        backend=backend,
        rows=staged,
        parent_commit=status.head,
        unchanged=sum(row.letter == "=" for row in status.rows),
        left_out=sum(row.can_stage and not stage.is_staged(row) for row in status.rows),
        creates_repo=not status.repo_exists,
    )


@dataclass(frozen=True, slots=True)
class FileChange:
    """One line of a commit: letter "A", "M" or "D"."""

    path_in_repo: str
    letter: Literal["A", "M", "D"]
    upload_mode: UploadMode | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class CommitLanded:
    """What a publish did.

    Attributes:
        url: the page of the commit; of the repo when there was nothing to publish.
        commit_oid: 40 hex digits; None when there was nothing to publish.
        files: what the commit changed, `.gitattributes` included where the Hub or git-lfs added a rule.
        bytes_sent: file contents that went over the line; what the Hub had already is not counted.
    """

    repo: RepoRef
    url: str
    commit_oid: str | None
    files: tuple[FileChange, ...] = ()
    bytes_sent: int = 0
    commit_message: str = ""
    landed_at: str = field(default="", compare=False)
