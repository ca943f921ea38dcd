"""Which commit changed each path last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hubwidgets.practice.gitrepo import GitRepo
from hubwidgets.practice.lru import Lru

_known: Final[Lru[str, dict[str, str]]] = Lru(8)


def last_commits(repo: GitRepo, commit: str) -> dict[str, str]:
    """The commit that changed each file and folder last, by path, as seen from a commit; not to be changed.

    Follows first parents: what a merge brought in, the merge changed. Paths that are gone may be in it.
    """
    done = _known.get(commit)
    if done is not None:
        return done
    chain: list[str] = []
    at: str | None = commit
    found: dict[str, str] = {}
    while at is not None:
        known = _known.get(at)
        if known is not None:
            found = dict(known)
            break
        chain.append(at)
        at = next(iter(repo.parents(at)), None)
    tree = repo.tree_of(at) if at is not None else None
    for oid in reversed(chain):
        before, tree = tree, repo.tree_of(oid)
        found.update((path, oid) for path in changed_paths(repo, before, tree))
    _known.put(commit, found)
    return found


def changed_paths(repo: GitRepo, before: str | None, after: str, prefix: str = "") -> Iterator[str]:
    """Files and folders of the tree `after` that are not the same in `before`; equal folders are not entered."""
    if before == after:
        return
    old = repo.children(before) if before else {}
    for name, (oid, is_folder) in repo.children(after).items():
        if old.get(name) == (oid, is_folder):
            continue
        yield prefix + name
        if is_folder:
            old_oid, was_folder = old.get(name, ("", False))
            yield from changed_paths(repo, old_oid if was_folder else None, oid, f"{prefix}{name}/")
