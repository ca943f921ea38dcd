"""What is in a repo: info, tree, paths-info, commits; and what a card's metadata is worth."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from hubwidgets.practice.api_common import (
    API,
    next_link,
    number,
    ok,
    page_of,
    read_body,
    read_json,
    readable,
    text_field,
    wants,
)
from hubwidgets.practice.card import validate
from hubwidgets.practice.describe import describe, describe_entry
from hubwidgets.practice.errors import HubError, entry_not_found
from hubwidgets.practice.gitrepo import CommitFacts, Entry, GitRepo, open_repo
from hubwidgets.practice.history import last_commits
from hubwidgets.practice.state import HubState
from hubwidgets.practice.store import Repo

_TREE_PAGE: Final = 1000
_EXPANDED_TREE_PAGE: Final = 100  # smaller, as on the Hub: each line costs a look into history there
_COMMITS_PAGE: Final = 50


def routes(state: HubState) -> list[BaseRoute]:
    """Routes of this module."""
    api = _ContentApi(state)
    return [
        Route("/api/validate-yaml", api.validate_yaml, methods=["POST"]),
        Route(API, api.info),
        Route(API + "/revision/{revision:seg}", api.info),
        Route(API + "/tree/{revision:seg}", api.tree),
        Route(API + "/tree/{revision:seg}/{path:rest}", api.tree),
        Route(API + "/paths-info/{revision:seg}", api.paths_info, methods=["POST"]),
        Route(API + "/commits/{revision:seg}", api.commits),
    ]


class _ContentApi:
    def __init__(self, state: HubState) -> None:
        self._state = state

    async def info(self, request: Request) -> Response:
        """GET /api/{type}s/{id}[/revision/{revision}] ?blobs&expand."""
        repo = readable(self._state, request)
        revision = request.path_params.get("revision")
        blobs = wants(request, "blobs")
        info = await to_thread.run_sync(lambda: describe(self._state, repo, revision, blobs=blobs))
        if expand := set(request.query_params.getlist("expand")):
            info = {key: value for key, value in info.items() if key in expand | {"_id", "id"}}
        return ok(info)

    async def tree(self, request: Request) -> Response:
        """GET .../tree/{revision}[/{path}] ?recursive&expand&limit&cursor."""
        repo = readable(self._state, request)
        return await to_thread.run_sync(self._tree, request, repo)

    def _tree(self, request: Request, repo: Repo) -> Response:
        folder = request.path_params.get("path", "").strip("/")
        expand = wants(request, "expand")
        with open_repo(self._state.store.repo_path(repo)) as git:
            commit = git.commit_of(request.path_params["revision"])
            snapshot = git.snapshot(commit)
            if folder and getattr(snapshot.entries.get(folder), "kind", None) != "directory":
                raise entry_not_found(folder)
            entries = snapshot.below(folder, recursive=wants(request, "recursive"))
            page_size = _EXPANDED_TREE_PAGE if expand else _TREE_PAGE
            page, headers = page_of(request, self._state, entries, page_size)
            return ok(self._describe(git, commit, page, expand=expand), headers)

    async def paths_info(self, request: Request) -> Response:
        """POST .../paths-info/{revision}, a form `paths=..&paths=..&expand=..` or the same as JSON."""
        repo = readable(self._state, request)
        paths, expand = _asked_paths(request, await read_body(request))
        return await to_thread.run_sync(self._paths_info, request, repo, paths, expand)

    def _paths_info(self, request: Request, repo: Repo, paths: list[str], expand: bool) -> Response:  # noqa: FBT001 - called by position on a thread
        with open_repo(self._state.store.repo_path(repo)) as git:
            commit = git.commit_of(request.path_params["revision"])
            entries = git.snapshot(commit).entries
            found = [entries[path] for path in dict.fromkeys(path.strip("/") for path in paths) if path in entries]
            return ok(self._describe(git, commit, found, expand=expand))

    def _describe(self, git: GitRepo, commit: str, entries: Iterable[Entry], *, expand: bool) -> list[dict[str, Any]]:
        if not expand:
            return [describe_entry(self._state, entry) for entry in entries]
        changed_by = last_commits(git, commit)
        facts: dict[str, CommitFacts] = {}
        described = []
        for entry in entries:
            oid = changed_by[entry.path]
            if oid not in facts:
                facts[oid] = git.facts(oid)
            described.append(describe_entry(self._state, entry, facts[oid]))
        return described

    async def commits(self, request: Request) -> Response:
        """GET .../commits/{revision} ?p&limit&expand[]=formatted."""
        repo = readable(self._state, request)
        return await to_thread.run_sync(self._commits, request, repo)

    def _commits(self, request: Request, repo: Repo) -> Response:
        limit = min(number(request, "limit", _COMMITS_PAGE), 1000) or _COMMITS_PAGE
        page = number(request, "p", 0)
        formatted = "formatted" in request.query_params.getlist("expand[]")
        with open_repo(self._state.store.repo_path(repo)) as git:
            commit = git.commit_of(request.path_params["revision"])
            found = git.history(commit, skip=page * limit, limit=limit + 1)
        headers = next_link(request, self._state, "p", page + 1) if len(found) > limit else {}
        return ok([_commit(facts, formatted=formatted) for facts in found[:limit]], headers)

    async def validate_yaml(self, request: Request) -> Response:
        """POST /api/validate-yaml {content, repoType}: 400 when there is an error; no account needed."""
        body = await read_json(request)
        warnings, errors = await to_thread.run_sync(
            validate, text_field(body, "content"), text_field(body, "repoType", "model")
        )
        answer = {
            "warnings": [{"message": message} for message in warnings],
            "errors": [{"message": message} for message in errors],
        }
        return JSONResponse(answer, 400 if errors else 200)


def _asked_paths(request: Request, body: bytes) -> tuple[list[str], bool]:
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            asked = json.loads(body)
            paths, expand = asked["paths"], bool(asked.get("expand"))
        else:
            form = parse_qs(body.decode(), keep_blank_values=True)
            paths, expand = form.get("paths", []), form.get("expand", [""])[-1].lower() in {"true", "1"}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise HubError(400, "The body must name “paths”") from None
    if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
        raise HubError(400, "“paths” must be a list of strings")
    return paths, expand


def _commit(facts: CommitFacts, *, formatted: bool) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": facts.oid,
        "title": facts.title,
        "message": facts.body,
        "authors": [{"user": facts.author, "avatar": ""}],
        "date": facts.at,
    }
    if formatted:
        item["formatted"] = {"title": html.escape(facts.title), "message": html.escape(facts.body)}
    return item
