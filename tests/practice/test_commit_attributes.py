"""Our reading of .gitattributes against git's own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hubwidgets.practice.attributes import Attributes, default_gitattributes, lfs_line

Judge = Callable[[dict[str, str], list[str]], list[bool]]


@pytest.fixture(scope="session")
def git_says(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Which of these paths `git check-attr` hands to LFS, given .gitattributes by folder."""
    root = tmp_path_factory.mktemp("attributes")
    env = {"PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": str(root), "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "init", "-q", str(root)], env=env, check=True)

    def judge(texts: dict[str, str], paths: list[str]) -> list[bool]:
        for old in root.rglob(".gitattributes"):
            old.unlink()
        for folder, text in texts.items():
            (root / folder).mkdir(parents=True, exist_ok=True)
            (root / folder / ".gitattributes").write_bytes(text.encode())
        said = subprocess.run(
            ["git", "check-attr", "-z", "--stdin", "filter"],
            cwd=root,
            env=env,
            input=b"".join(path.encode() + b"\0" for path in paths),
            capture_output=True,
            check=True,
        )
        return [value == b"lfs" for value in said.stdout.split(b"\0")[2::3]]

    return judge


PATHS = [
    "a", "b", "a.bin", "x/a", "x/a.bin", "x/y/a.bin", "a/b", "a/b/c", "x/a/b", "ab", "a b", "x/y/z/w", "A", "a]b", "[a]",
    "a-b", "a\\b", "*", "a*", "?", "!a", "#a", '"a"', "é", "x/é.bin", "saved_model/a/b", "saved_model/a", "a\tb",
]  # fmt: skip
patterns = st.text(alphabet='ab*?/[]!^-\\. xyz.bin"#é', min_size=1, max_size=9)
attributes = st.sampled_from(["filter=lfs", "-filter", "!filter", "filter", "filter=other", "text", "filter=lfs -filter", ""])
lines = st.builds(lambda pattern, says: f"{pattern} {says}", patterns, attributes)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines, max_size=4), st.lists(lines, max_size=2))
@example(["a filter=lfs", "a/ -filter"], [])
@example(["**/a filter=lfs"], ["* -filter"])
@example(["a/** filter=lfs"], ["/b filter=lfs"])
@example(["[!a] filter=lfs", "[]a] -filter"], [])
@example(["[z-a] filter=lfs"], [])
@example(["[[:alpha:]] filter=lfs", "x/**/*.bin filter=lfs"], [])
@example(['"a b" filter=lfs', '"\\303\\251" filter=lfs', '"a\\tb" filter=lfs'], [])
@example(["a** filter=lfs", "**b filter=lfs", "x/** filter=lfs", "*/a filter=lfs"], [])
def test_we_read_patterns_as_git_does(git_says: Judge, top: list[str], below: list[str]) -> None:
    texts = {"": "\n".join(top), "x": "\n".join(below)}
    ours = Attributes(texts)
    assert [ours.is_lfs(path) for path in PATHS] == git_says(texts, PATHS)


@pytest.mark.parametrize("repo_type", ["model", "dataset"])
def test_the_default_rules_mean_the_same_to_git(git_says: Judge, repo_type: str) -> None:
    text = default_gitattributes(repo_type).decode()
    paths = ["m.bin", "a/m.safetensors", "x.tar.gz", "saved_model/v/x.txt", "tfevents", "a.wav", "a.jpg", "a.txt", "bin", "README.md"]
    ours = Attributes({"": text})
    expected = [True] * 5 + [repo_type == "dataset"] * 2 + [False] * 3
    assert [ours.is_lfs(path) for path in paths] == git_says({"": text}, paths) == expected


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet='ab *?[]!#"\\\t\n/é-.', min_size=1, max_size=8), min_size=1, max_size=3))
def test_a_line_for_one_file_fits_that_file(git_says: Judge, names: list[str]) -> None:
    names = [name for name in names if all(part not in {"", ".", ".."} for part in name.split("/"))]
    text = "".join(lfs_line(name) for name in names)
    ours = Attributes({"": text})
    assert [ours.is_lfs(name) for name in names] == git_says({"": text}, names) == [True] * len(names)


def test_gitattributes_is_never_lfs_itself(tmp_path: Path) -> None:
    assert not Attributes({"": "* filter=lfs"}).is_lfs(".gitattributes")
