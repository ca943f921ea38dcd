"""Counts over all rows, taken once per change and not once per look: a folder may hold a hundred thousand files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from hubwidgets.core.status import CommitPlan, Section, Stage, Status, StatusRow, make_plan, section_of

SECTIONS: Final[tuple[Section, ...]] = (
    "conflicts",
    "staged",
    "changes",
    "untracked",
    "only_on_hub",
    "refused",
    "up_to_date",
    "ignored",
)


@dataclass(frozen=True, slots=True)
class SectionTotal:
    """How much is in one section of the staging panel; sizes are those here, or on the Hub where there is none here."""

    section: Section
    total: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What the rows come to.

    Attributes:
        plan: what publishing would do; None until the Hub was asked.
        sections: those that are not empty, in the order of the panel.
        n_files, size_bytes: of what is on this machine and not ignored.
        n_staged, staged_bytes: of what would be published.
    """

    plan: CommitPlan | None = None
    sections: tuple[SectionTotal, ...] = ()
    n_files: int = 0
    size_bytes: int = 0
    n_staged: int = 0
    staged_bytes: int = 0
    n_staged_lfs: int = 0
    n_added: int = 0
    n_modified: int = 0
    n_deleted: int = 0


def summarise(
    rows: Sequence[StatusRow], status: Status | None, stage: Stage, backend: Literal["http", "git"]
) -> Summary:
    """Count the rows by section and by what would happen to them."""
    totals: dict[Section, list[int]] = {}
    for row in rows:
        total = totals.setdefault(section_of(row, stage), [0, 0])
        total[0] += 1
        total[1] += (row.size_bytes if row.size_bytes is not None else row.remote_size_bytes) or 0
    here = [row for row in rows if row.size_bytes is not None and row.letter != "!"]
    staged = [row for row in rows if stage.is_staged(row)]
    return Summary(
        plan=make_plan(status, stage, backend) if status is not None else None,
        sections=tuple(SectionTotal(name, *totals[name]) for name in SECTIONS if name in totals),
        n_files=len(here),
        size_bytes=sum(row.size_bytes or 0 for row in here),
        n_staged=len(staged),
        staged_bytes=sum(row.size_bytes or 0 for row in staged if row.letter != "D"),
        n_staged_lfs=sum(row.upload_mode == "lfs" for row in staged),
        n_added=sum(row.letter in "?A" for row in staged),
        n_modified=sum(row.letter in "MTR" for row in staged),
        n_deleted=sum(row.letter == "D" for row in staged),
    )
