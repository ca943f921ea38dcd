"""The command line: `hubwidgets practice` runs the practice Hub."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

if TYPE_CHECKING:
    from hubwidgets.practice import PracticeHub


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 fine, 1 it could not be done, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="hubwidgets", description="Publish to the Hugging Face Hub by clicking.")
    commands = parser.add_subparsers(dest="command", required=True)
    practice = commands.add_parser("practice", help="run a small real Hub on this machine")
    practice.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1; 0 (the default) takes a free one")
    practice.add_argument("--store", type=Path, default=None, help="folder that keeps everything between runs")
    args = parser.parse_args(argv)
    return _practice(args.port, args.store or _default_store())


def _practice(port: int, store: Path) -> int:
    try:
        from hubwidgets.practice import PracticeHub  # noqa: PLC0415 - an extra that may not be installed
    except ModuleNotFoundError as missing:
        print(f"The practice Hub needs {missing.name}: pip install 'hubwidgets[practice]'", file=sys.stderr)
        return 1
    asked_to_stop = threading.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, lambda _number, _frame: asked_to_stop.set())
    hub = PracticeHub(store, port)
    try:
        hub.start()
    except (OSError, RuntimeError, ValueError) as error:
        print(f"The practice Hub cannot start: {error}", file=sys.stderr)
        return 1
    print(json.dumps(_announcement(hub)), flush=True)
    asked_to_stop.wait()
    hub.stop()
    return 0


def _announcement(hub: PracticeHub) -> dict[str, object]:
    """What another program needs to use the Hub."""
    return {
        "endpoint": hub.endpoint,
        "store": str(hub.store_path),
        "users": [
            {
                "name": user.name,
                "fullname": user.fullname,
                "token": user.token,
                "role": user.role,
                "orgs": [org.name for org in user.orgs],
                "tokens": [{"name": token.name, "token": token.value, "role": token.role} for token in user.tokens],
            }
            for user in hub.users
        ],
    }


def _default_store() -> Path:
    """Under the user's state folder, as all that hubwidgets keeps."""
    chosen = os.environ.get("HUBWIDGETS_STATE_DIR")
    return (Path(chosen) if chosen else platformdirs.user_state_path("hubwidgets")) / "practice"


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:  # noqa: PLR2004 - 16 bits, as TCP has it
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port
