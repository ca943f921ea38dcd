"""A token that does not show itself."""

from __future__ import annotations

import re
from typing import Final, NoReturn

_REDACTIONS: Final = (
    re.compile(r"hf_[A-Za-z0-9_]{8,}"),
    re.compile(r"(?i)(?<=authorization: )(?:bearer|basic) \S+"),
    re.compile(r"(?<=://)[^/\s@]+@"),
)


class Secret:
    """Holds a token; its repr, its str and its pickle say nothing of it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the token itself; call it only where it is put into a header or a file."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never stored")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


def redact(text: str) -> str:
    """Replace all that looks like a credential in what a tool printed."""
    for pattern in _REDACTIONS:
        text = pattern.sub("…", text)
    return text
