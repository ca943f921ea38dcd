"""How two versions of a text differ."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final, Literal

MAX_LINES: Final = 2000
MAX_TEXT_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line; `old` and `new` count from 1, None where the line is not there."""

    tag: Literal[" ", "+", "-", "@"]
    old: int | None
    new: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Diff:
    """`lines` is empty for what is no text; then `note` says what it is."""

    lines: tuple[DiffLine, ...]
    note: str = ""
    is_truncated: bool = False


def is_text(blob: bytes) -> bool:
    """Whether git would show this as text: no NUL in the first 8,000 bytes."""
    return b"\0" not in blob[:8000]


def make_diff(old: bytes | None, new: bytes | None, *, max_lines: int = MAX_LINES) -> Diff:
    """Return the unified difference with three lines of context; None means that the file is not there."""
    if not is_text(old or b"") or not is_text(new or b""):
        return Diff((), "A binary file: no lines to compare.")
    if old == new:
        return Diff((), "No difference.")
    before = (old or b"").decode("utf-8", "replace").splitlines()
    after = (new or b"").decode("utf-8", "replace").splitlines()
    lines: list[DiffLine] = []
    for group in difflib.SequenceMatcher(None, before, after, autojunk=len(before) > MAX_LINES).get_grouped_opcodes(3):
        lines += _hunk(before, after, group)
        if len(lines) > max_lines:
            return Diff(tuple(lines[:max_lines]), is_truncated=True)
    if not lines:
        return Diff((), "Only line endings differ." if old and new else "An empty file.")
    return Diff(tuple(lines))


def _hunk(before: list[str], after: list[str], group: list[tuple[str, int, int, int, int]]) -> list[DiffLine]:
    first, last = group[0], group[-1]
    head = f"@@ -{_span(first[1], last[2])} +{_span(first[3], last[4])} @@"
    lines = [DiffLine("@", None, None, head)]
    for tag, old_start, old_end, new_start, new_end in group:
        if tag == "equal":
            pairs = zip(range(old_start, old_end), range(new_start, new_end), strict=True)
            lines += [DiffLine(" ", old + 1, new + 1, before[old]) for old, new in pairs]
            continue
        lines += [DiffLine("-", old + 1, None, before[old]) for old in range(old_start, old_end)]
        lines += [DiffLine("+", None, new + 1, after[new]) for new in range(new_start, new_end)]
    return lines


def _span(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
