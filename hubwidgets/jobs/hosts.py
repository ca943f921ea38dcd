"""Where we run: who starts threads, and what to say of the place."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable
from typing import Protocol


class Host(Protocol):
    """What a notebook host does differently."""

    name: str

    def start_thread(self, work: Callable[[], None], name: str) -> None:
        """Start a daemon thread which may talk to the page."""
        ...


class PlainHost:
    """A script, papermill, or any Jupyter kernel: plain threads do."""

    name = "plain"

    def start_thread(self, work: Callable[[], None], name: str) -> None:
        """Start a daemon thread."""
        threading.Thread(target=work, name=name, daemon=True).start()


class MarimoHost:
    """marimo drops messages of plain threads; its own carry the context."""

    name = "marimo"

    def start_thread(self, work: Callable[[], None], name: str) -> None:
        """Start a `marimo.Thread`."""
        import marimo  # noqa: PLC0415 - only there when we run in it

        marimo.Thread(target=work, name=name, daemon=True).start()


def find_host() -> Host:
    """Return the host we run in."""
    if "marimo" in sys.modules and importlib.util.find_spec("marimo") is not None:
        import marimo  # noqa: PLC0415 - only there when we run in it

        if marimo.running_in_notebook():
            return MarimoHost()
    return PlainHost()
