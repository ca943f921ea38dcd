"""Plans and sizes as people read them, in a terminal and in a notebook without our page."""

from __future__ import annotations

from html import escape
from typing import Final

from hubwidgets.core.status import CommitPlan, StatusRow

_MAX_ROWS: Final = 40
_WORDS: Final = {"?": "add", "A": "add", "M": "change", "T": "change", "R": "rename", "D": "delete"}
_CLASSES: Final = {"lfs": "LFS", "regular": "Git", None: ""}


def format_bytes(n_bytes: int) -> str:
    """Return a size with one digit after the point, in powers of 1,000: "687 B", "432.9 MB"."""
    size = float(n_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:  # noqa: PLR2004 - the base of the units
            return f"{n_bytes} B" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def plan_title(plan: CommitPlan) -> str:
    """Return the plan in one sentence."""
    counts = [f"{len(plan.additions)} to send ({format_bytes(plan.total_bytes)})"]
    if plan.deletions:
        counts.append(f"{len(plan.deletions)} to delete")
    counts.append(f"{plan.unchanged} up to date")
    if plan.left_out:
        counts.append(f"{plan.left_out} left out")
    create = "create it, then " if plan.creates_repo else ""
    head = f" on top of {plan.parent_commit[:7]}" if plan.parent_commit else ""
    where = f"{plan.repo.repo_type} {plan.repo.repo_id}, {plan.repo.revision}"
    return f"{where}: {create}one commit{head} by {plan.backend}: {', '.join(counts)}"


def plan_text(plan: CommitPlan) -> str:
    """Return the plan as lines of text, long ones cut with a count of the rest."""
    if not plan.rows:
        return f"{plan_title(plan)}\n  nothing to publish"
    lines = [plan_title(plan)]
    lines += [
        f"  {_WORDS[row.letter]:<7}{_CLASSES[row.upload_mode]:<4}{_size(row):>9}  {row.path_in_repo}{_why(row)}"
        for row in plan.rows[:_MAX_ROWS]
    ]
    if len(plan.rows) > _MAX_ROWS:
        lines.append(f"  … and {len(plan.rows) - _MAX_ROWS} more")
    return "\n".join(lines)


def plan_html(plan: CommitPlan) -> str:
    """Return the plan as an HTML table without script or style sheets; all names are escaped."""
    rows = "".join(
        f"<tr><td>{_WORDS[row.letter]}</td><td>{_CLASSES[row.upload_mode]}</td>"
        f'<td style="text-align:right">{_size(row)}</td>'
        f'<td style="text-align:left"><code>{escape(row.path_in_repo)}</code></td>'
        f'<td style="text-align:left">{escape(_why(row).strip(" ()"))}</td></tr>'
        for row in plan.rows[:_MAX_ROWS]
    )
    if len(plan.rows) > _MAX_ROWS:
        rows += f'<tr><td colspan="5">… and {len(plan.rows) - _MAX_ROWS} more</td></tr>'
    head = "<tr><th></th><th>Class</th><th>Size</th><th>Path</th><th>Why</th></tr>"
    table = f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if plan.rows else "<p>Nothing to publish.</p>"
    return f"<p>{escape(plan_title(plan))}</p>{table}"


def _size(row: StatusRow) -> str:
    size = row.size_bytes if row.size_bytes is not None else row.remote_size_bytes
    return "" if size is None else format_bytes(size)


def _why(row: StatusRow) -> str:
    reasons = [
        part for part in (row.reason, "adds a rule to .gitattributes" if row.adds_rule else "", row.note) if part
    ]
    return f"  ({'; '.join(reasons)})" if reasons else ""
