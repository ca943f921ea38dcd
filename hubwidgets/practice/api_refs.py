"""Branches and tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pygit2
from anyio import to_thread
from pygit2.enums import ObjectType
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hubwidgets.practice.api_common import API, ok, read_json, readable, text_field, writable
from hubwidgets.practice.errors import HubError, revision_not_found
from hubwidgets.practice.gitrepo import GitRepo, open_repo
from hubwidgets.practice.gitwrite import HeadMoved, move_ref
from hubwidgets.practice.newrepo import signature
from hubwidgets.practice.state import HubState
from hubwidgets.practice.store import Repo

_HEADS: Final = "refs/heads/"
_TAGS: Final = "refs/tags/"
_CONVERTS: Final = "refs/convert/"
_PULLS: Final = "refs/pr/"


def routes(state: HubState) -> list[BaseRoute]:
    """Routes of this module."""
    api = _RefsApi(state)
    return [
        Route(API + "/refs", api.refs),
        Route(API + "/branch/{branch:seg}", api.create_branch, methods=["POST"]),
        Route(API + "/branch/{branch:seg}", api.delete_branch, methods=["DELETE"]),
        Route(API + "/tag/{revision:seg}", api.create_tag, methods=["POST"]),
        Route(API + "/tag/{tag:seg}", api.delete_tag, methods=["DELETE"]),
    ]


class _RefsApi:
    def __init__(self, state: HubState) -> None:
        self._state = state

    async def refs(self, request: Request) -> Response:
        """GET .../refs ?include_prs=1."""
        repo = readable(self._state, request)

        def read() -> dict[str, Any]:
            with open_repo(self._state.store.repo_path(repo)) as git:
                found = {"branches": _refs(git, _HEADS), "converts": _refs(git, _CONVERTS), "tags": _refs(git, _TAGS)}
                if request.query_params.get("include_prs"):
                    found["pullRequests"] = _refs(git, _PULLS)
                return found

        return ok(await to_thread.run_sync(read))

    async def create_branch(self, request: Request) -> Response:
        """POST .../branch/{branch} {startingPoint}."""
        _, repo = writable(self._state, request)
        branch = request.path_params["branch"]
        start = text_field(await read_json(request), "startingPoint", "main")

        def create(git: GitRepo) -> None:
            _create(git, _HEADS + _legal(branch), git.commit_of(start), f"Branch {branch} already exists")

        await self._change(repo, create)
        return ok()

    async def delete_branch(self, request: Request) -> Response:
        """DELETE .../branch/{branch}."""
        _, repo = writable(self._state, request)
        branch = request.path_params["branch"]
        if branch == "main":
            raise HubError(403, "The main branch cannot be deleted")
        await self._change(repo, lambda git: _delete(git, _HEADS + branch, branch))
        return ok()

    async def create_tag(self, request: Request) -> Response:
        """POST .../tag/{revision} {tag, message}."""
        account, repo = writable(self._state, request)
        body = await read_json(request)
        tag, message = text_field(body, "tag"), text_field(body, "message", "")
        if "\0" in message:
            raise HubError(400, "“message” contains NUL")

        def create(git: GitRepo) -> None:
            target = git.commit_of(request.path_params["revision"])
            ref = _TAGS + _legal(tag)
            if message and git.ref_target(ref) is None:
                oid = pygit2.Oid(hex=target)
                git.handle.create_tag(tag, oid, ObjectType.COMMIT, signature(account), message)
            else:
                _create(git, ref, target, f"Tag {tag} already exists")

        await self._change(repo, create)
        return ok()

    async def delete_tag(self, request: Request) -> Response:
        """DELETE .../tag/{tag}."""
        _, repo = writable(self._state, request)
        tag = request.path_params["tag"]
        await self._change(repo, lambda git: _delete(git, _TAGS + tag, tag))
        return ok()

    async def _change(self, repo: Repo, change: Callable[[GitRepo], None]) -> None:
        def run() -> None:
            with open_repo(self._state.store.repo_path(repo)) as git:
                change(git)

        async with self._state.locks.hold_async(repo.key):
            await to_thread.run_sync(run)


def _refs(git: GitRepo, prefix: str) -> list[dict[str, str]]:
    return [{"name": name, "ref": prefix + name, "targetCommit": oid} for name, oid in git.refs(prefix)]


def _legal(name: str) -> str:
    """A name that git allows and that means nothing else; else 400."""
    try:
        legal = pygit2.reference_is_valid_name(_HEADS + name)
    except ValueError:  # NUL, or a lone surrogate
        legal = False
    if not legal or name.startswith(("refs/", "-")) or name == "HEAD":
        raise HubError(400, f"Invalid reference for a branch or tag: {name!r}")
    return name


def _create(git: GitRepo, ref: str, target: str, exists: str) -> None:
    if git.ref_target(ref) is not None:
        raise HubError(409, exists)
    try:
        move_ref(git, ref, target, None)
    except HeadMoved:  # "a" and "a/b" cannot both be
        raise HubError(409, f"Another branch or tag is in the way of {ref}") from None


def _delete(git: GitRepo, ref: str, name: str) -> None:
    if git.ref_target(ref) is None:
        raise revision_not_found(name)
    git.handle.references.delete(ref)
