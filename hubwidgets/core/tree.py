"""Rows as a tree of folders, for the file picker."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from hubwidgets.core.status import Stage, StatusRow


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of a folder. For a folder the numbers count all files below; `row` is None."""

    name: str
    path: str
    is_folder: bool
    size_bytes: int
    n_files: int
    checked: Literal["all", "some", "none"]
    can_check: bool
    row: StatusRow | None = None


@dataclass(slots=True)
class _Folder:
    folders: dict[str, _Folder] = field(default_factory=dict)
    rows: dict[str, StatusRow] = field(default_factory=dict)
    size_bytes: int = 0
    n_files: int = 0
    n_stageable: int = 0
    n_staged: int = 0


class FolderTree:
    """An index of the rows that are on this machine; made once per (rows, stage), asked folder by folder."""

    def __init__(self, rows: Iterable[StatusRow], stage: Stage) -> None:
        self._root = _Folder()
        self._stage = stage
        for row in rows:
            if not row.only_on_hub:
                self._add(row)

    def list_folder(self, path: str, *, show_hidden: bool) -> list[TreeEntry]:
        """Return the entries of a folder ("" is the root), folders first, by name; [] for one that is not there."""
        folder = self._root
        for part in path.split("/") if path else ():
            if (inner := folder.folders.get(part)) is None:
                return []
            folder = inner
        prefix = f"{path}/" if path else ""
        entries = [
            self._folder_entry(name, prefix, inner) for name, inner in sorted(folder.folders.items(), key=_by_name)
        ]
        entries += [self._file_entry(name, row) for name, row in sorted(folder.rows.items(), key=_by_name)]
        return [entry for entry in entries if show_hidden or not entry.name.startswith(".")]

    def _add(self, row: StatusRow) -> None:
        *parents, name = row.path_in_repo.rstrip("/").split("/")
        staged, stageable, size = self._stage.is_staged(row), row.can_stage, row.size_bytes or 0
        folder = self._root
        for part in (None, *parents):
            if part is not None:
                folder = folder.folders.setdefault(part, _Folder())
            folder.size_bytes += size
            folder.n_files += 1
            folder.n_stageable += stageable
            folder.n_staged += staged
        folder.rows[name] = row

    @staticmethod
    def _folder_entry(name: str, prefix: str, folder: _Folder) -> TreeEntry:
        checked: Literal["all", "some", "none"] = "some"
        if folder.n_staged == 0:
            checked = "none"
        elif folder.n_staged == folder.n_stageable:
            checked = "all"
        return TreeEntry(
            name=name,
            path=prefix + name,
            is_folder=True,
            size_bytes=folder.size_bytes,
            n_files=folder.n_files,
            checked=checked,
            can_check=folder.n_stageable > 0,
        )

    def _file_entry(self, name: str, row: StatusRow) -> TreeEntry:
        return TreeEntry(
            name=name,
            path=row.path_in_repo,
            is_folder=False,
            size_bytes=row.size_bytes or 0,
            n_files=1,
            checked="all" if self._stage.is_staged(row) else "none",
            can_check=row.can_stage,
            row=row,
        )


def _by_name(item: tuple[str, object]) -> tuple[str, str]:
    return item[0].casefold(), item[0]
