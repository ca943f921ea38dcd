"""Write to a bare git repo so that a change is visible whole or not at all.

New objects are made in a folder of their own, brought to disk, moved into the repo; only then does the ref move, by
git's own compare-and-swap. A kill at any moment leaves objects that nobody names, and nothing else.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import FileMode

from hubwidgets.practice.errors import HubError, entry_not_found
from hubwidgets.practice.files import sync_folder
from hubwidgets.practice.gitrepo import GitRepo

_FIRST: Final = 20  # asked before git's own backends, and so also written to
_ZLIB_LEVEL: Final = 1
_FSYNC_THREADS: Final = 8  # the file system writes them as one group


class HeadMoved(Exception):
    """The branch is not where it was."""


def init_bare(path: Path) -> None:
    """Make an empty bare repo with `main` as its branch to come."""
    handle = pygit2.init_repository(str(path), bare=True, initial_head="main")
    # Housekeeping would run on its own, after the request that caused it, and outlive the Hub.
    handle.config["gc.auto"] = "0"
    handle.config["core.fsync"] = "committed,loose-object,reference"
    handle.free()


class Draft:
    """Objects on their way into a repo.

    Attributes:
        repo: the repo, which for this draft alone holds the new objects too.
    """

    def __init__(self, repo: GitRepo, repo_path: Path, quarantine: Path) -> None:
        self.repo = repo
        self._objects = repo_path / "objects"
        self._quarantine = quarantine
        repo.handle.odb.add_backend(pygit2.OdbBackendLoose(str(quarantine), _ZLIB_LEVEL, False), _FIRST)  # noqa: FBT003 - no keywords there

    def add_blob(self, content: bytes) -> str:
        """Store content; returns 40 hex digits.

        Written by hand, since libgit2 would bring each blob to disk by itself: ten times slower than all in one go.
        Source: git's gitformat-loose, `blob <size>`, NUL, content, in zlib.
        """
        head = b"blob %d\0" % len(content)
        oid = hashlib.sha1(head + content, usedforsecurity=False).hexdigest()
        path = self._quarantine / oid[:2] / oid[2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(head + content, _ZLIB_LEVEL))
            path.chmod(0o444)
        return oid

    def add_commit(self, tree: str, parents: list[str], message: str, author: pygit2.Signature) -> str:
        """Make a commit object; returns 40 hex digits."""
        oids: list[pygit2.Oid | str] = [pygit2.Oid(hex=parent) for parent in parents]
        return str(self.repo.handle.create_commit(None, author, author, message, pygit2.Oid(hex=tree), oids))

    def publish(self, ref: str, new: str, old: str | None) -> None:
        """Bring the objects to disk and into the repo, then move the ref.

        Raises:
            HeadMoved: the ref is not at `old` any more; nothing is visible.
        """
        self._settle()
        move_ref(self.repo, ref, new, old)

    def _settle(self) -> None:
        made = [path for path in self._quarantine.glob("??/*") if len(path.name) == 38]  # noqa: PLR2004 - SHA-1 in hex, less two
        with ThreadPoolExecutor(_FSYNC_THREADS) as pool:
            list(pool.map(_sync_file, made))
        folders = {self._objects / path.parent.name for path in made}
        for folder in folders:
            folder.mkdir(exist_ok=True)
        for path in made:
            path.rename(self._objects / path.parent.name / path.name)
        for folder in [*folders, self._objects]:
            sync_folder(folder)


@contextmanager
def open_draft(repo_path: Path, tmp: Path) -> Iterator[Draft]:
    """A draft whose left-overs go when the block ends."""
    quarantine = tmp / f"draft-{secrets.token_hex(8)}"
    quarantine.mkdir()
    repo = GitRepo(repo_path)
    try:
        yield Draft(repo, repo_path, quarantine)
    finally:
        repo.handle.free()
        shutil.rmtree(quarantine)


def move_ref(repo: GitRepo, ref: str, new: str, old: str | None) -> None:
    """Move a ref from `old`, None for a new ref, to `new`.

    Raises:
        HeadMoved: it is not at `old`.
    """
    try:
        if old is None:
            repo.handle.references.create(ref, pygit2.Oid(hex=new))
            return
        reference = repo.handle.references.get(ref)
        if reference is None or str(reference.target) != old:
            raise HeadMoved(ref)
        # libgit2 compares again with what it read, under git's own lock file: no push can slip in between.
        reference.set_target(pygit2.Oid(hex=new))
    except (pygit2.AlreadyExistsError, pygit2.GitError) as error:
        raise HeadMoved(ref) from error


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(slots=True)
class _Folder:
    """A folder as it will be: what `base` (a tree, None for an empty one) holds, overlaid with `changed`.

    A change is a folder, a blob's oid, or None for what is gone.
    """

    base: str | None
    changed: dict[str, _Folder | str | None] = field(default_factory=dict)


class TreeEdit:
    """A tree, and changes to it applied one after the other."""

    def __init__(self, repo: GitRepo, tree: str | None) -> None:
        self._repo = repo
        self._root = _Folder(tree)
        self._known: dict[str, dict[str, tuple[str, bool]]] = {}

    def put(self, path_in_repo: str, blob: str) -> None:
        """Add or replace a file.

        Raises:
            HubError: 400, a file stands where a folder is needed, or the other way round.
        """
        folder = self._root
        *parents, name = path_in_repo.split("/")
        for depth, parent in enumerate(parents):
            child = self._child(folder, parent)
            if isinstance(child, str):
                raise HubError(
                    400, f"{'/'.join(parents[: depth + 1])} is a file: {path_in_repo} cannot be added below it"
                )
            if child is None:
                child = _Folder(None)
            folder.changed[parent] = child
            folder = child
        if self._is_folder(self._child(folder, name)):
            raise HubError(400, f"{path_in_repo} is a folder: a file of that name cannot be added")
        folder.changed[name] = blob

    def remove(self, path_in_repo: str, *, folder: bool) -> None:
        """Remove a file or a folder with all in it.

        Raises:
            HubError: 404 EntryNotFound, there is no such file or folder.
        """
        at = self._root
        *parents, name = path_in_repo.split("/")
        for parent in parents:
            child = self._child(at, parent)
            if not isinstance(child, _Folder):
                raise entry_not_found(path_in_repo)
            at.changed[parent] = child
            at = child
        target = self._child(at, name)
        if not (self._is_folder(target) if folder else isinstance(target, str)):
            raise entry_not_found(path_in_repo)
        at.changed[name] = None

    def blob(self, path_in_repo: str) -> str | None:
        """The file as it will be: the blob's oid, or None."""
        at: _Folder | str | None = self._root
        for name in path_in_repo.split("/"):
            at = self._child(at, name) if isinstance(at, _Folder) else None
        return at if isinstance(at, str) else None

    def write(self) -> str:
        """Write the trees that changed; returns the top one."""
        return self._write(self._root) or str(self._repo.handle.TreeBuilder().write())

    def _child(self, folder: _Folder, name: str) -> _Folder | str | None:
        if name in folder.changed:
            return folder.changed[name]
        known = self._base(folder).get(name)
        if known is None:
            return None
        oid, is_folder = known
        return _Folder(oid) if is_folder else oid

    def _is_folder(self, child: _Folder | str | None) -> bool:
        """Whether it is a folder with something in it: git has no empty ones."""
        if not isinstance(child, _Folder):
            return False
        if any(isinstance(kept, str) or self._is_folder(kept) for kept in child.changed.values()):
            return True
        return any(name not in child.changed for name in self._base(child))

    def _base(self, folder: _Folder) -> dict[str, tuple[str, bool]]:
        if folder.base is None:
            return {}
        if folder.base not in self._known:
            self._known[folder.base] = self._repo.children(folder.base)
        return self._known[folder.base]

    def _write(self, folder: _Folder) -> str | None:
        if not folder.changed:
            return folder.base
        handle = self._repo.handle
        builder = handle.TreeBuilder(pygit2.Oid(hex=folder.base)) if folder.base else handle.TreeBuilder()
        for name, child in folder.changed.items():
            oid = self._write(child) if isinstance(child, _Folder) else child
            if oid is None:
                if builder.get(name) is not None:
                    builder.remove(name)
                continue
            mode = FileMode.TREE if isinstance(child, _Folder) else _file_mode(builder, name)
            builder.insert(name, pygit2.Oid(hex=oid), mode)
        return str(builder.write()) if len(builder) else None


def _file_mode(builder: pygit2.TreeBuilder, name: str) -> FileMode:
    """A program stays a program when its content is replaced."""
    before = builder.get(name)
    is_program = before is not None and before.filemode == FileMode.BLOB_EXECUTABLE
    return FileMode.BLOB_EXECUTABLE if is_program else FileMode.BLOB
