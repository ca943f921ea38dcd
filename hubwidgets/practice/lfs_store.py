"""LFS objects on disk, each named by the SHA-256 of its content.

    root/lfs/ab/cd/<oid>    complete objects, never changed, 0444
    root/tmp/lfs-*          half-done ones; the store empties tmp when it is opened
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from hubwidgets.practice.files import sync_folder

_OID: Final = re.compile(r"[0-9a-f]{64}")
_READ_BYTES: Final = 1 << 20


class ObjectRefused(Exception):
    """The bytes are not what was announced; the text says how, in one sentence."""


class ObjectTooLarge(ObjectRefused):
    """More bytes came than were announced."""


@dataclass(slots=True)
class _Multipart:
    """One multipart upload; guarded by the lock of the store.

    Attributes:
        etags: of the parts that are on disk, by part number from 1.
        writers: how many parts are arriving right now.
    """

    path: Path
    etags: dict[int, str] = field(default_factory=dict)
    writers: int = 0


class LfsStore:
    """Content-addressed objects. Thread-safe; an object is visible whole or not at all.

    Attributes:
        part_bytes: size of a part of a multipart upload.
        multipart_above_bytes: larger objects are asked for in parts, of clients that can do that.
    """

    def __init__(self, root: Path) -> None:
        """Open the objects of a store.

        Args:
            root: the store's folder; its `tmp` is there already and empty.
        """
        self.part_bytes = 64 << 20
        self.multipart_above_bytes = 100 << 20
        self._objects = root / "lfs"
        self._tmp = root / "tmp"
        self._objects.mkdir(parents=True, exist_ok=True)
        self._tmp.mkdir(exist_ok=True)
        self._uploads: dict[str, _Multipart] = {}
        self._guard = threading.Lock()

    def path(self, oid: str) -> Path:
        """Where the object lies, or would.

        Raises:
            ValueError: not 64 lower-case hex digits; such a name must never become a path.
        """
        if not is_oid(oid):
            raise ValueError(f"not an LFS oid: {oid!r}")
        return self._objects / oid[:2] / oid[2:4] / oid

    def size(self, oid: str) -> int | None:
        """Size in bytes, or None when it is not here."""
        try:
            return self.path(oid).stat().st_size
        except FileNotFoundError:
            return None

    def has(self, oid: str, size: int | None = None) -> bool:
        """Whether the object is here, and has that size."""
        found = self.size(oid)
        return found is not None and size in {None, found}

    def oids(self) -> Iterator[str]:
        """All objects, in no order."""
        return (path.name for path in self._objects.glob("*/*/*"))

    def begin(self, oid: str, size: int | None) -> ObjectWriter:
        """Start to write an object.

        Args:
            size: bytes that will come; None when only the hash is known.
        """
        self.path(oid)
        return ObjectWriter(self, oid, size, self._tmp / f"lfs-{secrets.token_hex(8)}")

    def write_part(self, upload_id: str, number: int, offset: int, size: int) -> PartWriter:
        """Start to write one part of a multipart upload; any order, several at a time.

        Args:
            upload_id: random, from the batch answer.
            number: from 1.
            offset: where the part begins in the whole, in bytes.
            size: bytes that will come.
        """
        with self._guard:
            upload = self._uploads.get(upload_id)
            if upload is None:
                upload = self._uploads[upload_id] = _Multipart(self._tmp / f"lfs-parts-{secrets.token_hex(8)}")
            # A part that is sent again is not there until it has arrived again.
            upload.etags.pop(number, None)
            upload.writers += 1
        return PartWriter(upload, self._guard, number, offset, size)

    def complete(self, upload_id: str, oid: str, size: int, etags: dict[int, str], *, total: int) -> None:
        """Join the parts of an upload.

        Args:
            etags: what the client got for each part, by number from 1.
            total: how many parts there are.

        Raises:
            ObjectRefused: a part is missing or another, or the whole has another hash. After the latter the upload
                is forgotten, and its parts with it.
        """
        with self._guard:
            upload = self._uploads.get(upload_id)
            if upload is None and self.has(oid, size):
                return  # completed before; the answer was lost
            upload = upload or _Multipart(self._tmp / f"lfs-parts-{secrets.token_hex(8)}")
            _check_parts(upload, total, etags)
            # From here on nobody can write into the file that is checked and published below.
            self._uploads.pop(upload_id, None)
        try:
            self._join(upload.path, oid, size)
        finally:
            upload.path.unlink(missing_ok=True)

    def _join(self, path: Path, oid: str, size: int) -> None:
        path.touch()
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while block := file.read(_READ_BYTES):
                digest.update(block)
            _check(oid, size, digest.hexdigest(), file.tell())
            os.fsync(file.fileno())
        self.publish(path, oid)

    def publish(self, path: Path, oid: str) -> None:
        """Give a complete, checked and synced file of `tmp` its name; for the writers of this module."""
        target = self.path(oid)
        path.chmod(0o444)
        if not target.parent.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(target.parent.parent)
            sync_folder(self._objects)
        path.replace(target)
        sync_folder(target.parent)


class ObjectWriter:
    """Takes the bytes of one object, and hashes them on the way; a context manager that forgets what was not finished."""

    def __init__(self, store: LfsStore, oid: str, size: int | None, path: Path) -> None:
        self._store = store
        self._oid = oid
        self._size = size
        self._path = path
        self._file = path.open("xb", buffering=0)
        self._digest = hashlib.sha256()
        self._done = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _exc: BaseException | None, _tb: TracebackType | None) -> None:
        self.abort()

    def write(self, block: bytes | memoryview) -> None:
        """Append bytes.

        Raises:
            ObjectTooLarge: more than were announced.
        """
        self._done += len(block)
        if self._size is not None and self._done > self._size:
            raise ObjectTooLarge(f"More than the announced {self._size} bytes arrived")
        self._digest.update(block)
        _write_all(self._file.fileno(), block)

    def finish(self) -> None:
        """Make the object visible; it is on disk when this returns.

        Raises:
            ObjectRefused: too few bytes, or another SHA-256 than its name says.
        """
        _check(self._oid, self._size, self._digest.hexdigest(), self._done)
        os.fsync(self._file.fileno())
        self._file.close()
        self._store.publish(self._path, self._oid)

    def abort(self) -> None:
        """Forget what came; nothing happens after `finish`."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class PartWriter:
    """Takes the bytes of one part, straight to their place in the whole; a context manager."""

    def __init__(self, upload: _Multipart, guard: threading.Lock, number: int, offset: int, size: int) -> None:
        self._upload = upload
        self._guard = guard
        self._number = number
        self._size = size
        self._done = 0
        self._descriptor = os.open(upload.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.lseek(self._descriptor, offset, os.SEEK_SET)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _exc: BaseException | None, _tb: TracebackType | None) -> None:
        os.close(self._descriptor)
        with self._guard:
            self._upload.writers -= 1

    def write(self, block: bytes | memoryview) -> None:
        """Append bytes to the part.

        Raises:
            ObjectTooLarge: more than the part has.
        """
        self._done += len(block)
        if self._done > self._size:
            raise ObjectTooLarge(f"More than the {self._size} bytes of part {self._number} arrived")
        _write_all(self._descriptor, block)

    def finish(self) -> str:
        """Note the part as arrived and return its ETag, without quotes.

        Raises:
            ObjectRefused: too few bytes.
        """
        if self._done != self._size:
            raise ObjectRefused(f"Part {self._number} has {self._size} bytes, {self._done} arrived")
        etag = secrets.token_hex(16)
        with self._guard:
            self._upload.etags[self._number] = etag
        return etag


def is_oid(text: object) -> bool:
    """Whether this is a SHA-256 as LFS writes it: 64 lower-case hex digits."""
    return isinstance(text, str) and _OID.fullmatch(text) is not None


def _check_parts(upload: _Multipart, total: int, etags: dict[int, str]) -> None:
    if upload.writers:
        raise ObjectRefused("A part of this upload is still arriving")
    if set(etags) != set(range(1, total + 1)):
        raise ObjectRefused(f"The completion must name parts 1 to {total}, each once")
    for number, etag in etags.items():
        if number not in upload.etags:
            raise ObjectRefused(f"Part {number} has not arrived")
        if upload.etags[number] != etag.strip('"'):
            raise ObjectRefused(f"Part {number} arrived with another ETag")


def _check(oid: str, size: int | None, digest: str, done: int) -> None:
    if size is not None and done != size:
        raise ObjectRefused(f"{size} bytes were announced, {done} arrived")
    if digest != oid:
        raise ObjectRefused(f"The SHA-256 of what arrived is {digest}, not {oid}")


def _write_all(descriptor: int, block: bytes | memoryview) -> None:
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
