"""The practice Hub as one ASGI application.

Requests are routed on the path AS SENT (`raw_path`), since the Hub's addresses tell "/" from "%2F": a revision
"refs%2Fpr%2F1" is one segment. Routes therefore use two convertors of ours:

    {revision:seg}   one segment, decoded
    {path:rest}      all that follows, slashes too, decoded

Every route list is made by `routes(state)` of its module; handlers are `async def handler(request) -> Response`. They
refuse with HubError. Work on disk goes to a thread (`anyio.to_thread.run_sync`).
"""

from __future__ import annotations

import importlib
import time
from typing import Final
from urllib.parse import unquote

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hubwidgets.practice.errors import HubError
from hubwidgets.practice.state import HubState, RequestRecord

# In this order: the first route that fits answers. git and pages come last, their paths begin with any name.
_MODULES: Final = (
    "api_repos",
    "api_content",
    "api_refs",
    "preupload",
    "api_commit",
    "xet_api",
    "lfs_api",
    "resolve",
    "git_http",
    "pages",
)


class _Segment(Convertor[str]):
    regex = "[^/]+"

    def convert(self, value: str) -> str:
        return _decoded(value)

    def to_string(self, value: str) -> str:
        raise NotImplementedError("addresses are built by hand")


class _Rest(_Segment):
    regex = ".*"


register_url_convertor("seg", _Segment())
register_url_convertor("rest", _Rest())


def build_app(state: HubState) -> ASGIApp:
    """The whole Hub: routes, refusals as JSON, the throttled link, and the log of requests."""
    routes: list[BaseRoute] = []
    for name in _MODULES:
        try:
            module = importlib.import_module(f"hubwidgets.practice.{name}")
        except ModuleNotFoundError:  # while developing only
            continue
        routes += module.routes(state)
    router = Router(routes, redirect_slashes=False)
    return _Recorder(state.link.wrap(_Refusals(router, state)), state)


class _Refusals:
    """Turns HubError into the Hub's answer, and a mistake of ours into a 500 that is remembered."""

    def __init__(self, app: ASGIApp, state: HubState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        scope = {**scope, "path": scope["raw_path"].decode("ascii")}
        try:
            await self._app(scope, receive, watched_send)
        except ClientDisconnect:
            return
        except HubError as refusal:
            if started:
                raise
            await refusal.response()(scope, receive, send)
        except HTTPException as refusal:
            await HubError(refusal.status_code, refusal.detail).response()(scope, receive, send)
        except Exception as error:
            self._state.note_failure(error)
            if started:
                raise
            await Response("Internal Server Error: the practice Hub made a mistake", 500)(scope, receive, send)


class _Recorder:
    """Counts body bytes while they arrive, and logs every request."""

    def __init__(self, app: ASGIApp, state: HubState) -> None:
        self._app = app
        self._log = state.requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at, status, received_bytes = time.time(), 0, 0

        async def counted_receive() -> Message:
            nonlocal received_bytes
            message = await receive()
            if message["type"] == "http.request":
                count = len(message.get("body", b""))
                received_bytes += count
                self._log.add_bytes(count)
            return message

        async def watched_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, counted_receive, watched_send)
        finally:
            path = scope["raw_path"].decode("ascii")
            self._log.add(RequestRecord(at, scope["method"], path, status, received_bytes))


def _decoded(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise HubError(400, "The address is not UTF-8") from None
