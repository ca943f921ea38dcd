"""Find the practice Hub that runs on this machine, or start one as a child process.

We never import the practice Hub: it runs as `python -m hubwidgets practice` and tells where it is in one line of JSON.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hubwidgets.core.errors import LocalTrouble

FILE_VARIABLE: Final = "HUBWIDGETS_PRACTICE_FILE"
_START_S: Final = 30.0


class PracticeUnavailable(LocalTrouble):
    """The practice Hub cannot be started here."""

    code = "practice.unavailable"


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A practice Hub that answers. `users` is name -> (role, token); it has no repr of the tokens."""

    endpoint: str
    store: str
    users: dict[str, tuple[str, str]]

    def __repr__(self) -> str:
        return f"RunningHub({self.endpoint!r}, users={sorted(self.users)})"


def find_or_start(state_dir: Path, store: Path | None = None) -> RunningHub:
    """Return the practice Hub of this machine.

    One that the environment names (`HUBWIDGETS_PRACTICE_FILE`, a 0600 file with its line of JSON) or that another
    kernel of this user started is used if it answers; else one is started, which ends with this process.

    Raises:
        PracticeUnavailable: its packages are missing, or it did not start.
    """
    record = Path(os.environ.get(FILE_VARIABLE) or state_dir / "practice.json")
    if store is None and (running := _read(record)) is not None and _answers(running.endpoint):
        return running
    return _start(store or state_dir / "practice", record)


def _read(record: Path) -> RunningHub | None:
    try:
        return _parse(record.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _parse(line: str) -> RunningHub:
    told: dict[str, Any] = json.loads(line)
    users = {user["name"]: (user["role"], user["token"]) for user in told["users"]}
    return RunningHub(told["endpoint"], told["store"], users)


def _answers(endpoint: str) -> bool:
    # No proxy: the practice Hub is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{endpoint}/api/whoami-v2", timeout=2):
            return True
    except urllib.error.HTTPError as exc:
        exc.close()
        return True  # "who are you?" is an answer
    except OSError:
        return False


def _start(store: Path, record: Path) -> RunningHub:
    if importlib.util.find_spec("starlette") is None or importlib.util.find_spec("pygit2") is None:
        raise PracticeUnavailable(
            "The practice Hub needs packages that are not installed.", "Run: pip install 'hubwidgets[practice]'"
        )
    command = [sys.executable, "-m", "hubwidgets", "practice", "--port", "0", "--store", str(store), "--with-parent"]
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    atexit.register(_stop, child)
    timer = threading.Timer(_START_S, child.kill)
    timer.start()
    line = child.stdout.readline() if child.stdout else ""
    timer.cancel()
    if not line:
        said = child.stderr.read() if child.stderr else ""
        raise PracticeUnavailable("The practice Hub did not start.", "See what it said below.", detail=said[-2000:])
    # Nobody reads these any more; a full pipe would stop the child.
    for stream in (child.stdout, child.stderr):
        threading.Thread(target=_drain, args=(stream,), daemon=True, name="hubwidgets-practice-log").start()
    _write_private(record, line)
    return _parse(line)


def _write_private(record: Path, text: str) -> None:
    record.parent.mkdir(parents=True, exist_ok=True)
    part = record.with_name(f"{record.name}.{os.getpid()}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(record)


def _drain(stream: Any) -> None:
    for _line in stream:
        pass


def _stop(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.wait(5)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
