"""A failure as a value, for states and snapshots."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Self

from hubwidgets.core.errors import Bug, HubwidgetsError
from hubwidgets.core.secret import redact


@dataclass(frozen=True, slots=True)
class Failure:
    """What a person is told; see HubwidgetsError for the fields."""

    code: str
    message: str
    hint: str
    retryable: bool = False
    actions: tuple[str, ...] = ()
    detail: str = ""

    @classmethod
    def of(cls, exc: BaseException) -> Self:
        """Describe an exception; one that is not ours becomes a Bug, with its redacted traceback as the detail."""
        if not isinstance(exc, HubwidgetsError):
            exc = Bug(type(exc).__name__, detail="".join(traceback.format_exception(exc))[-4000:])
        return cls(
            code=exc.code,
            message=redact(exc.message),
            hint=redact(exc.hint),
            retryable=exc.retryable,
            actions=exc.actions,
            detail=redact(exc.detail),
        )
