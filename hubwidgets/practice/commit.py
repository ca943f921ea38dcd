"""Land a commit: the rules of the Hub on top of gitwrite."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hubwidgets.practice.accounts import Account
from hubwidgets.practice.attributes import Attributes, lfs_line
from hubwidgets.practice.errors import HubError, repo_not_found, revision_not_found
from hubwidgets.practice.gitrepo import GitRepo
from hubwidgets.practice.gitwrite import Draft, HeadMoved, TreeEdit
from hubwidgets.practice.newrepo import signature
from hubwidgets.practice.pointers import Pointer
from hubwidgets.practice.state import HubState
from hubwidgets.practice.store import Repo

_ATTRIBUTES: Final = ".gitattributes"
_PARENT: Final = re.compile(r"[0-9A-Fa-f]{5,40}")


@dataclass(frozen=True, slots=True)
class PutFile:
    """Add or replace a regular file; `blob` is in the draft."""

    path: str
    blob: str


@dataclass(frozen=True, slots=True)
class PutLfs:
    """Add or replace an LFS file."""

    path: str
    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove a file, or a folder with all in it."""

    path: str
    folder: bool


Change = PutFile | PutLfs | Remove


@dataclass(frozen=True, slots=True)
class CommitOrder:
    """What is to be committed to a branch; `parent` is 5 to 40 hex digits of the commit it must be at, or None."""

    branch: str
    message: str
    parent: str | None
    changes: Sequence[Change]


def attributes_of(git: GitRepo, commit: str, *, top: str | None = None) -> Attributes:
    """The LFS rules of a commit; `top` replaces the topmost `.gitattributes`."""
    paths = [path for path in git.snapshot(commit).entries if path.rpartition("/")[2] == _ATTRIBUTES]
    texts = {path.rpartition("/")[0]: git.text(commit, path) or "" for path in paths}
    return Attributes(texts if top is None else texts | {"": top})


def land(state: HubState, repo: Repo, account: Account, draft: Draft, order: CommitOrder) -> str:
    """Make the commit and move the branch; returns the commit, 40 hex digits.

    When nothing changes no commit is made, and the one that is there is returned. The caller holds the repo's lock.

    Raises:
        HubError: 404, the repo or branch is gone; 412, the branch moved; 400 or 404, a change does not fit.
    """
    now = state.store.find(repo.repo_type, repo.repo_id)
    if now is None or now.key != repo.key:  # deleted or moved while the body came in
        raise repo_not_found()
    ref = f"refs/heads/{order.branch}"
    head = draft.repo.ref_target(ref)
    if head is None:
        raise revision_not_found(order.branch)
    if order.parent is not None and not head.startswith(order.parent.lower()):
        raise _moved()
    edit = TreeEdit(draft.repo, draft.repo.tree_of(head))
    for change in order.changes:
        _apply(edit, draft, change)
    _track(edit, draft, head, order.changes)
    tree = edit.write()
    if tree == draft.repo.tree_of(head):
        return head
    commit = draft.add_commit(tree, [head], order.message, signature(account))
    try:
        draft.publish(ref, commit, head)
    except HeadMoved:
        raise _moved() from None
    return commit


def check_parent(parent: str) -> str:
    """Refuse what cannot be a commit id. Source: huggingface_hub `create_commit`."""
    if not _PARENT.fullmatch(parent):
        raise HubError(400, "“parentCommit” must be 5 to 40 hex digits")
    return parent


def _moved() -> HubError:
    return HubError(412, "A commit has happened since. Please refresh and try again.")


def _apply(edit: TreeEdit, draft: Draft, change: Change) -> None:
    match change:
        case PutFile(path, blob):
            edit.put(path, blob)
        case PutLfs(path, pointer):
            edit.put(path, draft.add_blob(pointer.to_bytes()))
        case Remove(path, folder):
            edit.remove(path, folder=folder)


def _track(edit: TreeEdit, draft: Draft, head: str, changes: Sequence[Change]) -> None:
    """Give each LFS file that no rule covers its line in `.gitattributes`; else git would take the pointer for it."""
    lfs_paths = [change.path for change in changes if isinstance(change, PutLfs)]
    if not lfs_paths:
        return
    attributes = _attributes_after(edit, draft.repo, head, changes)
    missing: dict[str, list[str]] = {}
    for path in dict.fromkeys(lfs_paths):
        if not attributes.is_lfs(path):
            missing.setdefault(attributes.deciding_folder(path), []).append(path)
    for folder, paths in missing.items():
        file = f"{folder}/{_ATTRIBUTES}" if folder else _ATTRIBUTES
        blob = edit.blob(file)
        before = draft.repo.blob(blob) if blob else b""
        if before and not before.endswith(b"\n"):
            before += b"\n"
        lines = "".join(lfs_line(path[len(folder) + 1 :] if folder else path) for path in paths)
        edit.put(file, draft.add_blob(before + lines.encode()))


def _attributes_after(edit: TreeEdit, git: GitRepo, head: str, changes: Sequence[Change]) -> Attributes:
    """The rules as they will be after the changes."""
    paths = {*git.snapshot(head).entries, *(change.path for change in changes)}
    texts = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if name == _ATTRIBUTES and (blob := edit.blob(path)) is not None:
            texts[folder] = git.blob(blob).decode(errors="replace")
    return Attributes(texts)
