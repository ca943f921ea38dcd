"""What PracticeHub offers to tests beside HTTP: a commit behind the client's back, and the true content of a repo."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from hubwidgets.core.repo import RepoType
from hubwidgets.practice.accounts import Account
from hubwidgets.practice.commit import CommitOrder, PutFile, PutLfs, attributes_of, land
from hubwidgets.practice.errors import repo_not_found
from hubwidgets.practice.gitrepo import open_repo
from hubwidgets.practice.gitwrite import open_draft
from hubwidgets.practice.pointers import Pointer
from hubwidgets.practice.state import HubState
from hubwidgets.practice.store import Repo

_COMMITTER: Final = "bob"


def commit_file(state: HubState, repo_type: RepoType, repo_id: str, *, path: str, content: bytes, revision: str) -> str:
    """Commit one file as another person; returns the commit."""
    repo = _find(state, repo_type, repo_id)
    user = state.accounts.user(_COMMITTER) or state.accounts.users[0]
    with open_draft(state.store.repo_path(repo), state.store.tmp) as draft:
        is_lfs = attributes_of(draft.repo, draft.repo.commit_of(revision)).is_lfs(path)
        change = PutLfs(path, _store_lfs(state, content)) if is_lfs else PutFile(path, draft.add_blob(content))
        order = CommitOrder(revision, f"Add {path}", None, [change])
        with state.locks.hold(repo.key):
            return land(state, repo, Account(user, user.tokens[0]), draft, order)


def read_tree(state: HubState, repo_type: RepoType, repo_id: str, *, revision: str) -> dict[str, str]:
    """SHA-256 of every file's true content by path, computed from what is on disk."""
    repo = _find(state, repo_type, repo_id)
    with open_repo(state.store.repo_path(repo)) as git:
        return {
            entry.path: _sha256_of(state.lfs.path(entry.pointer.oid))
            if entry.pointer
            else hashlib.sha256(git.blob(entry.oid)).hexdigest()
            for entry in git.snapshot(git.commit_of(revision)).files()
        }


def _find(state: HubState, repo_type: RepoType, repo_id: str) -> Repo:
    repo = state.store.find(repo_type, repo_id)
    if repo is None:
        raise repo_not_found()
    return repo


def _store_lfs(state: HubState, content: bytes) -> Pointer:
    pointer = Pointer(hashlib.sha256(content).hexdigest(), len(content))
    if not state.lfs.has(pointer.oid):
        with state.lfs.begin(pointer.oid, pointer.size) as writer:
            writer.write(content)
            writer.finish()
    return pointer


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
