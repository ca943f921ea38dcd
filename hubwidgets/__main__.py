"""`python -m hubwidgets`."""

from __future__ import annotations

import sys

from hubwidgets.cli import main

if __name__ == "__main__":
    sys.exit(main())
