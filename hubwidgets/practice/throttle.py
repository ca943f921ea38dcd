"""A slow link: what a person far from the Hub lives with, on a machine where everything is near.

`Link` sits between uvicorn and the application. It holds back body bytes after the request log has counted them, so the
count on the Hub leads; the socket's receive buffer and uvicorn's own (64 kB) are all that can hide behind it here. The
sender's kernel has a buffer too, up to 4 MB on loopback, which only the sender can make small (SO_SNDBUF).
"""

from __future__ import annotations

import socket
import time
from typing import Final

import anyio
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Bytes of a response that go out in one step.
_STEP_BYTES: Final = 65536
# A change of speed reaches those who wait within this time.
_WAKE_S: Final = 0.05
_SLOW_RECEIVE_BYTES: Final = 65536
_FAST_RECEIVE_BYTES: Final = 4 << 20
# Linux sizes the sender's buffer by the segments it may have under way; those of loopback have 64 kB.
_SLOW_SEGMENT_BYTES: Final = 1460
_BAD_REQUEST: Final = 400


class Link:
    """The line between this Hub and all its clients, the same speed each way.

    Args:
        bytes_per_s: of bodies, all connections together; None for as fast as can be.
    """

    def __init__(self, bytes_per_s: float | None = None) -> None:
        self._bytes_per_s = _checked(bytes_per_s)
        self._inward = _Lane(self)
        self._outward = _Lane(self)
        self._listener: socket.socket | None = None

    @property
    def bytes_per_s(self) -> float | None:
        """The speed; may be set at any time and from any thread."""
        return self._bytes_per_s

    @bytes_per_s.setter
    def bytes_per_s(self, bytes_per_s: float | None) -> None:
        self._bytes_per_s = _checked(bytes_per_s)
        if self._listener is not None and self._listener.fileno() >= 0:
            _size_buffers(self._listener, slow=bytes_per_s is not None)

    def prepare_socket(self, listener: socket.socket) -> None:
        """Keep the kernel from taking bytes far ahead of us while the link is slow.

        To be called before `listen`. Connections inherit the sizes, and keep those of the moment they were made.
        """
        self._listener = listener
        if self._bytes_per_s is not None:
            _size_buffers(listener, slow=True)

    def wrap(self, app: ASGIApp) -> ASGIApp:
        """Return the application behind this link."""
        return _Throttled(app, self._inward, self._outward)


class _Lane:
    """One direction: hands out the time at which bytes have gone over the line. Lives on one event loop."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._free_at = 0.0

    async def carry(self, count: int) -> None:
        """Return when `count` bytes, and all that were there before them, have gone over."""
        bytes_per_s = self._link.bytes_per_s
        if bytes_per_s is None or not count:
            return
        self._free_at = mine_at = max(self._free_at, time.monotonic()) + count / bytes_per_s
        while (left_s := mine_at - time.monotonic()) > 0:
            if self._link.bytes_per_s != bytes_per_s:
                self._free_at = 0.0
                return
            await anyio.sleep(min(left_s, _WAKE_S))


class _Throttled:
    def __init__(self, app: ASGIApp, inward: _Lane, outward: _Lane) -> None:
        self._app = app
        self._inward = inward
        self._outward = outward

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body_is_in = not _has_body(scope)

        async def slow_receive() -> Message:
            nonlocal body_is_in
            message = await receive()
            body_is_in = message["type"] != "http.request" or not message.get("more_body", False)
            await self._inward.carry(len(message.get("body", b"")))
            return message

        async def slow_send(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= _BAD_REQUEST:
                # A client in the middle of a body sees a refusal only when it is through (or else a broken pipe).
                while not body_is_in:
                    await slow_receive()
            body = message.get("body", b"")
            while len(body) > _STEP_BYTES:
                await self._outward.carry(_STEP_BYTES)
                await send({**message, "body": body[:_STEP_BYTES], "more_body": True})
                body = body[_STEP_BYTES:]
            await self._outward.carry(len(body))
            await send({**message, "body": body} if message["type"] == "http.response.body" else message)

        await self._app(scope, slow_receive, slow_send)


def _has_body(scope: Scope) -> bool:
    """Whether bytes follow the head of the request without being asked for."""
    headers = dict(scope["headers"])
    if b"expect" in headers:
        return False
    return b"transfer-encoding" in headers or headers.get(b"content-length", b"0") != b"0"


def _size_buffers(listener: socket.socket, *, slow: bool) -> None:
    size = _SLOW_RECEIVE_BYTES if slow else _FAST_RECEIVE_BYTES
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
    if slow:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SLOW_SEGMENT_BYTES)


def _checked(bytes_per_s: float | None) -> float | None:
    if bytes_per_s is not None and not bytes_per_s > 0:
        raise ValueError(f"bytes_per_s must be more than 0, or None: {bytes_per_s}")
    return bytes_per_s
