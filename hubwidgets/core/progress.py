"""How far a job is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Phase = Literal["preparing", "scanning", "hashing", "checking", "uploading", "committing", "verifying"]

PHASES: Final[tuple[Phase, ...]] = (
    "preparing",
    "scanning",
    "hashing",
    "checking",
    "uploading",
    "committing",
    "verifying",
)


@dataclass(frozen=True, slots=True)
class FileProgress:
    """One file under way; `done_bytes` of `total_bytes` have left this machine."""

    path_in_repo: str
    done_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of a job.

    Attributes:
        done: how many of `unit` are finished in this phase; never shrinks within a phase.
        total: None while nobody knows.
        files: the files under way, at most five.
        sent_bytes: bytes that have really gone over the line so far in this job (deduplicated ones not counted).
        note: half a sentence for people, as "12 unchanged".
    """

    phase: Phase
    done: int = 0
    total: int | None = None
    unit: Literal["bytes", "files"] = "bytes"
    files: tuple[FileProgress, ...] = ()
    sent_bytes: int = 0
    note: str = ""
