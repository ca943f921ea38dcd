"""Read one bare git repo.

What is read is kept by object id, which names content for good and in every repo alike: the caches never go stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import pygit2
from pygit2.enums import FileMode, ObjectType, Option

from hubwidgets.practice import errors
from hubwidgets.practice.lru import Lru
from hubwidgets.practice.pointers import POINTER_MAX_BYTES, Pointer, parse_pointer

# Refs and objects are on disk when libgit2 says so. A switch of the whole process, which harms no other user of pygit2.
pygit2.option(Option.ENABLE_FSYNC_GITDIR, 1)

_COMMIT_ID: Final = re.compile(r"[0-9a-f]{7,40}")
_BRANCH: Final = "refs/heads/"
_TAG: Final = "refs/tags/"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file or folder of a commit.

    Attributes:
        oid: 40 hex digits of the blob or tree.
        size: bytes of the true content: of an LFS file, what the pointer says; 0 for a folder.
        pointer: set for an LFS file.
        blob_size: bytes of the blob as git stores it; 0 for a folder.
    """

    path: str
    kind: Literal["file", "directory"]
    oid: str
    size: int = 0
    pointer: Pointer | None = None
    blob_size: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All entries of one tree, every folder before what is in it, by path."""

    entries: dict[str, Entry]

    def files(self) -> Iterator[Entry]:
        """The files alone."""
        return (entry for entry in self.entries.values() if entry.kind == "file")

    def below(self, folder: str, *, recursive: bool) -> list[Entry]:
        """What lies in a folder, "" for the top; with `recursive`, in its folders too."""
        if recursive and not folder:
            return list(self.entries.values())
        prefix = f"{folder}/" if folder else ""
        start = len(prefix)
        return [
            entry
            for path, entry in self.entries.items()
            if path.startswith(prefix) and (recursive or "/" not in path[start:])
        ]


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """One commit, for people. `at` is UTC in ISO 8601, as the Hub writes it."""

    oid: str
    title: str
    body: str
    author: str
    at: str


_blobs: Final[Lru[str, tuple[int, Pointer | None]]] = Lru(400_000)
_snapshots: Final[Lru[str, Snapshot]] = Lru(24)


class GitRepo:
    """One open bare repo. Made per request: libgit2 handles are not shared between threads.

    Attributes:
        handle: pygit2's repo.
    """

    def __init__(self, path: Path) -> None:
        try:
            self.handle = pygit2.Repository(str(path))
        except pygit2.GitError:
            # Deleted or moved by another request a moment ago.
            raise errors.repo_not_found() from None

    def find_commit(self, revision: str) -> str | None:
        """The commit a branch, tag, full ref or commit id stands for, as 40 hex digits; None when there is none."""
        if revision == "HEAD":
            revision = "main"
        for name in (_BRANCH + revision, _TAG + revision, revision if revision.startswith("refs/") else ""):
            oid = self.ref_target(name) if name else None
            if oid is not None:
                return oid
        if _COMMIT_ID.fullmatch(revision):
            return self._commit_of(revision)
        return None

    def commit_of(self, revision: str) -> str:
        """The same, or HubError RevisionNotFound."""
        oid = self.find_commit(revision)
        if oid is None:
            raise errors.revision_not_found(revision)
        return oid

    def ref_target(self, name: str) -> str | None:
        """The commit that a full ref name points to, an annotated tag peeled; None when there is no such ref."""
        try:
            reference = self.handle.references.get(name)
            return None if reference is None else str(reference.peel(pygit2.Commit).id)
        except (ValueError, pygit2.GitError):  # not a legal ref name, or it points to no commit
            return None

    def refs(self, prefix: str) -> list[tuple[str, str]]:
        """Name without the prefix, and commit, of all refs below "refs/heads/" or "refs/tags/"."""
        names = sorted(name for name in self.handle.references if name.startswith(prefix))
        found = ((name.removeprefix(prefix), self.ref_target(name)) for name in names)
        return [(name, oid) for name, oid in found if oid is not None]

    def tree_of(self, commit: str) -> str:
        """The tree of a commit, 40 hex digits."""
        return str(self._commit(commit).tree_id)

    def snapshot(self, commit: str) -> Snapshot:
        """Everything in a commit."""
        tree = self.tree_of(commit)
        found = _snapshots.get(tree)
        if found is None:
            found = Snapshot({entry.path: entry for entry in self._walk(self._tree(tree), "")})
            _snapshots.put(tree, found)
        return found

    def entry(self, commit: str, path_in_repo: str) -> Entry | None:
        """One file or folder, or None."""
        return self.snapshot(commit).entries.get(path_in_repo)

    def blob(self, oid: str) -> bytes:
        """Content of a blob as git stores it: of an LFS file, the pointer. Regular files are 10 MB at most."""
        kind, content = self.handle.odb.read(pygit2.Oid(hex=oid))
        if kind != ObjectType.BLOB:
            raise KeyError(oid)
        return content

    def text(self, commit: str, path_in_repo: str) -> str | None:
        """A small regular file as text, or None when it is not there, is a folder or lies in LFS."""
        entry = self.entry(commit, path_in_repo)
        if entry is None or entry.kind != "file" or entry.pointer is not None:
            return None
        return self.blob(entry.oid).decode(errors="replace")

    def history(self, commit: str, *, skip: int = 0, limit: int | None = None) -> list[CommitFacts]:
        """Commits from this one back, newest first."""
        facts: list[CommitFacts] = []
        for index, found in enumerate(self.handle.walk(pygit2.Oid(hex=commit))):
            if limit is not None and index >= skip + limit:
                break
            if index >= skip:
                facts.append(_facts(found))
        return facts

    def facts(self, commit: str) -> CommitFacts:
        """One commit, for people."""
        return _facts(self._commit(commit))

    def parents(self, commit: str) -> list[str]:
        """The parents of a commit."""
        return [str(oid) for oid in self._commit(commit).parent_ids]

    def children(self, tree: str) -> dict[str, tuple[str, bool]]:
        """What a tree holds: oid and whether it is a folder, by name."""
        return {_name(item): (str(item.id), item.filemode == FileMode.TREE) for item in self._tree(tree)}

    def _walk(self, tree: pygit2.Tree, prefix: str) -> Iterator[Entry]:
        for item in tree:
            path, oid = prefix + _name(item), str(item.id)
            if item.filemode == FileMode.TREE:
                yield Entry(path, "directory", oid)
                yield from self._walk(self._tree(oid), path + "/")
            elif item.filemode != FileMode.COMMIT:  # a submodule is not shown
                blob_size, pointer = self._blob_facts(oid)
                yield Entry(path, "file", oid, pointer.size if pointer else blob_size, pointer, blob_size)

    def _blob_facts(self, oid: str) -> tuple[int, Pointer | None]:
        known = _blobs.get(oid)
        if known is None:
            _, size = self.handle.odb.read_header(pygit2.Oid(hex=oid))
            known = (size, parse_pointer(self.blob(oid)) if size <= POINTER_MAX_BYTES else None)
            _blobs.put(oid, known)
        return known

    def _commit_of(self, prefix: str) -> str | None:
        try:
            found = self.handle.get(prefix)
        except ValueError:  # fits several objects
            return None
        return None if found is None or found.type != ObjectType.COMMIT else str(found.id)

    def _commit(self, oid: str) -> pygit2.Commit:
        return self.handle[oid].peel(pygit2.Commit)

    def _tree(self, oid: str) -> pygit2.Tree:
        found = self.handle[oid]
        if not isinstance(found, pygit2.Tree):
            raise KeyError(oid)
        return found


@contextmanager
def open_repo(path: Path) -> Iterator[GitRepo]:
    """Open a repo and close its files afterwards."""
    repo = GitRepo(path)
    try:
        yield repo
    finally:
        repo.handle.free()


def _facts(commit: pygit2.Commit) -> CommitFacts:
    title, _, body = commit.message.partition("\n")
    at = datetime.fromtimestamp(commit.commit_time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return CommitFacts(str(commit.id), title, body.strip("\n"), commit.author.name, at)


def _name(item: pygit2.Object) -> str:
    """A name as text; git allows bytes that are not UTF-8, JSON does not."""
    return bytes(item.raw_name or b"").decode(errors="replace")
