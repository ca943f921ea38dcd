"""How each file of a commit to come has to be sent.

Modes as on the Hub: LFS for what `.gitattributes` names, for more than 10 MB, and for binary content.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Any, Final

import pathspec
from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hubwidgets.practice.api_common import API, check_path, ok, read_json, text_field, writable
from hubwidgets.practice.attributes import Attributes
from hubwidgets.practice.commit import attributes_of
from hubwidgets.practice.errors import HubError
from hubwidgets.practice.gitrepo import Entry, GitRepo, open_repo
from hubwidgets.practice.limits import REGULAR_MAX_BYTES
from hubwidgets.practice.state import HubState
from hubwidgets.practice.store import Repo

_UTF8_TAIL_MAX: Final = 3


@dataclass(frozen=True, slots=True)
class _Asked:
    path: str
    size: int
    sample: bytes


def routes(state: HubState) -> list[BaseRoute]:
    """Routes of this module."""

    async def preupload(request: Request) -> Response:
        """POST .../preupload/{revision} {files: [{path, sample, size}], gitAttributes, gitIgnore}."""
        _, repo = writable(state, request)
        body = await read_json(request)
        files = await to_thread.run_sync(_answer, state, repo, request.path_params["revision"], body)
        return ok({"files": files})

    return [Route(API + "/preupload/{revision:seg}", preupload, methods=["POST"])]


def is_binary(sample: bytes) -> bool:
    """Whether the first bytes of a file are no text: NUL, or not UTF-8 (a character cut off at the end is fine)."""
    if b"\0" in sample:
        return True
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        return error.reason != "unexpected end of data" or len(sample) - error.start > _UTF8_TAIL_MAX
    return False


def _answer(state: HubState, repo: Repo, revision: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    asked = _asked(body)
    with open_repo(state.store.repo_path(repo)) as git:
        commit = git.commit_of(revision)
        entries = git.snapshot(commit).entries
        attributes = attributes_of(git, commit, top=_optional_text(body, "gitAttributes"))
        ignored = _ignored(git, commit, _optional_text(body, "gitIgnore"))
    return [
        {
            "path": file.path,
            "uploadMode": "lfs" if _goes_to_lfs(file, attributes) else "regular",
            "shouldIgnore": ignored.match_file(file.path),
            **_known_oid(entries.get(file.path)),
        }
        for file in asked
    ]


def _goes_to_lfs(file: _Asked, attributes: Attributes) -> bool:
    if file.size == 0:  # nothing to store, and the client sends it as regular anyway
        return False
    return attributes.is_lfs(file.path) or file.size > REGULAR_MAX_BYTES or is_binary(file.sample)


def _known_oid(entry: Entry | None) -> dict[str, str]:
    """What the Hub has at this path: SHA-256 of an LFS file, git's blob id of a regular one."""
    if entry is None or entry.kind != "file":
        return {}
    return {"oid": entry.pointer.oid if entry.pointer else entry.oid}


def _ignored(git: GitRepo, commit: str, sent: str | None) -> pathspec.GitIgnoreSpec:
    text = sent if sent is not None else git.text(commit, ".gitignore") or ""
    try:
        return pathspec.GitIgnoreSpec.from_lines(text.splitlines())
    except ValueError:
        raise HubError(400, "The .gitignore has a pattern that is none") from None


def _optional_text(body: dict[str, Any], key: str) -> str | None:
    return None if body.get(key) is None else text_field(body, key)


def _asked(body: dict[str, Any]) -> list[_Asked]:
    files = body.get("files")
    if not isinstance(files, list) or not all(isinstance(file, dict) for file in files):
        raise HubError(400, "“files” must be a list of objects")
    return [_asked_file(file) for file in files]


def _asked_file(file: dict[str, Any]) -> _Asked:
    path = check_path(text_field(file, "path"))
    size = file.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise HubError(400, f"The size of {path!r} must be a number of bytes")
    try:
        sample = base64.b64decode(text_field(file, "sample", ""), validate=True)
    except (binascii.Error, ValueError):
        raise HubError(400, f"The sample of {path!r} is not base64") from None
    return _Asked(path, size, sample)
