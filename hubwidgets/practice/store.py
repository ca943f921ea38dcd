"""The practice Hub on disk.

root/
  hub.json          format, instance_id, secret (0600)
  accounts.json     users and tokens (0600)
  in-use.lock       held while a Hub runs on this store
  repos/{models,datasets,spaces}/<namespace>/<name>.git/    bare git repos; practice.json inside says the rest
  lfs/ xet/         see lfs_store.py, xet_store.py
  tmp/              half-done work; emptied at start
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, Self

from hubwidgets.core.repo import REPO_TYPES, RepoType
from hubwidgets.practice.files import sync_folder, write_durably

Visibility = Literal["public", "private"]

_FORMAT: Final = 1
_META: Final = "practice.json"


class StoreInUse(RuntimeError):
    """Another practice Hub runs on this store."""


class RepoExists(Exception):
    """The name is taken."""


@dataclass(frozen=True, slots=True)
class Repo:
    """One repo of the store; a value, replaced when settings change.

    Attributes:
        repo_id: "namespace/name".
        key: 24 hex digits that stay when the repo is moved, and never name another one.
        sdk: of a Space, else None.
        created_at: UTC, ISO 8601.
    """

    repo_type: RepoType
    repo_id: str
    key: str
    visibility: Visibility
    created_at: str
    sdk: str | None = None

    @property
    def namespace(self) -> str:
        """The user or organization."""
        return self.repo_id.partition("/")[0]

    @property
    def name(self) -> str:
        """The part after the slash."""
        return self.repo_id.partition("/")[2]

    @property
    def url_path(self) -> str:
        """Path of the page and of the git remote, no slash at either end: "alice/m", "datasets/alice/d"."""
        return self.repo_id if self.repo_type == "model" else f"{self.repo_type}s/{self.repo_id}"


class Store:
    """Repos by name, and where they lie. Thread-safe.

    Attributes:
        root: the folder.
        tmp: for half-done work, on the same file system, so that a rename out of it is atomic.
        instance_id: random, made with the store. Part of the CAS address: hf-xet remembers per address what it sent.
        secret: 32 bytes for signing capability addresses.
    """

    def __init__(self, root: Path) -> None:
        """Open a store, or make one.

        Raises:
            StoreInUse: another process has it open.
        """
        self.root = root.absolute()
        self.tmp = self.root / "tmp"
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock_descriptor = _claim(self.root / "in-use.lock")
        _empty(self.tmp)
        identity = _identity(self.root / "hub.json")
        self.instance_id: str = identity["instance_id"]
        self.secret: bytes = bytes.fromhex(identity["secret"])
        self._guard = threading.RLock()
        self._repos = {(repo.repo_type, repo.repo_id.lower()): repo for repo in self._scan()}

    def close(self) -> None:
        """Let another process use the store."""
        os.close(self._lock_descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def repos(self, repo_type: RepoType | None = None) -> list[Repo]:
        """All repos, or those of one type, oldest first."""
        with self._guard:
            found = [repo for repo in self._repos.values() if repo_type in {None, repo.repo_type}]
        return sorted(found, key=lambda repo: (repo.created_at, repo.repo_id))

    def find(self, repo_type: RepoType, repo_id: str) -> Repo | None:
        """The repo of that name, or None."""
        with self._guard:
            repo = self._repos.get((repo_type, repo_id.lower()))
        return repo if repo is not None and repo.repo_id == repo_id else None

    def repo_path(self, repo: Repo) -> Path:
        """The bare git repo."""
        return self._path(repo.repo_type, repo.repo_id)

    def create(
        self,
        repo_type: RepoType,
        repo_id: str,
        *,
        visibility: Visibility,
        sdk: str | None,
        fill: Callable[[Path], None],
    ) -> Repo:
        """Make a repo; `fill` makes the bare git repo at the path it is given. Visible whole or not at all.

        Raises:
            RepoExists: there is one of that name, or of a name that differs only in case.
        """
        repo = Repo(
            repo_type,
            repo_id,
            key=secrets.token_hex(12),
            visibility=visibility,
            created_at=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            sdk=sdk,
        )
        draft = self.tmp / f"create-{repo.key}.git"
        fill(draft)
        _write_meta(draft, repo)
        with self._guard:
            try:
                self._place(draft, repo)
            except RepoExists:
                shutil.rmtree(draft)
                raise
        return repo

    def delete(self, repo: Repo) -> None:
        """Remove a repo for good; gone at once for all who look."""
        grave = self.tmp / f"delete-{secrets.token_hex(8)}"
        with self._guard:
            path = self.repo_path(repo)
            path.rename(grave)
            del self._repos[repo.repo_type, repo.repo_id.lower()]
            sync_folder(path.parent)
        shutil.rmtree(grave)

    def update(self, repo: Repo, *, visibility: Visibility) -> Repo:
        """Change settings."""
        changed = replace(repo, visibility=visibility)
        with self._guard:
            _write_meta(self.repo_path(repo), changed)
            self._repos[repo.repo_type, repo.repo_id.lower()] = changed
        return changed

    def move(self, repo: Repo, new_id: str) -> Repo:
        """Give a repo another name or owner.

        Raises:
            RepoExists: the new name is taken.
        """
        moved = replace(repo, repo_id=new_id)
        with self._guard:
            old_path = self.repo_path(repo)
            self._place(old_path, moved)
            del self._repos[repo.repo_type, repo.repo_id.lower()]
            sync_folder(old_path.parent)
        return moved

    def _place(self, source: Path, repo: Repo) -> None:
        if (repo.repo_type, repo.repo_id.lower()) in self._repos:
            raise RepoExists(repo.repo_id)
        target = self.repo_path(repo)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        sync_folder(target.parent)
        sync_folder(target.parent.parent)
        self._repos[repo.repo_type, repo.repo_id.lower()] = repo

    def _path(self, repo_type: RepoType, repo_id: str) -> Path:
        namespace, _, name = repo_id.partition("/")
        return self.root / "repos" / f"{repo_type}s" / namespace / f"{name}.git"

    def _scan(self) -> list[Repo]:
        """Read all repos; the name is where the folder lies, so that a move needs one rename only."""
        found = []
        for repo_type in REPO_TYPES:
            for path in (self.root / "repos" / f"{repo_type}s").glob("*/*.git"):
                meta = json.loads((path / _META).read_bytes())
                repo_id = f"{path.parent.name}/{path.name.removesuffix('.git')}"
                found.append(Repo(**{**meta, "repo_type": repo_type, "repo_id": repo_id}))
        return found


def _write_meta(path: Path, repo: Repo) -> None:
    write_durably(path / _META, json.dumps(asdict(repo)).encode())


def _claim(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StoreInUse(f"another practice Hub uses {path.parent}") from None
    return descriptor


def _empty(folder: Path) -> None:
    """Clear what a killed Hub left half done."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)


def _identity(path: Path) -> dict[str, Any]:
    if not path.exists():
        made = {"format": _FORMAT, "instance_id": secrets.token_hex(8), "secret": secrets.token_hex(32)}
        write_durably(path, json.dumps(made).encode(), mode=0o600)
    identity: dict[str, Any] = json.loads(path.read_bytes())
    if identity["format"] != _FORMAT:
        raise ValueError(f"{path.parent} was made by another version of hubwidgets (format {identity['format']})")
    return identity
