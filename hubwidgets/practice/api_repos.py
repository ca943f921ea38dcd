"""Accounts and repos: who am I; create, delete, move, settings, lists."""

from __future__ import annotations

from typing import Any, Final, cast

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hubwidgets.core.repo import RepoType, check_name
from hubwidgets.practice import errors
from hubwidgets.practice.accounts import Account, PracticeUser, can_read
from hubwidgets.practice.api_common import API, ok, page_of, read_json, readable, text_field, writable
from hubwidgets.practice.describe import describe
from hubwidgets.practice.errors import HubError
from hubwidgets.practice.newrepo import NewRepo, create_repo
from hubwidgets.practice.state import HubState
from hubwidgets.practice.store import Repo, RepoExists, Visibility

_LIST_PAGE: Final = 1000
_SDKS: Final = ("gradio", "docker", "static", "streamlit")


def routes(state: HubState) -> list[BaseRoute]:
    """Routes of this module."""
    api = _ReposApi(state)
    return [
        Route("/api/whoami-v2", api.whoami),
        Route("/api/repos/create", api.create, methods=["POST"]),
        Route("/api/repos/delete", api.delete, methods=["DELETE"]),
        Route("/api/repos/move", api.move, methods=["POST"]),
        Route("/api/settings/repositories", api.own_repos),
        Route("/api/organizations/{namespace:seg}/settings/repositories", api.own_repos),
        Route("/api/users/{namespace:seg}/overview", api.user_overview),
        Route("/api/organizations/{namespace:seg}/overview", api.org_overview),
        Route("/api/organizations/{namespace:seg}/members", api.org_members),
        Route("/api/{repo_type:types}", api.list_repos),
        Route(API + "/settings", api.settings, methods=["PUT"]),
        Route(API + "/auth-check", api.auth_check),
        Route(API + "/auth-check/write", api.auth_check_write),
    ]


class _ReposApi:
    def __init__(self, state: HubState) -> None:
        self._state = state

    async def whoami(self, request: Request) -> Response:
        """GET /api/whoami-v2."""
        account = self._state.accounts.authenticate(request.headers)
        if account is None:
            raise HubError(401, "Invalid user token.")
        return ok(_who(account))

    async def create(self, request: Request) -> Response:
        """POST /api/repos/create {name, organization, type, visibility or private, sdk}."""
        account = self._state.require_account(request)
        body = await read_json(request)
        repo_type, repo_id = _named(body, account)
        self._may_make(account, repo_id)
        sdk = body.get("sdk")
        if repo_type == "space" and sdk not in _SDKS:
            raise HubError(400, f"A Space needs an “sdk”: one of {', '.join(_SDKS)}")
        try:
            new = NewRepo(repo_type, repo_id, _visibility(body, "public"), sdk)
            repo = await to_thread.run_sync(create_repo, self._state, account, new)
        except RepoExists:
            prefix = "" if repo_type == "model" else f"{repo_type}s/"
            url = f"{self._state.endpoint}/{prefix}{repo_id}"
            raise HubError(409, f"You already created this {repo_type} repo: {repo_id}", extra={"url": url}) from None
        return ok({"url": self._state.repo_url(repo), "name": repo.repo_id, "id": repo.key})

    async def delete(self, request: Request) -> Response:
        """DELETE /api/repos/delete {name, organization, type}."""
        account = self._state.require_account(request)
        repo = self._state.writable_repo(account, *_named(await read_json(request), account))
        async with self._state.locks.hold_async(repo.key):
            await to_thread.run_sync(self._delete, repo)
        return ok()

    async def move(self, request: Request) -> Response:
        """POST /api/repos/move {fromRepo, toRepo, type}."""
        account = self._state.require_account(request)
        body = await read_json(request)
        repo = self._state.writable_repo(account, _repo_type(body), text_field(body, "fromRepo"))
        new_id = text_field(body, "toRepo")
        self._may_make(account, new_id)
        async with self._state.locks.hold_async(repo.key):
            try:
                await to_thread.run_sync(self._state.store.move, repo, new_id)
            except RepoExists:
                raise HubError(409, f"There is a {repo.repo_type} repo {new_id} already") from None
        return ok()

    async def settings(self, request: Request) -> Response:
        """PUT .../settings {visibility or private}."""
        _, repo = writable(self._state, request)
        visibility = _visibility(await read_json(request), repo.visibility)
        async with self._state.locks.hold_async(repo.key):
            await to_thread.run_sync(lambda: self._state.store.update(repo, visibility=visibility))
        return ok({"private": visibility == "private", "visibility": visibility})

    async def auth_check(self, request: Request) -> Response:
        """GET .../auth-check: may this token read?"""
        readable(self._state, request)
        return ok()

    async def auth_check_write(self, request: Request) -> Response:
        """GET .../auth-check/write: may this token write?"""
        writable(self._state, request)
        return ok()

    async def list_repos(self, request: Request) -> Response:
        """GET /api/models|datasets|spaces ?author&search&filter&sort&limit&full&expand."""
        account = self._state.account(request)
        repo_type: RepoType = request.path_params["repo_type"]
        query = request.query_params
        found = [repo for repo in self._state.store.repos(repo_type) if can_read(account, repo)]
        if author := query.get("author"):
            found = [repo for repo in found if repo.namespace == author]
        for search in query.getlist("search"):
            found = [repo for repo in found if search.lower() in repo.repo_id.lower()]
        return await to_thread.run_sync(self._list, request, found)

    def _list(self, request: Request, repos: list[Repo]) -> Response:
        query = request.query_params
        described = [describe(self._state, repo) for repo in repos]
        if wanted := set(query.getlist("filter")):
            described = [info for info in described if wanted <= set(info["tags"])]
        by = "createdAt" if query.get("sort") == "createdAt" else "lastModified"
        described.sort(key=lambda info: info[by], reverse=True)
        page, headers = page_of(request, self._state, described, _LIST_PAGE)
        hidden = set() if {"full", "cardData", "expand"} & set(query) else {"cardData", "siblings"}
        return ok([{key: value for key, value in info.items() if key not in hidden} for info in page], headers)

    async def own_repos(self, request: Request) -> Response:
        """GET /api/settings/repositories, and the same of an organization."""
        account = self._state.require_account(request)
        namespace = request.path_params.get("namespace", account.name)
        if not account.sees(namespace):
            raise errors.no_write_access(namespace)
        repos = [repo for repo in self._state.store.repos() if repo.namespace == namespace]
        return ok(await to_thread.run_sync(lambda: [self._storage(repo) for repo in repos]))

    def _storage(self, repo: Repo) -> dict[str, Any]:
        info = describe(self._state, repo)
        return {
            "id": repo.repo_id,
            "type": repo.repo_type,
            "updatedAt": info["lastModified"],
            "visibility": repo.visibility,
            "storage": info["usedStorage"],
            "storagePercent": 0.0,
        }

    async def user_overview(self, request: Request) -> Response:
        """GET /api/users/{name}/overview."""
        user = self._state.accounts.user(request.path_params["namespace"])
        if user is None:
            raise HubError(404, "This user does not exist")
        return ok(self._overview(user))

    async def org_overview(self, request: Request) -> Response:
        """GET /api/organizations/{name}/overview."""
        members = self._members(request)
        name = request.path_params["namespace"]
        return ok({"name": name, "fullname": name, "avatarUrl": "", "numUsers": len(members), "type": "org"})

    async def org_members(self, request: Request) -> Response:
        """GET /api/organizations/{name}/members."""
        return ok([self._overview(user) for user in self._members(request)])

    def _members(self, request: Request) -> list[PracticeUser]:
        name = request.path_params["namespace"]
        if name not in self._state.accounts.orgs:
            raise HubError(404, "This organization does not exist")
        return [user for user in self._state.accounts.users if any(org.name == name for org in user.orgs)]

    def _overview(self, user: PracticeUser) -> dict[str, Any]:
        orgs = [{"id": org.name, "name": org.name, "fullname": org.name, "avatarUrl": ""} for org in user.orgs]
        return {
            "user": user.name,
            "fullname": user.fullname,
            "avatarUrl": "",
            "type": "user",
            "isPro": False,
            "orgs": orgs,
        }

    def _may_make(self, account: Account, repo_id: str) -> None:
        """Refuse a new name that is none, or not for this account."""
        namespace, _, name = repo_id.partition("/")
        if why := check_name(namespace) or check_name(name):
            raise HubError(400, f"“{repo_id}” is not a valid repo name: {why}")
        if not account.may_write:
            raise errors.read_only_token()
        if not account.owns(namespace):
            raise HubError(403, f"You don't have the rights to create a repo under the namespace “{namespace}”")

    def _delete(self, repo: Repo) -> None:
        try:
            self._state.store.delete(repo)
        except FileNotFoundError:  # another request deleted it while this one waited
            raise errors.repo_not_found() from None


def _who(account: Account) -> dict[str, Any]:
    orgs = [
        {"type": "org", "id": org.name, "name": org.name, "fullname": org.name, "avatarUrl": "", "roleInOrg": org.role}
        for org in account.user.orgs
    ]
    return {
        "type": "user",
        "id": account.name,
        "name": account.name,
        "fullname": account.user.fullname,
        "email": account.email,
        "emailVerified": True,
        "canPay": False,
        "isPro": False,
        "avatarUrl": "",
        "orgs": orgs,
        "auth": {
            "type": "access_token",
            "accessToken": {"displayName": account.token.name, "role": account.token.role},
        },
    }


def _named(body: dict[str, Any], account: Account) -> tuple[RepoType, str]:
    """The repo that {name, organization, type} mean; "organization" is any namespace."""
    name = text_field(body, "name")
    if "/" in name and body.get("organization") is None:
        return _repo_type(body), name
    return _repo_type(body), f"{text_field(body, 'organization', account.name)}/{name}"


def _repo_type(body: dict[str, Any]) -> RepoType:
    repo_type = text_field(body, "type", "model")
    if repo_type not in {"model", "dataset", "space"}:
        raise HubError(400, f"There is no repo type “{repo_type}”")
    return cast("RepoType", repo_type)


def _visibility(body: dict[str, Any], default: Visibility) -> Visibility:
    """`visibility` as clients send it now, or `private` as they did before."""
    if isinstance(body.get("private"), bool):
        return "private" if body["private"] else "public"
    visibility = text_field(body, "visibility", default)
    if visibility not in {"public", "private"}:
        raise HubError(400, f"“{visibility}” is no visibility that a practice Hub knows: public or private")
    return cast("Visibility", visibility)
