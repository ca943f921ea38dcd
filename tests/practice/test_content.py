"""What can be read of a repo: trees, files, history, branches and tags."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from huggingface_hub.errors import (
    BadRequestError,
    EntryNotFoundError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import RepoFile, RepoFolder

from hubwidgets.practice import PracticeHub

FILES = {"a.txt": b"a", "d/b.txt": b"bb", "d/e/c.txt": b"ccc", "d.txt": b"dddd", "имя файла.txt": b"eeeee"}


@pytest.fixture
def filled(alice: HfApi, repo_id: str) -> str:
    """A repo with FILES in its second commit."""
    additions = [CommitOperationAdd(path, content) for path, content in FILES.items()]
    alice.create_commit(repo_id, additions, commit_message="Files")
    return repo_id


def paths(items: object) -> list[str]:
    return [item.path for item in items]  # type: ignore[attr-defined]  # items of two classes, both with a path


def test_a_tree_shows_one_folder_or_all(alice: HfApi, filled: str) -> None:
    assert sorted(paths(alice.list_repo_tree(filled))) == sorted([".gitattributes", "a.txt", "d", "d.txt", "имя файла.txt"])
    assert sorted(paths(alice.list_repo_tree(filled, "d"))) == ["d/b.txt", "d/e"]
    assert sorted(paths(alice.list_repo_tree(filled, "d", recursive=True))) == ["d/b.txt", "d/e", "d/e/c.txt"]
    assert paths(alice.list_repo_tree(filled, "d/e")) == ["d/e/c.txt"]
    everything = list(alice.list_repo_tree(filled, recursive=True))
    sizes = {item.path: item.size for item in everything if isinstance(item, RepoFile)}
    assert sizes == {".gitattributes": 1519, **{path: len(content) for path, content in FILES.items()}}
    assert {item.path for item in everything if isinstance(item, RepoFolder)} == {"d", "d/e"}
    for path in ("nowhere", "a.txt", "d/e/c.txt/x"):
        with pytest.raises(EntryNotFoundError):
            list(alice.list_repo_tree(filled, path))


def test_each_path_knows_the_commit_that_changed_it_last(alice: HfApi, filled: str) -> None:
    alice.upload_file(repo_id=filled, path_or_fileobj=b"new", path_in_repo="d/e/c.txt", commit_message="Change c")
    titles = {
        item.path: item.last_commit.title
        for item in alice.list_repo_tree(filled, recursive=True, expand=True)
        if item.last_commit
    }
    changed = {"d", "d/e", "d/e/c.txt"}
    expected = {path: "Change c" if path in changed else "Files" for path in [*FILES, "d", "d/e"]}
    assert titles == {**expected, ".gitattributes": "initial commit"}
    (info,) = alice.get_paths_info(filled, "a.txt", expand=True)
    assert isinstance(info, RepoFile)
    assert info.last_commit is not None
    assert info.last_commit.title == "Files"
    assert abs(dt.datetime.now(dt.UTC) - info.last_commit.date) < dt.timedelta(minutes=5)
    old = alice.list_repo_commits(filled)[1].commit_id
    (info,) = alice.get_paths_info(filled, "d/e/c.txt", expand=True, revision=old)
    assert isinstance(info, RepoFile)
    assert info.last_commit is not None
    assert info.last_commit.title == "Files"


def test_what_was_deleted_and_came_back_belongs_to_the_commit_that_brought_it(alice: HfApi, filled: str) -> None:
    alice.delete_file("d/b.txt", filled)
    alice.upload_file(repo_id=filled, path_or_fileobj=b"bb", path_in_repo="d/b.txt", commit_message="Back")
    (info,) = alice.get_paths_info(filled, "d/b.txt", expand=True)
    assert info.last_commit is not None
    assert info.last_commit.title == "Back"


def test_large_trees_come_in_pages(http: httpx2.Client, alice: HfApi, repo_id: str) -> None:
    names = [f"f{number % 5}/{number}.txt" for number in range(1200)]
    alice.create_commit(repo_id, [CommitOperationAdd(name, b"x") for name in names], commit_message="Many")
    assert {path for path in paths(alice.list_repo_tree(repo_id, recursive=True)) if "/" in path} == set(names)
    expanded = list(alice.list_repo_tree(repo_id, recursive=True, expand=True))
    assert len(expanded) == len(names) + 6
    assert all(item.last_commit for item in expanded)
    first = http.get(f"/api/models/{repo_id}/tree/main", params={"recursive": "true", "limit": 7})
    assert len(first.json()) == 7
    assert str(first.links["next"]["url"]).startswith("http://127.0.0.1:")
    assert http.get(f"/api/models/{repo_id}/tree/main", params={"cursor": "-1"}).status_code == 400


def test_paths_info_leaves_out_what_is_not_there(http: httpx2.Client, alice: HfApi, filled: str) -> None:
    assert paths(alice.get_paths_info(filled, ["d", "a.txt", "nowhere", "имя файла.txt"])) == ["d", "a.txt", "имя файла.txt"]
    # As the JavaScript client asks.
    answer = http.post(f"/api/models/{filled}/paths-info/main", json={"paths": ["d/b.txt"], "expand": True})
    assert [(item["path"], item["lastCommit"]["title"]) for item in answer.json()] == [("d/b.txt", "Files")]
    for body in (b"{", b"[]", b'{"paths": 1}', b'{"paths": [1]}'):
        headers = {"Content-Type": "application/json"}
        assert http.post(f"/api/models/{filled}/paths-info/main", content=body, headers=headers).status_code == 400


def test_the_size_of_all_files_is_part_of_the_info(alice: HfApi, filled: str) -> None:
    siblings = alice.model_info(filled, files_metadata=True).siblings or []
    assert {file.rfilename: file.size for file in siblings if file.rfilename in FILES} == {
        path: len(content) for path, content in FILES.items()
    }
    assert all(file.blob_id for file in siblings)


def test_history_comes_newest_first_and_in_pages(practice_hub: PracticeHub, alice: HfApi, repo_id: str) -> None:
    for number in range(60):
        practice_hub.land_other_commit(repo_id, path=f"{number}.txt")
    commits = alice.list_repo_commits(repo_id, formatted=True)
    assert [commit.title for commit in commits] == [*(f"Add {n}.txt" for n in range(59, -1, -1)), "initial commit"]
    assert commits[0].authors == ["bob"]
    assert commits[0].formatted_title == "Add 59.txt"
    assert len(alice.list_repo_commits(repo_id, revision=commits[10].commit_id)) == 51


def test_branches_and_tags(alice: HfApi, filled: str) -> None:
    head, _ = (commit.commit_id for commit in alice.list_repo_commits(filled))
    first = alice.list_repo_commits(filled)[-1].commit_id
    alice.create_branch(filled, branch="dev/x", revision=first)
    alice.create_tag(filled, tag="v1.0", tag_message="First release")
    alice.create_tag(filled, tag="v0", revision=first)
    refs = alice.list_repo_refs(filled, include_pull_requests=True)
    assert {(ref.name, ref.ref, ref.target_commit) for ref in [*refs.branches, *refs.tags]} == {
        ("dev/x", "refs/heads/dev/x", first),
        ("main", "refs/heads/main", head),
        ("v0", "refs/tags/v0", first),
        ("v1.0", "refs/tags/v1.0", head),
    }
    assert alice.list_repo_files(filled, revision="dev/x") == [".gitattributes"]
    assert alice.list_repo_files(filled, revision="refs/heads/dev/x") == [".gitattributes"]
    assert alice.model_info(filled, revision="v0").sha == first
    assert alice.model_info(filled, revision=head[:9]).sha == head
    for create in (alice.create_branch, alice.create_tag):
        name = {"branch": "dev/x"} if create == alice.create_branch else {"tag": "v0"}
        with pytest.raises(HfHubHTTPError, match="409"):
            create(filled, **name)
        create(filled, **name, exist_ok=True)
    with pytest.raises(HfHubHTTPError, match="409"):  # git cannot have both
        alice.create_branch(filled, branch="dev")
    alice.delete_branch(filled, branch="dev/x")
    alice.delete_tag(filled, tag="v1.0")
    with pytest.raises(RevisionNotFoundError):
        alice.delete_tag(filled, tag="v1.0")
    with pytest.raises(HfHubHTTPError, match="main branch cannot be deleted"):
        alice.delete_branch(filled, branch="main")
    assert [ref.name for ref in alice.list_repo_refs(filled).branches] == ["main"]


@pytest.mark.parametrize("name", ["refs/pr/1", "a..b", "a b", "a~1", "-x", "x.lock", "HEAD", "a\\b", "@{"])
def test_a_name_that_git_refuses_is_refused(alice: HfApi, filled: str, name: str) -> None:
    with pytest.raises(BadRequestError, match="Invalid reference"):
        alice.create_branch(filled, branch=name)


def test_what_is_not_there_is_told_apart(alice: HfApi, filled: str) -> None:
    with pytest.raises(RepositoryNotFoundError):
        alice.hf_hub_download("alice/not-there", "a.txt")
    with pytest.raises(RevisionNotFoundError):
        alice.hf_hub_download(filled, "a.txt", revision="not-there")
    with pytest.raises(EntryNotFoundError):
        alice.hf_hub_download(filled, "not-there.txt")
    with pytest.raises(EntryNotFoundError):
        alice.hf_hub_download(filled, "d")
    for revision in ("f" * 40, "refs/heads/nope", "main~1", "main^{tree}", "\u20ac"):
        with pytest.raises(RevisionNotFoundError):
            alice.model_info(filled, revision=revision)


def test_a_snapshot_is_the_same_byte_for_byte(practice_hub: PracticeHub, alice: HfApi, filled: str, tmp_path: Path) -> None:
    folder = Path(alice.snapshot_download(filled, cache_dir=tmp_path))
    found = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert found == practice_hub.read_tree(filled)
    again = practice_hub.land_other_commit(filled, path="a.txt", content=b"changed")
    assert Path(alice.snapshot_download(filled, cache_dir=tmp_path)).name == again


# -- one file ----------------------------------------------------------------------------------------


@pytest.fixture
def file_url(practice_hub: PracticeHub, filled: str) -> Callable[[bytes, str], str]:
    """Put content at a path (LFS when its name says so); the address of the file."""

    def put(content: bytes, path: str) -> str:
        practice_hub.land_other_commit(filled, path=path, content=content)
        return f"/{filled}/resolve/main/{path}"

    return put


# Once from a git blob, once from the LFS store.
KINDS = pytest.mark.parametrize("path", ["digits.txt", "digits.bin"])


@KINDS
def test_head_says_what_get_would_send(http: httpx2.Client, file_url: Callable[[bytes, str], str], path: str) -> None:
    url = file_url(b"0123456789", path)
    head, get = http.head(url), http.get(url)
    assert (head.content, get.content) == (b"", b"0123456789")
    for name in ("content-length", "etag", "x-repo-commit", "accept-ranges", "content-type"):
        assert head.headers[name] == get.headers[name]
    assert len(get.headers["x-repo-commit"]) == 40
    sha = hashlib.sha256(b"0123456789").hexdigest()
    linked = (get.headers.get("x-linked-etag"), get.headers.get("x-linked-size"))
    assert linked == ((f'"{sha}"', "10") if path.endswith(".bin") else (None, None))


@KINDS
@pytest.mark.parametrize(
    ("asked", "status", "content", "content_range"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=9-9", 206, b"9", "bytes 9-9/10"),
        ("bytes=10-", 416, None, "bytes */10"),
        ("bytes=-0", 416, None, "bytes */10"),
        ("bytes=3-1", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("lines=0-1", 200, b"0123456789", None),
    ],
)
def test_ranges(
    http: httpx2.Client,
    file_url: Callable[[bytes, str], str],
    path: str,
    asked: str,
    status: int,
    content: bytes | None,
    content_range: str | None,
) -> None:
    answer = http.get(file_url(b"0123456789", path), headers={"Range": asked})
    assert (answer.status_code, answer.headers.get("content-range")) == (status, content_range)
    if content is not None:
        assert answer.content == content


@KINDS
def test_what_the_client_has_is_not_sent_again(http: httpx2.Client, file_url: Callable[[bytes, str], str], path: str) -> None:
    url = file_url(b"0123456789", path)
    etag = http.head(url).headers["etag"]
    for known in (etag, f'"other", W/{etag}', "*"):
        answer = http.get(url, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content) == (304, b"")
    assert http.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    assert http.get(url, headers={"Range": "bytes=0-1", "If-Range": etag}).status_code == 206
    assert http.get(url, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).content == b"0123456789"


def test_raw_shows_the_pointer(http: httpx2.Client, file_url: Callable[[bytes, str], str]) -> None:
    url = file_url(b"0123456789", "digits.bin").replace("/resolve/", "/raw/")
    assert http.get(url).text.startswith("version https://git-lfs.github.com/spec/v1\noid sha256:")


def test_a_page_of_a_repo_never_runs_in_the_browser(http: httpx2.Client, file_url: Callable[[bytes, str], str]) -> None:
    answer = http.get(file_url(b"<script>alert(1)</script>", "page.html"))
    assert answer.headers["content-type"].startswith("text/plain")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert http.get(file_url(b"<svg/>", "x.svg")).headers["content-type"].startswith("text/plain")


def test_an_address_that_is_no_text_is_a_clear_refusal(http: httpx2.Client, filled: str) -> None:
    assert http.get(f"/{filled}/resolve/main/%ff%fe").status_code == 400
    assert http.get(f"/api/models/{filled}/tree/%00").status_code == 404
    assert http.get(f"/{filled}/resolve/main/%2e%2e/%2e%2e/hub.json").status_code == 404
    assert http.get("/api/models/..%2f..%2fx/y").status_code == 404
    assert http.get("/api/nonsense").status_code == 404
    assert http.put(f"/api/models/{filled}/commit/main").status_code == 405
