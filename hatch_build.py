"""Build the page when the wheel is made and `static/` does not hold it yet."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildPage(BuildHookInterface[Any]):
    """Runs `scripts/build_page.py`, unless the bundle is there or the build is a source checkout's.

    An editable install (`pip install -e`) does not need the page: `make` builds it on its own.
    `HUBWIDGETS_SKIP_PAGE=1` leaves it out, for jobs that only read the Python.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Hatchling's entry point; `version` is "standard" or "editable"."""
        del build_data
        root = Path(self.root)
        bundle = root / "hubwidgets" / "static" / "hubwidgets.js"
        if version == "editable" or bundle.exists() or os.environ.get("HUBWIDGETS_SKIP_PAGE") == "1":
            return
        subprocess.run([sys.executable, str(root / "js" / "build_page.py")], check=True, cwd=root)
