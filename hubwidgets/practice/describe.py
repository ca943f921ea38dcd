"""What the Hub's API says of repos and their files, as JSON values."""

from __future__ import annotations

from typing import Any

from hubwidgets.practice.card import card_data, tags_of
from hubwidgets.practice.errors import revision_not_found
from hubwidgets.practice.gitrepo import CommitFacts, Entry, open_repo
from hubwidgets.practice.state import HubState
from hubwidgets.practice.store import Repo


def describe(state: HubState, repo: Repo, revision: str | None = None, *, blobs: bool = False) -> dict[str, Any]:
    """A repo at a revision; `blobs` adds sizes and ids to `siblings`.

    Without a revision the main branch is meant, and a repo that lost it is described as empty.

    Raises:
        HubError: 404 RevisionNotFound.
    """
    with open_repo(state.store.repo_path(repo)) as git:
        commit = git.find_commit(revision or "main")
        if commit is None:
            if revision is not None:
                raise revision_not_found(revision)
            return _describe(repo, None, repo.created_at, [], {})
        files = list(git.snapshot(commit).files())
        siblings = [_sibling(entry, blobs=blobs) for entry in files]
        card = card_data(git.text(commit, "README.md"))
        info = _describe(repo, commit, git.facts(commit).at, siblings, card)
        info["usedStorage"] = sum(entry.size for entry in files)
        return info


def describe_entry(state: HubState, entry: Entry, last: CommitFacts | None = None) -> dict[str, Any]:
    """One line of a tree; `last` adds the commit that changed it."""
    item: dict[str, Any] = {"type": entry.kind, "oid": entry.oid, "size": entry.size, "path": entry.path}
    if entry.pointer is not None:
        item["lfs"] = {"oid": entry.pointer.oid, "size": entry.pointer.size, "pointerSize": entry.blob_size}
        xet_hash = state.xet.hash_of(entry.pointer.oid)
        if xet_hash is not None:
            item["xetHash"] = xet_hash
    if last is not None:
        item["lastCommit"] = {"id": last.oid, "title": last.title, "date": last.at}
    return item


def _describe(
    repo: Repo, commit: str | None, modified_at: str, siblings: list[dict[str, Any]], card: dict[str, Any]
) -> dict[str, Any]:
    info: dict[str, Any] = {
        "_id": repo.key,
        "id": repo.repo_id,
        "author": repo.namespace,
        "sha": commit,
        "lastModified": modified_at,
        "createdAt": repo.created_at,
        "private": repo.visibility == "private",
        "visibility": repo.visibility,
        "gated": False,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": tags_of(card),
        "cardData": card,
        "siblings": siblings,
        "usedStorage": 0,
    }
    if repo.repo_type == "model":
        info["modelId"] = repo.repo_id
        info.update({key: card[key] for key in ("library_name", "pipeline_tag") if isinstance(card.get(key), str)})
    if repo.repo_type == "space":
        sdk = card.get("sdk", repo.sdk)
        info["sdk"] = sdk
        info["runtime"] = {"stage": "NO_APP_FILE", "hardware": {"current": None, "requested": None}}
    return info


def _sibling(entry: Entry, *, blobs: bool) -> dict[str, Any]:
    item: dict[str, Any] = {"rfilename": entry.path}
    if blobs:
        item |= {"size": entry.size, "blobId": entry.oid}
        if entry.pointer is not None:
            item["lfs"] = {
                "sha256": entry.pointer.oid,
                "size": entry.pointer.size,
                "pointerSize": entry.blob_size,
            }
    return item
