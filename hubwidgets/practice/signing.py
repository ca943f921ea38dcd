"""Tokens that need no table: what was promised, and a signature over it.

Used for capability addresses (whoever holds one may do that one thing) and for the access tokens of the Xet store.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any, Final

_SIGNATURE_BYTES: Final = 20


class TokenRefused(Exception):
    """Not a token of ours, or not for this purpose, or too old; the text says which."""


class Signer:
    """Signs claims with the secret of one store.

    Args:
        secret: 32 bytes that never leave the store.
        now: seconds since the epoch.
    """

    def __init__(self, secret: bytes, now: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._now = now

    def sign(self, purpose: str, claims: dict[str, str | int], *, lasts_s: int) -> str:
        """Make a token, fit for an address, that is good for one purpose and for `lasts_s` seconds."""
        payload = json.dumps({**claims, "expires_at": int(self._now()) + lasts_s}, separators=(",", ":")).encode()
        return _encode(self._signature(purpose, payload) + payload)

    def read(self, purpose: str, token: str) -> dict[str, Any]:
        """Give the claims back.

        Raises:
            TokenRefused: forged, damaged, for another purpose, or expired.
        """
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError):
            raise TokenRefused("it is not well-formed") from None
        signature, payload = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        # Compared as text too: base64 has several spellings for the same bytes.
        if not hmac.compare_digest(signature, self._signature(purpose, payload)) or _encode(raw) != token:
            raise TokenRefused("its signature is wrong")
        claims: dict[str, Any] = json.loads(payload)
        if claims["expires_at"] < self._now():
            raise TokenRefused("it has expired")
        return claims

    def _signature(self, purpose: str, payload: bytes) -> bytes:
        message = purpose.encode() + b"\0" + payload
        return hmac.new(self._secret, message, hashlib.sha256).digest()[:_SIGNATURE_BYTES]


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
