"""Files by address: resolve (true content) and raw (as git stores it).

One answer carries all that a client wants to know, so there are no redirects. Source: huggingface_hub
`file_download.py`, `get_hf_file_metadata`.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from anyio import open_file, to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from hubwidgets.practice.api_common import WEB, readable
from hubwidgets.practice.errors import HubError, entry_not_found
from hubwidgets.practice.gitrepo import Entry, open_repo
from hubwidgets.practice.state import HubState
from hubwidgets.practice.store import Repo

_STEP_BYTES: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# What a browser may show as it is; everything else is text or a download, so that no page of a repo runs in our origin.
_SHOWN: Final = ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/", "video/", "application/pdf")


@dataclass(frozen=True, slots=True)
class _File:
    """What is sent: content in memory (10 MB at most) or in the LFS store."""

    commit: str
    etag: str
    size: int
    content: bytes | Path
    headers: dict[str, str]


def routes(state: HubState) -> list[BaseRoute]:
    """Routes of this module."""

    async def resolve(request: Request) -> Response:
        repo = readable(state, request)
        return _respond(request, await to_thread.run_sync(_find, state, repo, request, True))  # noqa: FBT003 - on a thread

    async def raw(request: Request) -> Response:
        repo = readable(state, request)
        return _respond(request, await to_thread.run_sync(_find, state, repo, request, False))  # noqa: FBT003 - on a thread

    return [
        Route(WEB + "/resolve/{revision:seg}/{path:rest}", resolve),
        Route(WEB + "/raw/{revision:seg}/{path:rest}", raw),
    ]


def _find(state: HubState, repo: Repo, request: Request, follow: bool) -> _File:  # noqa: FBT001 - called on a thread
    """The file of the address; `follow` reads through an LFS pointer."""
    path = request.path_params["path"]
    with open_repo(state.store.repo_path(repo)) as git:
        commit = git.commit_of(request.path_params["revision"])
        entry = git.entry(commit, path)
        if entry is None or entry.kind != "file":
            raise _with_commit(entry_not_found(path), commit)
        if not follow or entry.pointer is None:
            return _File(commit, entry.oid, entry.blob_size, git.blob(entry.oid), {})
    return _lfs_file(state, repo, commit, entry)


def _lfs_file(state: HubState, repo: Repo, commit: str, entry: Entry) -> _File:
    pointer = entry.pointer
    if pointer is None or not state.lfs.has(pointer.oid):
        raise _with_commit(
            HubError(404, f"The content of {entry.path} was never uploaded", code="EntryNotFound"), commit
        )
    headers = {"X-Linked-Size": str(pointer.size), "X-Linked-Etag": f'"{pointer.oid}"'}
    xet_hash = state.xet.hash_of(pointer.oid)
    if xet_hash is not None:
        auth = f"{state.endpoint}/api/{repo.repo_type}s/{repo.repo_id}/xet-read-token/{commit}"
        headers |= {"X-Xet-Hash": xet_hash, "Link": f'<{auth}>; rel="xet-auth"'}
    return _File(commit, pointer.oid, pointer.size, state.lfs.path(pointer.oid), headers)


def _with_commit(error: HubError, commit: str) -> HubError:
    """The client remembers for this commit that the file is not there."""
    error.headers["X-Repo-Commit"] = commit
    return error


def _respond(request: Request, file: _File) -> Response:
    path = request.path_params["path"]
    media_type = _media_type(path, file)
    headers = {
        "X-Repo-Commit": file.commit,
        "ETag": f'"{file.etag}"',
        "Accept-Ranges": "bytes",
        "Content-Type": media_type,
        "Content-Disposition": _disposition(path.rpartition("/")[2]),
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
        **file.headers,
    }
    if _is_known(request.headers.get("if-none-match", ""), file.etag):
        return Response(status_code=304, headers=headers)
    start, end, status = _span(request, file)
    headers["Content-Length"] = str(end - start)
    if status == 206:  # noqa: PLR2004 - partial content
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    if isinstance(file.content, bytes):
        return Response(file.content[start:end], status, headers)
    return StreamingResponse(_read(file.content, start, end), status, headers)


async def _read(path: Path, start: int, end: int) -> AsyncIterator[bytes]:
    async with await open_file(path, "rb") as content:
        await content.seek(start)
        while start < end:
            step = await content.read(min(_STEP_BYTES, end - start))
            start += len(step)
            yield step


def _span(request: Request, file: _File) -> tuple[int, int, int]:
    """First byte, byte after the last, and status. Several ranges get the whole, as RFC 9110 allows."""
    condition = request.headers.get("if-range")
    match = _RANGE.fullmatch(request.headers.get("range", "").replace(" ", ""))
    if match is None or match[0] == "bytes=-" or (condition is not None and condition != f'"{file.etag}"'):
        return 0, file.size, 200
    first, last = match[1], match[2]
    if first:
        start, end = int(first), min(int(last) + 1, file.size) if last else file.size
        if last and int(last) < int(first):
            return 0, file.size, 200
    else:
        start, end = max(0, file.size - int(last)), file.size
    if start >= end:
        unsatisfiable = {"Content-Range": f"bytes */{file.size}"}
        raise HubError(416, f"The file has {file.size} bytes", headers=unsatisfiable)
    return start, end, 206


def _is_known(if_none_match: str, etag: str) -> bool:
    known = {candidate.strip().removeprefix("W/") for candidate in if_none_match.split(",")}
    return "*" in known or f'"{etag}"' in known


def _media_type(path: str, file: _File) -> str:
    guess = mimetypes.guess_type(path)[0] or ""
    if guess.startswith(_SHOWN):
        return guess
    is_text = isinstance(file.content, bytes) and b"\0" not in file.content[:8000]
    return "text/plain; charset=utf-8" if is_text else "application/octet-stream"


def _disposition(name: str) -> str:
    plain = re.sub(r'[^ -~]|["\\]', "_", name)
    return f"inline; filename*=UTF-8''{quote(name, safe='')}; filename=\"{plain}\""
