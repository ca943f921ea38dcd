"""A new repo and its first commit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pygit2

from hubwidgets.core.repo import RepoType
from hubwidgets.practice.accounts import Account
from hubwidgets.practice.attributes import default_gitattributes
from hubwidgets.practice.gitrepo import open_repo
from hubwidgets.practice.gitwrite import TreeEdit, init_bare, move_ref
from hubwidgets.practice.state import HubState
from hubwidgets.practice.store import Repo, Visibility

_CARD: Final = """---
title: {title}
emoji: 🐨
colorFrom: blue
colorTo: green
sdk: {sdk}
pinned: false
---

Check out the configuration reference at https://huggingface.co/docs/hub/spaces-config-reference
"""


@dataclass(frozen=True, slots=True)
class NewRepo:
    """What is asked for; `sdk` counts for a Space only."""

    repo_type: RepoType
    repo_id: str
    visibility: Visibility
    sdk: str | None


def create_repo(state: HubState, account: Account, new: NewRepo) -> Repo:
    """Make a repo that holds the Hub's first commit: `.gitattributes`, and the card of a Space.

    Raises:
        RepoExists: the name is taken.
    """
    files = {".gitattributes": default_gitattributes(new.repo_type)}
    if new.repo_type == "space":
        title = new.repo_id.partition("/")[2].replace("-", " ").replace("_", " ").title()
        files["README.md"] = _CARD.format(title=title, sdk=new.sdk).encode()

    def fill(path: Path) -> None:
        init_bare(path)
        with open_repo(path) as repo:
            edit = TreeEdit(repo, None)
            for name, content in files.items():
                edit.put(name, str(repo.handle.create_blob(content)))
            author = signature(account)
            tree = pygit2.Oid(hex=edit.write())
            commit = repo.handle.create_commit(None, author, author, "initial commit", tree, [])
            move_ref(repo, "refs/heads/main", str(commit), None)

    return state.store.create(
        new.repo_type,
        new.repo_id,
        visibility=new.visibility,
        sdk=new.sdk if new.repo_type == "space" else None,
        fill=fill,
    )


def signature(account: Account) -> pygit2.Signature:
    """Who stands in a commit, now."""
    return pygit2.Signature(account.name, account.email, int(time.time()), 0)
