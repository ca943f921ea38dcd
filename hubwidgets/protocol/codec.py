"""Turn what came over the wire into values, and values into what goes over it."""

from __future__ import annotations

from typing import Any

import msgspec

from hubwidgets.core.errors import RequestInvalid
from hubwidgets.core.failure import Failure
from hubwidgets.protocol.messages import ErrorInfo, Failed, Inbound, Message


class ProtocolError(RequestInvalid):
    """Not a message of this version. `request_id` is known when it could be read, so that the page gets an answer."""

    def __init__(self, what: str, request_id: str | None) -> None:
        super().__init__(what)
        self.request_id = request_id


def decode(raw: object) -> Inbound:
    """Turn one comm payload into a typed message.

    Raises:
        ProtocolError: another protocol version, or not a known message.
    """
    try:
        # The annotation is a union, which mypy does not take for a type argument.
        message: Inbound = msgspec.convert(raw, type=Inbound)
    except msgspec.ValidationError as exc:
        # msgspec names the place and the expected type, never the value: a token cannot get into this sentence.
        raise ProtocolError(str(exc), _request_id(raw)) from None
    return message


def encode(message: Message) -> dict[str, Any]:
    """Return plain JSON types, for a comm message or a trait."""
    plain: dict[str, Any] = msgspec.to_builtins(message)
    return plain


def error_info(failure: Failure) -> ErrorInfo:
    """Return a failure as the page gets it."""
    return ErrorInfo(
        code=failure.code,
        message=failure.message,
        hint=failure.hint,
        retryable=failure.retryable,
        actions=list(failure.actions),
        detail=failure.detail,
    )


def failed(request_id: str | None, exc: BaseException) -> Failed:
    """Return the answer to a request that failed."""
    return Failed(v=1, id=request_id, error=error_info(Failure.of(exc)))


def _request_id(raw: object) -> str | None:
    found = raw.get("id") if isinstance(raw, dict) else None
    return found if isinstance(found, str) else None
