"""To be written."""

from __future__ import annotations

from starlette.routing import BaseRoute

from hubwidgets.practice.state import HubState


def routes(state: HubState) -> list[BaseRoute]:
    """Routes of this module."""
    return []
