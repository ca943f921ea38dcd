"""POST .../commit/{revision}: one commit, sent as lines of JSON.

Source: huggingface_hub `_commit_api.py`, `_prepare_commit_payload`.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from hubwidgets.practice.api_common import API, check_path, ok, text_field, writable
from hubwidgets.practice.commit import Change, CommitOrder, PutFile, PutLfs, Remove, check_parent, land
from hubwidgets.practice.errors import HubError, revision_not_found
from hubwidgets.practice.gitrepo import open_repo
from hubwidgets.practice.gitwrite import Draft, open_draft
from hubwidgets.practice.limits import REGULAR_MAX_BYTES
from hubwidgets.practice.pointers import Pointer
from hubwidgets.practice.state import HubState
from hubwidgets.practice.store import Repo

# Base64 needs 4 bytes for 3; the rest is for the path, which JSON may escape.
_LINE_MAX_BYTES: Final = REGULAR_MAX_BYTES * 4 // 3 + 64 * 1024
# Lines are handed to a thread in bunches of this size: one by one would cost more than reading them.
_BUNCH_BYTES: Final = 1024 * 1024
_OID: Final = re.compile(r"[0-9a-f]{64}")
_NEVER_LFS: Final = (".gitattributes", ".gitignore", ".gitmodules")
_TOO_LARGE: Final = "is larger than 10 MiB: files of this size must be stored with Git LFS or Xet"


def routes(state: HubState) -> list[BaseRoute]:
    """Routes of this module."""

    async def commit(request: Request) -> Response:
        account, repo = writable(state, request)
        if request.query_params.get("create_pr", "0") not in {"", "0", "false"}:
            raise HubError(400, "This practice Hub has no pull requests yet: commit to a branch")
        branch = await to_thread.run_sync(_check_branch, state, repo, request.path_params["revision"])
        drafts = open_draft(state.store.repo_path(repo), state.store.tmp)
        draft = await to_thread.run_sync(drafts.__enter__)
        try:
            order = await _read_order(state, request, draft, branch)
            async with state.locks.hold_async(repo.key):
                oid = await to_thread.run_sync(land, state, repo, account, draft, order)
        finally:
            drafts.__exit__(None, None, None)
        url = f"{state.repo_url(repo)}/commit/{oid}"
        return ok({"success": True, "commitOid": oid, "commitUrl": url, "hookOutput": ""})

    return [Route(API + "/commit/{revision:seg}", commit, methods=["POST"])]


def _check_branch(state: HubState, repo: Repo, revision: str) -> str:
    """The branch that a revision names; only branches take commits."""
    branch = revision.removeprefix("refs/heads/")
    with open_repo(state.store.repo_path(repo)) as git:
        if git.ref_target(f"refs/heads/{branch}") is not None:
            return branch
        if git.find_commit(revision) is not None:
            raise HubError(400, f"{revision} is no branch: commits go to branches")
    raise revision_not_found(revision)


async def _read_order(state: HubState, request: Request, draft: Draft, branch: str) -> CommitOrder:
    """Read the body as it arrives; file contents go into the draft at once."""
    order = _OrderReader(state, draft)
    buffer = bytearray()
    async for chunk in request.stream():
        buffer += chunk
        if len(buffer) < _BUNCH_BYTES:
            continue
        end = buffer.rfind(b"\n", len(buffer) - len(chunk)) + 1
        if end:
            await to_thread.run_sync(order.feed, bytes(buffer[:end]))
            del buffer[:end]
        elif len(buffer) > _LINE_MAX_BYTES:
            raise HubError(413, f"A file sent inside the commit {_TOO_LARGE}")
    await to_thread.run_sync(order.feed, bytes(buffer))
    return order.finish(branch)


class _OrderReader:
    """Turns lines into a CommitOrder. Runs on worker threads, one call at a time."""

    def __init__(self, state: HubState, draft: Draft) -> None:
        self._state = state
        self._draft = draft
        self._header: dict[str, Any] | None = None
        self._changes: list[Change] = []

    def feed(self, lines: bytes) -> None:
        """Read whole lines."""
        for line in lines.split(b"\n"):
            if line.strip():
                self._read(line)

    def finish(self, branch: str) -> CommitOrder:
        """All lines were read."""
        if self._header is None:
            raise HubError(400, "The commit has no header")
        summary = text_field(self._header, "summary")
        description = text_field(self._header, "description", "")
        message = f"{summary}\n\n{description}" if description else summary
        if not summary.strip() or "\n" in summary:
            raise HubError(400, "A commit needs a summary of one line")
        if "\0" in message or not _is_unicode(message):
            raise HubError(400, "The commit message is not text")
        parent = self._header.get("parentCommit")
        if parent is not None:
            parent = check_parent(text_field(self._header, "parentCommit"))
        return CommitOrder(branch, message, parent, self._changes)

    def _read(self, line: bytes) -> None:
        if len(line) > _LINE_MAX_BYTES:
            raise HubError(413, f"A file sent inside the commit {_TOO_LARGE}")
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            raise HubError(400, f"Line {self._line_number()} of the commit is not JSON") from None
        if not isinstance(entry, dict) or not isinstance(entry.get("value"), dict):
            raise HubError(400, f"Line {self._line_number()} of the commit is not a key with a value")
        key, value = entry.get("key"), entry["value"]
        if (key == "header") != (self._header is None):
            raise HubError(400, "A commit begins with one header")
        if key == "header":
            self._header = value
        else:
            self._changes.append(self._change(key, value))

    def _line_number(self) -> int:
        return len(self._changes) + (self._header is not None) + 1

    def _change(self, key: object, value: dict[str, Any]) -> Change:
        match key:
            case "file":
                return self._file(value)
            case "lfsFile":
                return self._lfs_file(value)
            case "deletedFile":
                return Remove(check_path(text_field(value, "path")), folder=False)
            case "deletedFolder":
                return Remove(check_path(text_field(value, "path").removesuffix("/")), folder=True)
            case _:
                raise HubError(400, f"A commit has no lines of the kind {key!r}")

    def _file(self, value: dict[str, Any]) -> Change:
        path, content = check_path(text_field(value, "path")), text_field(value, "content")
        encoding = text_field(value, "encoding", "utf-8")
        try:
            if encoding == "base64":
                blob = base64.b64decode(content, validate=True)
            elif encoding == "utf-8":
                blob = content.encode()
            else:
                raise HubError(400, f"There is no encoding {encoding!r}")
        except ValueError:  # not base64, or a lone surrogate
            raise HubError(400, f"The content of {path!r} is not {encoding}") from None
        if len(blob) > REGULAR_MAX_BYTES:
            raise HubError(413, f"{path!r} {_TOO_LARGE}")
        return PutFile(path, self._draft.add_blob(blob))

    def _lfs_file(self, value: dict[str, Any]) -> Change:
        """An LFS file whose object is here; without it the file would be lost."""
        path, oid = check_path(text_field(value, "path")), text_field(value, "oid")
        if path.rpartition("/")[2] in _NEVER_LFS:
            raise HubError(400, f"{path!r} cannot be stored with LFS: git reads it itself")
        if text_field(value, "algo", "sha256") != "sha256" or not _OID.fullmatch(oid):
            raise HubError(400, f"The oid of {path!r} must be 64 lower-case hex digits of SHA-256")
        lfs = self._state.lfs
        if not lfs.has(oid) and not self._state.xet.materialise(oid):
            raise HubError(400, f"LFS pointer of {path!r} points to a file that does not exist: {oid}")
        size = lfs.size(oid)
        if size is None or value.get("size", size) != size or isinstance(value.get("size"), bool):
            raise HubError(400, f"The size of {path!r} is not that of the object {oid}")
        return PutLfs(path, Pointer(oid, size))


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
