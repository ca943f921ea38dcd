"""What every panel is: one model, one snapshot, one bridge to the controller."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import uuid4

import anywidget
import traitlets

from hubwidgets.controller import Controller
from hubwidgets.core.state import State
from hubwidgets.jobs.coalesce import Coalescer
from hubwidgets.jobs.hosts import find_host
from hubwidgets.protocol.codec import encode
from hubwidgets.protocol.snapshot import PanelName
from hubwidgets.protocol.view import Place, make_snapshot
from hubwidgets.session import Session
from hubwidgets.widgets._bridge import Bridge

_BUNDLE: Final = Path(__file__).parent.parent / "static" / "hubwidgets.js"
_NOT_BUILT: Final = """export default { render({ el }) {
  el.textContent = "The page of hubwidgets is not built. In a source checkout run: make build";
} }"""

SESSION_ID: Final = uuid4().hex
"""New in each kernel: a page that hears another one knows that the kernel was restarted."""


def _read_bundle() -> str:
    try:
        return _BUNDLE.read_text(encoding="utf-8")
    except FileNotFoundError:
        return _NOT_BUILT


class Panel(anywidget.AnyWidget):
    """Base of all panels.

    Public traits (`status`, ...) live in the kernel only and are read-only unless said otherwise: `observe` and `link`
    work as on any widget. Observers run on a thread of ours, at most ten times a second. Only `_snapshot` is synced.
    """

    _esm = _read_bundle()
    _snapshot = traitlets.Dict().tag(sync=True)
    _panel: ClassVar[PanelName]

    error = traitlets.Dict(allow_none=True, default_value=None, read_only=True, help="code, message, hint, or None")

    def __init__(self, controller: Controller, session: Session, **traits: Any) -> None:
        self._controller = controller
        self._session = session
        self._rev = 0
        self._write_lock = threading.Lock()
        self._place = Place(self._panel, SESSION_ID, session.endpoint, session.browser_url, session.practice_users)
        super().__init__(_snapshot=self._next_snapshot(), **traits)
        self._coalescer = Coalescer(self._flush, find_host())
        self._bridge = Bridge(controller, self.send, SESSION_ID)
        self._unwatch: Callable[[], None] = controller.watch(self._coalescer.mark)
        self.on_msg(self._bridge.on_message)
        self._update_traits(controller.state)

    @property
    def session(self) -> Session:
        """Who and where; shared by panels made with it."""
        return self._session

    def close(self) -> None:
        """Close the panel. A publish under way goes on to its end."""
        self._unwatch()
        self._coalescer.close()
        super().close()

    def _next_snapshot(self) -> dict[str, Any]:
        self._rev += 1
        return encode(make_snapshot(self._controller.state, self._place, self._rev))

    def _flush(self) -> None:
        with self._write_lock:
            state = self._controller.state
            self._snapshot = self._next_snapshot()
            self._update_traits(state)

    def _update_traits(self, state: State) -> None:
        """Bring the public traits up to date; panels add theirs."""

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            if getattr(self, name) != value:
                self.set_trait(name, value)
