"""What hf-xet sends: xorbs (chunks in a row) and shards (which chunks make which file).

Read only. All numbers are little-endian. A hash is 32 bytes, written as four 64-bit numbers in hex.

Source: xet-core, `mdb_shard/src` (file_structs.rs, shard_format.rs) and `xet_core_structures/src/xorb_object`
(xorb_chunk_format.rs, byte_grouping), checked against what hf-xet 1.8.0 sends.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import lz4.frame

#: Most bytes of chunk data in one xorb (`MAX_XORB_BYTES`), and how many more its headers and footer may take.
MAX_XORB_BYTES: Final = 64 << 20
XORB_OVERHEAD_BYTES: Final = 4 << 20
#: Most bytes of one shard that we take.
MAX_SHARD_BYTES: Final = 64 << 20

_SHARD_MAGIC: Final = b"HFRepoMetaData"
_SHARD_VERSION: Final = 2
_RECORD_BYTES: Final = 48
_BOOKEND: Final = b"\xff" * 32
_HAS_VERIFICATION: Final = 1 << 31
_HAS_METADATA: Final = 1 << 30

_CHUNK_HEADER: Final = struct.Struct("<B3sB3s")
_XORB_FOOTER_MAGIC: Final = b"XETBLOB"
_NONE, _LZ4, _BG4_LZ4 = range(3)


class Malformed(Exception):
    """Not a xorb or shard; the text says where, in one sentence."""


@dataclass(frozen=True, slots=True)
class Term:
    """A run of chunks of one xorb.

    Attributes:
        xorb: 64 hex digits.
        start: first chunk.
        end: the chunk after the last.
        unpacked_bytes: of the run, decompressed.
    """

    xorb: str
    start: int
    end: int
    unpacked_bytes: int


@dataclass(frozen=True, slots=True)
class FileRecord:
    """How one file is made.

    Attributes:
        file_hash: the Xet hash, 64 hex digits.
        sha256: of the content, 64 hex digits; None when the client did not say.
    """

    file_hash: str
    sha256: str | None
    terms: tuple[Term, ...]

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return sum(term.unpacked_bytes for term in self.terms)


@dataclass(frozen=True, slots=True)
class XorbIndex:
    """Where the chunks of a xorb lie.

    Attributes:
        offsets: of each chunk's header in the file, and the end of the last chunk.
        unpacked: running total of decompressed bytes, from 0; as long as `offsets`.
    """

    offsets: tuple[int, ...]
    unpacked: tuple[int, ...]

    @property
    def total(self) -> int:
        """How many chunks there are."""
        return len(self.offsets) - 1


def read_shard(file: BinaryIO) -> list[FileRecord]:
    """Read the files of a shard.

    Raises:
        Malformed: not a shard of version 2.
    """
    head = file.read(_RECORD_BYTES)
    if len(head) < _RECORD_BYTES or not head.startswith(_SHARD_MAGIC):
        raise Malformed("This is not a shard: its first bytes are others")
    version = int.from_bytes(head[32:40], "little")
    if version != _SHARD_VERSION:
        raise Malformed(f"This is a shard of version {version}, not {_SHARD_VERSION}")
    records = []
    while (record := _read_file_record(file)) is not None:
        records.append(record)
    return records


def _read_file_record(file: BinaryIO) -> FileRecord | None:
    head = _read_record(file)
    if head[:32] == _BOOKEND:
        return None
    flags, total = struct.unpack_from("<II", head, 32)
    terms = []
    for _ in range(total):
        entry = _read_record(file)
        _flags, unpacked_bytes, start, end = struct.unpack_from("<IIII", entry, 32)
        terms.append(Term(_hex(entry[:32]), start, end, unpacked_bytes))
    if flags & _HAS_VERIFICATION:
        for _ in range(total):
            _read_record(file)
    sha256 = _hex(_read_record(file)[:32]) if flags & _HAS_METADATA else None
    return FileRecord(_hex(head[:32]), sha256, tuple(terms))


def _read_record(file: BinaryIO) -> bytes:
    record = file.read(_RECORD_BYTES)
    if len(record) < _RECORD_BYTES:
        raise Malformed("The shard ends in the middle of its list of files")
    return record


def read_xorb_index(file: BinaryIO, size: int) -> XorbIndex:
    """Find the chunks of a xorb by their headers.

    Args:
        size: bytes of the file.

    Raises:
        Malformed: something that is neither a chunk nor the footer.
    """
    offsets, unpacked, position = [0], [0], 0
    while position < size:
        file.seek(position)
        header = file.read(_CHUNK_HEADER.size)
        if header.startswith(_XORB_FOOTER_MAGIC):
            break
        packed_bytes, _scheme, unpacked_bytes = _parse_header(header)
        position += _CHUNK_HEADER.size + packed_bytes
        if position > size:
            raise Malformed(f"The xorb ends in the middle of chunk {len(offsets) - 1}")
        offsets.append(position)
        unpacked.append(unpacked[-1] + unpacked_bytes)
    if unpacked[-1] > MAX_XORB_BYTES:
        raise Malformed(f"The xorb holds {unpacked[-1]} bytes; at most {MAX_XORB_BYTES} are allowed")
    if len(offsets) == 1:
        raise Malformed("The xorb has no chunk")
    return XorbIndex(tuple(offsets), tuple(unpacked))


def read_chunks(file: BinaryIO, index: XorbIndex, start: int, end: int) -> Iterator[bytes]:
    """Decompress chunks `start` to `end`, not included.

    Raises:
        Malformed: a chunk does not decompress to what its header says.
    """
    file.seek(index.offsets[start])
    for number in range(start, end):
        packed_bytes, scheme, unpacked_bytes = _parse_header(file.read(_CHUNK_HEADER.size))
        chunk = _unpack(file.read(packed_bytes), scheme, unpacked_bytes)
        if len(chunk) != unpacked_bytes:
            raise Malformed(f"Chunk {number} has {len(chunk)} bytes, its header says {unpacked_bytes}")
        yield chunk


def _parse_header(header: bytes) -> tuple[int, int, int]:
    if len(header) < _CHUNK_HEADER.size:
        raise Malformed("The xorb ends in the middle of a chunk's header")
    version, packed, scheme, unpacked = _CHUNK_HEADER.unpack(header)
    if version != 0 or scheme not in {_NONE, _LZ4, _BG4_LZ4}:
        raise Malformed(f"Unknown chunk: version {version}, compression {scheme}")
    return int.from_bytes(packed, "little"), scheme, int.from_bytes(unpacked, "little")


def _unpack(packed: bytes, scheme: int, unpacked_bytes: int) -> bytes:
    if scheme == _NONE:
        return packed
    try:
        # The bound keeps a few hostile bytes from becoming many.
        plain: bytes = lz4.frame.LZ4FrameDecompressor().decompress(packed, max_length=unpacked_bytes + 1)
    except RuntimeError as error:
        raise Malformed(f"A chunk does not decompress: {error}") from None
    return _ungroup(plain) if scheme == _BG4_LZ4 else plain


def _ungroup(grouped: bytes) -> bytes:
    """Undo byte grouping by 4: first come all bytes at 0, 4, 8, ..., then those at 1, 5, 9, ..., and so on."""
    plain = bytearray(len(grouped))
    position = 0
    for lane in range(4):
        count = (len(grouped) - lane + 3) // 4
        plain[lane::4] = grouped[position : position + count]
        position += count
    return bytes(plain)


def _hex(raw: bytes) -> str:
    return "".join(f"{number:016x}" for number in struct.unpack("<4Q", raw))
