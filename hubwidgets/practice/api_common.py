"""What the handlers of all API modules share: addresses, bodies, names, pages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlencode

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import JSONResponse

from hubwidgets.core.repo import RepoType
from hubwidgets.practice.accounts import Account
from hubwidgets.practice.errors import HubError
from hubwidgets.practice.state import REPO_TYPE_OF, HubState
from hubwidgets.practice.store import Repo

#: Of a JSON body that is held in memory; a commit is read line by line instead.
BODY_MAX_BYTES: Final = 32 * 1024 * 1024

# Linux allows no longer name in a folder: nobody could clone it.
_NAME_MAX_BYTES: Final = 255
_PATH_MAX_BYTES: Final = 4000

T = TypeVar("T")


class _Types(Convertor[RepoType]):
    """The plural in API addresses."""

    regex = "models|datasets|spaces"

    def convert(self, value: str) -> RepoType:
        return REPO_TYPE_OF[value]

    def to_string(self, value: RepoType) -> str:
        return f"{value}s"


class _Prefix(Convertor[RepoType]):
    """What stands before a repo id in addresses of pages and files: nothing for a model."""

    regex = "(?:datasets/|spaces/)?"

    def convert(self, value: str) -> RepoType:
        return REPO_TYPE_OF[value.rstrip("/") or "models"]

    def to_string(self, value: RepoType) -> str:
        return "" if value == "model" else f"{value}s/"


register_url_convertor("types", _Types())
register_url_convertor("prefix", _Prefix())

#: Where the API of one repo begins.
API: Final = "/api/{repo_type:types}/{namespace:seg}/{name:seg}"
#: Where its pages, its files and its git remote begin.
WEB: Final = "/{repo_type:prefix}{namespace:seg}/{name:seg}"


def repo_name(request: Request) -> tuple[RepoType, str]:
    """Type and id of the repo that the address names."""
    params = request.path_params
    return params["repo_type"], f"{params['namespace']}/{params['name']}"


def readable(state: HubState, request: Request) -> Repo:
    """The repo of the address, if the one who asks may see it."""
    return state.readable_repo(state.account(request), *repo_name(request))


def writable(state: HubState, request: Request) -> tuple[Account, Repo]:
    """The repo of the address and the account, if it may write there."""
    account = state.account(request)
    repo = state.writable_repo(account, *repo_name(request))
    return state.require_account(request), repo


async def read_body(request: Request, max_bytes: int = BODY_MAX_BYTES) -> bytes:
    """The whole of a small body; 413 when it is not small."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > max_bytes:
            raise HubError(413, f"The request is larger than {max_bytes} bytes")
    return bytes(body)


async def read_json(request: Request) -> dict[str, Any]:
    """A body that is one JSON object; no body is an empty one."""
    body = await read_body(request)
    try:
        value = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise HubError(400, "The body is not JSON") from None
    if not isinstance(value, dict):
        raise HubError(400, "The body is not a JSON object")
    return value


def text_field(body: dict[str, Any], key: str, default: str | None = None) -> str:
    """A string in a JSON body.

    Raises:
        HubError: 400, it is missing without a default, or no string.
    """
    value = body.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise HubError(400, f"“{key}” must be a string")
    return value


def check_path(path_in_repo: str) -> str:
    """Refuse a path that git would not check out, or that leads elsewhere; returns it.

    Raises:
        HubError: 400 with the reason.
    """

    def refuse(why: str) -> HubError:
        return HubError(400, f"Invalid path {path_in_repo!r}: {why}")

    if not path_in_repo:
        raise refuse("it is empty")
    try:
        raw = path_in_repo.encode()
    except UnicodeEncodeError:
        raise refuse("it is not Unicode text") from None
    if "\0" in path_in_repo:
        raise refuse("it contains NUL")
    if len(raw) > _PATH_MAX_BYTES:
        raise refuse("it is too long")
    for name in path_in_repo.split("/"):
        if name in {"", ".", ".."}:
            raise refuse("it must be relative, without empty, “.” or “..” parts")
        if is_dot_git(name):
            raise refuse("“.git” is not allowed in it")
        if len(name.encode()) > _NAME_MAX_BYTES:
            raise refuse("a name in it is longer than 255 bytes")
    return path_in_repo


# Characters that macOS leaves out when it compares names. Source: git utf8.c, `next_hfs_char`.
_HFS_IGNORED: Final = {
    ord(c): None
    for c in "\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u206a\u206b\u206c\u206d\u206e\u206f\ufeff"
}


def is_dot_git(name: str) -> bool:
    """Whether some file system takes the name for `.git`; `git fsck --strict` refuses those all."""
    folded = name.translate(_HFS_IGNORED).lower()
    windows = name.lower().split(":")[0].split("\\")[0].rstrip(". ")
    return folded == ".git" or windows in {".git", "git~1"}


def wants(request: Request, name: str) -> bool:
    """A yes-or-no in the query, in any of the spellings clients use."""
    return request.query_params.get(name, "").lower() in {"true", "1"}


def page_of(
    request: Request, state: HubState, items: Sequence[T], page_size: int
) -> tuple[Sequence[T], dict[str, str]]:
    """The part of a list that is asked for, and the Link header that leads to the next.

    `limit` in the query makes pages smaller; `cursor` is where the page begins.
    """
    limit = min(number(request, "limit", page_size), page_size) or page_size
    start = number(request, "cursor", 0)
    end = start + limit
    return items[start:end], next_link(request, state, "cursor", end) if end < len(items) else {}


def next_link(request: Request, state: HubState, name: str, value: int) -> dict[str, str]:
    """A Link header to the same address with one query parameter changed."""
    query = [(key, text) for key, text in request.query_params.multi_items() if key != name]
    address = f"{state.endpoint}{request.scope['path']}?{urlencode([*query, (name, str(value))])}"
    return {"Link": f'<{address}>; rel="next"'}


def number(request: Request, name: str, default: int) -> int:
    """A whole number in the query, not negative."""
    text = request.query_params.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9:  # noqa: PLR2004 - far above anything meant
        raise HubError(400, f"“{name}” must be a number")
    return int(text)


def ok(body: object = None, headers: dict[str, str] | None = None) -> JSONResponse:
    """200 with JSON."""
    return JSONResponse({} if body is None else body, headers=headers)


def url_quote(path_in_repo: str) -> str:
    """A path for an address, slashes kept."""
    return quote(path_in_repo)
