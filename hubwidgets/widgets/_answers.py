"""What the controller returns, as the page gets it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from hubwidgets.core.diff import Diff
from hubwidgets.core.repo import RepoInfo
from hubwidgets.core.status import Stage, StatusRow
from hubwidgets.core.tree import TreeEntry
from hubwidgets.protocol import messages as m

if TYPE_CHECKING:
    from hubwidgets.controller import Controller


def my_repos(found: Iterable[RepoInfo]) -> m.MyRepos:
    """Repos to choose from."""
    return m.MyRepos([m.RepoChoice(info.ref.repo_id, info.ref.repo_type, info.visibility) for info in found])


def folder_page(controller: Controller, asked: m.ListFolder, max_entries: int) -> m.FolderPage:
    """One page of one folder."""
    entries, rev = controller.list_folder(asked.path, show_hidden=asked.show_hidden)
    start = max(0, asked.offset)
    page = entries[start : start + min(max(0, asked.limit), max_entries)]
    return m.FolderPage(asked.path, [_folder_entry(entry) for entry in page], start, len(entries), rev)


def _folder_entry(entry: TreeEntry) -> m.FolderEntry:
    row = entry.row
    return m.FolderEntry(
        name=entry.name,
        path=entry.path,
        is_folder=entry.is_folder,
        size_bytes=entry.size_bytes,
        checked=entry.checked,
        can_check=entry.can_check,
        n_files=entry.n_files,
        letter=None if row is None else row.letter,
        upload_mode=None if row is None else row.upload_mode,
        note="" if row is None else row.refused or row.note,
    )


def row_page(controller: Controller, asked: m.ListRows, max_rows: int) -> m.RowPage:
    """One page of one section."""
    rows, stage, rev = controller.list_rows(asked.section, asked.filter)
    start = max(0, asked.offset)
    page = rows[start : start + min(max(0, asked.limit), max_rows)]
    return m.RowPage(asked.section, [_row(row, stage) for row in page], start, len(rows), rev)


def _row(row: StatusRow, stage: Stage) -> m.Row:
    staged = stage.is_staged(row)
    return m.Row(
        path=row.path_in_repo,
        letter="A" if staged and row.letter == "?" else row.letter,
        staged=staged,
        can_stage=row.can_stage,
        size_bytes=row.size_bytes,
        remote_size_bytes=row.remote_size_bytes,
        upload_mode=row.upload_mode,
        reason=row.reason,
        adds_rule=row.adds_rule,
        refused=row.refused or "",
        note=row.note,
    )


def diff_result(path: str, diff: Diff) -> m.DiffResult:
    """A diff; very long lines are cut so that a message stays small."""
    lines = [m.DiffLine(line.tag, line.old, line.new, line.text[:500]) for line in diff.lines]
    return m.DiffResult(path, lines, diff.note, diff.is_truncated)


def change_page(controller: Controller, asked: m.ListChanges, max_changes: int) -> m.ChangePage:
    """Files of the last result."""
    landed = controller.state.publish.landed
    files = landed.files if landed is not None else ()
    start = max(0, asked.offset)
    page = files[start : start + min(max(0, asked.limit), max_changes)]
    changes = [m.Change(file.path_in_repo, file.letter, file.upload_mode, file.size_bytes) for file in page]
    return m.ChangePage(changes, start, len(files))


def card_result(controller: Controller) -> m.CardResult:
    """README.md as it is, or a template where there is none."""
    from hubwidgets.core.card import new_card  # noqa: PLC0415 - loads markdown and nh3 when a card is first shown

    text, etag = controller.read_card()
    if text is not None:
        return _card(controller, text, etag, exists=True)
    form = controller.state.repo.form
    return _card(controller, new_card(form.name or "My model", form.repo_type), "", exists=False)


def card_preview(controller: Controller, text: str) -> m.CardResult:
    """Text that is not saved."""
    etag = hashlib.sha256(text.encode()).hexdigest()
    return _card(controller, text, etag, exists=controller.state.card_exists)


def _card(controller: Controller, text: str, etag: str, *, exists: bool) -> m.CardResult:
    from hubwidgets.core.card import render_card  # noqa: PLC0415 - see above

    chosen = controller.state.repo.chosen

    def resolve_url(path: str) -> str | None:
        return f"{chosen.url}/resolve/{chosen.ref.revision}/{path}" if chosen is not None else None

    card = render_card(text, resolve_url=resolve_url)
    return m.CardResult(
        text=text,
        html=card.html,
        metadata=[m.MetadataRow(row.key, row.label, list(row.values)) for row in card.rows],
        etag=etag,
        exists=exists,
        problem=str(card.problem) if card.problem is not None else "",
        n_blocked_images=card.blocked_images,
    )
