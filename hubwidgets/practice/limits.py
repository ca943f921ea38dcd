"""Limits of the Hub that several modules know."""

from __future__ import annotations

from typing import Final

#: A larger file must go to LFS. Source: the Hub's sentence on a refused push, "files larger than 10 MiB".
REGULAR_MAX_BYTES: Final = 10 * 1024 * 1024
