"""Which paths `.gitattributes` hands to LFS.

Patterns are git's, which differ from those of `.gitignore`: a pattern never covers what lies below a folder it names.
Source: gitattributes(5), and git's wildmatch.c for what a pattern means. `git check-attr` is the judge in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_LFS: Final = "filter=lfs diff=lfs merge=lfs -text"
_MODEL_PATTERNS: Final = """
    *.7z *.arrow *.bin *.bz2 *.ckpt *.ftz *.gz *.h5 *.joblib *.lfs.* *.mlmodel *.model *.msgpack *.npy *.npz
    *.onnx *.ot *.parquet *.pb *.pickle *.pkl *.pt *.pth *.rar *.safetensors saved_model/**/* *.tar.* *.tar
    *.tflite *.tgz *.wasm *.xz *.zip *.zst *tfevents*
"""
_DATASET_PATTERNS: Final = """
    *.7z *.arrow *.avro *.bin *.bz2 *.ckpt *.ftz *.gz *.h5 *.joblib *.lfs.* *.lz4 *.mds *.mlmodel *.model
    *.msgpack *.npy *.npz *.onnx *.ot *.parquet *.pb *.pickle *.pkl *.pt *.pth *.rar *.safetensors
    saved_model/**/* *.tar.* *.tar *.tflite *.tgz *.wasm *.xz *.zip *.zst *tfevents* *.pcm *.sam *.raw *.aac
    *.flac *.mp3 *.ogg *.wav *.bmp *.gif *.png *.tiff *.jpg *.jpeg *.webp *.mp4 *.webm
"""
_BRACKET_CLASSES: Final = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\s",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_C_ESCAPES: Final = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, '"': 34}


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line that says something of `filter`: `lfs` is whether it says filter=lfs."""

    pattern: re.Pattern[str]
    by_name: bool
    lfs: bool


class Attributes:
    """All `.gitattributes` of one commit.

    Args:
        texts: content of each file by the folder it lies in, "" for the top.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._rules = {folder: tuple(_parse(text)) for folder, text in texts.items()}

    def is_lfs(self, path_in_repo: str) -> bool:
        """Whether git would run the file through LFS."""
        return self._decide(path_in_repo)[0]

    def deciding_folder(self, path_in_repo: str) -> str:
        """The folder of the file whose rule has the last word on this path; "" when none has."""
        return self._decide(path_in_repo)[1]

    def _decide(self, path_in_repo: str) -> tuple[bool, str]:
        """A file deeper down overrules those above; within a file, the last line that fits."""
        folder, _, name = path_in_repo.rpartition("/")
        if name == ".gitattributes":
            return False, ""
        while True:
            relative = path_in_repo[len(folder) + 1 :] if folder else path_in_repo
            for rule in reversed(self._rules.get(folder, ())):
                if rule.pattern.fullmatch(name if rule.by_name else relative):
                    return rule.lfs, folder
            if not folder:
                return False, ""
            folder = folder.rpartition("/")[0]


def default_gitattributes(repo_type: str) -> bytes:
    """The file every new repo begins with."""
    patterns = _DATASET_PATTERNS if repo_type == "dataset" else _MODEL_PATTERNS
    return "".join(f"{pattern} {_LFS}\n" for pattern in patterns.split()).encode()


def lfs_line(path_in_folder: str) -> str:
    """The line that hands exactly this name to LFS, as `git lfs track --filename` would write it."""
    escaped = re.sub(r"[\\\[\]*?]", r"\\\g<0>", path_in_folder)
    if escaped.startswith(("!", "#")):
        escaped = "\\" + escaped
    if re.search(r'[\x00-\x1f\x7f]|^"', escaped):
        escaped = f'"{_c_quote(escaped)}"'
    else:
        escaped = escaped.replace(" ", "[[:space:]]")
    return f"{escaped} {_LFS}\n"


def _c_quote(text: str) -> str:
    """Quote as git's `quote_c_style` does."""
    return "".join(
        f"\\{character}"
        if character in '\\"'
        else f"\\{ord(character):03o}"
        if character < " " or character == "\x7f"
        else character
        for character in text
    )


def _parse(text: str) -> list[_Rule]:
    rules = []
    for line in text.removeprefix("\ufeff").split("\n"):
        pattern, attributes = _split(line.strip(" \t\r"))
        says = [word for word in attributes if word.lstrip("-!").partition("=")[0] == "filter"]
        if pattern and says and not pattern.startswith("!"):
            rule = _rule(pattern, lfs=says[-1] == "filter=lfs")
            rules += [rule] if rule else []
    return rules


def _split(line: str) -> tuple[str, list[str]]:
    """Pattern and attributes of one line; an empty pattern for a comment or a line that is no rule."""
    if not line or line.startswith(("#", "[attr]")):
        return "", []
    if line.startswith('"'):
        quoted = re.match(r'"((?:[^"\\]|\\.)*)"(.*)', line)
        if quoted is None:
            return "", []
        return _c_unquote(quoted[1]), quoted[2].split()
    pattern, *attributes = re.split(r"[ \t\r]+", line)
    return pattern, attributes


def _c_unquote(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1]
        return chr(int(code, 8)) if code.isdigit() else chr(_C_ESCAPES.get(code, ord(code)))

    raw = re.sub(r"\\([0-3][0-7]{2}|.)", plain, text)
    # Octal escapes are bytes; put the UTF-8 they spell together again.
    with_bytes = b"".join(bytes([ord(c)]) if ord(c) < 256 and "\\" in text else c.encode() for c in raw)  # noqa: PLR2004
    return with_bytes.decode(errors="replace") if "\\" in text else raw


def _rule(pattern: str, *, lfs: bool) -> _Rule | None:
    if pattern.endswith("/"):  # fits folders only, and those have no content
        return None
    by_name = "/" not in pattern
    regex = _wildmatch(pattern.removeprefix("/"))
    return None if regex is None else _Rule(re.compile(regex, re.DOTALL), by_name, lfs)


def _wildmatch(pattern: str) -> str | None:
    """Translate git's pattern to a regular expression; None for one that fits nothing."""
    out, at = "", 0
    while at < len(pattern):
        character = pattern[at]
        if character == "*":
            stars = len(pattern[at:]) - len(pattern[at:].lstrip("*"))
            piece, at = _stars(pattern, at, stars)
            out += piece
        elif character == "[":
            bracket = _bracket(pattern, at + 1)
            if bracket is None:
                return None
            out, at = out + bracket[0], bracket[1]
        elif character == "\\":
            if at + 1 == len(pattern):
                return None
            out, at = out + re.escape(pattern[at + 1]), at + 2
        else:
            out, at = out + ("[^/]" if character == "?" else re.escape(character)), at + 1
    return out


def _stars(pattern: str, at: int, count: int) -> tuple[str, int]:
    """One or more stars: two that stand alone between slashes go through folders, all others stay in one."""
    end = at + count
    alone = count >= 2 and (at == 0 or pattern[at - 1] == "/") and (end == len(pattern) or pattern[end] == "/")  # noqa: PLR2004
    if not alone:
        return "[^/]*", end
    return (".*", end) if end == len(pattern) else ("(?:.*/)?", end + 1)


def _bracket(pattern: str, at: int) -> tuple[str, int] | None:
    """A bracket expression, read from behind its `[`; None when it is not closed."""
    negated = pattern[at : at + 1] in {"!", "^"}
    at += negated
    out, first = "", True
    while at < len(pattern) and (first or pattern[at] != "]"):
        first = False
        if named := re.match(r"\[:([a-z]+):\]", pattern[at:]):
            if named[1] not in _BRACKET_CLASSES:
                return None
            out, at = out + _BRACKET_CLASSES[named[1]], at + named.end()
            continue
        low, at = _bracket_character(pattern, at)
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in {"", "]"}:
            high, at = _bracket_character(pattern, at + 1)
            # An empty range fits nothing, and is an error in a regular expression.
            out += f"{re.escape(low)}-{re.escape(high)}" if low <= high else ""
        else:
            out += re.escape(low)
    if at >= len(pattern):
        return None
    inner = f"[^{out}]" if negated else f"[{out}]" if out else "(?!)"
    return f"(?!/){inner if out or not negated else '.'}", at + 1


def _bracket_character(pattern: str, at: int) -> tuple[str, int]:
    at += pattern[at] == "\\" and at + 1 < len(pattern)
    return pattern[at], at + 1
