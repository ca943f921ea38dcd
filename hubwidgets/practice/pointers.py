"""LFS pointer files, as git stores them in place of a large file.

Source: git-lfs docs/spec.md, "The Pointer".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

#: A longer blob is never a pointer.
POINTER_MAX_BYTES: Final = 1024

_POINTER: Final = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n"
    rb"(?:ext-\d-[^\n]*\n)*"
    rb"oid sha256:([0-9a-f]{64})\n"
    rb"size (\d{1,18})\n"
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a pointer file says: `oid` is 64 hex digits, `size` in bytes."""

    oid: str
    size: int

    def to_bytes(self) -> bytes:
        """The pointer file itself."""
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.oid}\nsize {self.size}\n".encode()


def parse_pointer(blob: bytes) -> Pointer | None:
    """Read a pointer file; None for any other content."""
    match = _POINTER.fullmatch(blob) if len(blob) <= POINTER_MAX_BYTES else None
    return Pointer(match[1].decode(), int(match[2])) if match else None
