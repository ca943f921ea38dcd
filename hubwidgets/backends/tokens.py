"""Where a token may come from without anybody typing it.

A token belongs to the endpoint it was made for: what the environment and huggingface_hub's files hold belongs to the
endpoint that huggingface_hub is set to (`HF_ENDPOINT`, else huggingface.co), and is offered to no other.
"""

from __future__ import annotations

import os
from pathlib import Path

from hubwidgets.core.secret import Secret


def default_endpoint() -> str:
    """Return the endpoint huggingface_hub is set to, without a slash at the end."""
    from huggingface_hub import constants  # noqa: PLC0415 - importing hubwidgets must not load it

    return str(constants.ENDPOINT).rstrip("/")


def find_token(endpoint: str) -> tuple[Secret, str] | None:
    """Return the token that is there already and where it came from ("environment" or "saved"), or None.

    Colab's secrets are not asked here: that opens a dialog, and is done on a click only.
    Source of the order: huggingface_hub `utils/_auth.py`, `get_token`.
    """
    if endpoint != default_endpoint():
        return None
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if value := _clean(os.environ.get(name)):
            return Secret(value), "environment"
    from huggingface_hub import constants  # noqa: PLC0415 - see above

    try:
        saved = Path(constants.HF_TOKEN_PATH).read_text(encoding="utf-8")
    except OSError:
        return None
    value = _clean(saved)
    return (Secret(value), "saved") if value else None


def _clean(value: str | None) -> str:
    return (value or "").replace("\r", "").replace("\n", "").strip()
