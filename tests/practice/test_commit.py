"""Commits over HTTP: what lands, what is refused, and that nothing of a refused one is seen."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError, RevisionNotFoundError

from hubwidgets.practice import PracticeHub

HEADER = {"key": "header", "value": {"summary": "A commit", "description": ""}}


def add(path: str, content: bytes) -> CommitOperationAdd:
    return CommitOperationAdd(path_in_repo=path, path_or_fileobj=content)


def file_line(path: str, content: bytes) -> dict[str, Any]:
    text = base64.b64encode(content).decode()
    return {"key": "file", "value": {"path": path, "content": text, "encoding": "base64"}}


def lfs_line(path: str, oid: str, **more: object) -> dict[str, Any]:
    return {"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": oid, **more}}


def ndjson(*lines: object) -> bytes:
    return b"\n".join(json.dumps(line).encode() for line in lines)


def post(http: httpx2.Client, repo_id: str, body: bytes, revision: str = "main") -> httpx2.Response:
    return http.post(f"/api/models/{repo_id}/commit/{revision}", content=body)


def put_lfs(hub: PracticeHub, content: bytes) -> str:
    """Bring an object to the Hub without a client."""
    oid = hashlib.sha256(content).hexdigest()
    with hub.state.lfs.begin(oid, len(content)) as writer:
        writer.write(content)
        writer.finish()
    return oid


def git(hub: PracticeHub, repo_id: str, *argv: str) -> str:
    path = hub.store_path / "repos" / "models" / f"{repo_id}.git"
    return subprocess.run(["git", "-C", str(path), *argv], check=True, capture_output=True, text=True).stdout


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_what_is_committed_is_there_byte_for_byte(practice_hub: PracticeHub, alice: HfApi, repo_id: str) -> None:
    files = {
        "empty": b"",
        "-dash": b"a leading dash",
        "with space/имя 🤗.txt": "Привет".encode(),
        "crlf.txt": b"a\r\nb\r\n",
        "deep/er/and/deeper.md": b"# x",
    }
    before = alice.model_info(repo_id).sha
    commit = alice.create_commit(
        repo_id, [add(*item) for item in files.items()], commit_message="Title", commit_description="Why\nand how"
    )
    assert commit.commit_url == f"{practice_hub.endpoint}/{repo_id}/commit/{commit.oid}"
    tree = practice_hub.read_tree(repo_id)
    assert {path: tree[path] for path in files} == {path: sha256(content) for path, content in files.items()}
    newest = alice.list_repo_commits(repo_id)[0]
    assert (newest.commit_id, newest.title, newest.message) == (commit.oid, "Title", "Why\nand how")
    assert git(practice_hub, repo_id, "log", "-1", "--format=%an <%ae> %P%n%B", commit.oid).strip() == (
        f"alice <alice@users.noreply.practice.invalid> {before}\nTitle\n\nWhy\nand how"
    )
    git(practice_hub, repo_id, "fsck", "--strict")


def test_files_and_folders_are_replaced_and_deleted(practice_hub: PracticeHub, alice: HfApi, repo_id: str) -> None:
    names = ["a/1", "a/2", "b/c/1", "b/2", "top"]
    alice.create_commit(repo_id, [add(name, name.encode()) for name in names], commit_message="All")
    alice.create_commit(
        repo_id,
        [
            CommitOperationDelete("a/", is_folder=True),
            add("a/new", b"new"),
            CommitOperationDelete("b/c/1"),
            add("top", b"replaced"),
        ],
        commit_message="Some",
    )
    tree = practice_hub.read_tree(repo_id)
    tree.pop(".gitattributes")
    assert tree == {"a/new": sha256(b"new"), "b/2": sha256(b"b/2"), "top": sha256(b"replaced")}
    assert [item.path for item in alice.list_repo_tree(repo_id, "b", recursive=True)] == ["b/2"]


def test_a_folder_may_take_the_place_of_a_file_in_one_commit(practice_hub: PracticeHub, http: httpx2.Client, repo_id: str) -> None:
    assert post(http, repo_id, ndjson(HEADER, file_line("x", b"1"))).status_code == 200
    refused = post(http, repo_id, ndjson(HEADER, file_line("x/y", b"2")))
    assert (refused.status_code, refused.json()["error"]) == (400, "x is a file: x/y cannot be added below it")
    swap = [{"key": "deletedFile", "value": {"path": "x"}}, file_line("x/y", b"2")]
    assert post(http, repo_id, ndjson(HEADER, *swap)).status_code == 200
    assert practice_hub.read_tree(repo_id)["x/y"] == sha256(b"2")
    refused = post(http, repo_id, ndjson(HEADER, file_line("x", b"3")))
    assert (refused.status_code, "is a folder" in refused.json()["error"]) == (400, True)
    back = [{"key": "deletedFile", "value": {"path": "x/y"}}, file_line("x", b"3")]
    assert post(http, repo_id, ndjson(HEADER, *back)).status_code == 200
    assert practice_hub.read_tree(repo_id)["x"] == sha256(b"3")


def test_deleting_what_is_not_there_is_refused(alice: HfApi, http: httpx2.Client, repo_id: str) -> None:
    with pytest.raises(EntryNotFoundError):
        alice.delete_file("nothing.txt", repo_id)
    with pytest.raises(EntryNotFoundError):
        alice.delete_folder("nowhere", repo_id)
    twice = {"key": "deletedFile", "value": {"path": ".gitattributes"}}
    assert post(http, repo_id, ndjson(HEADER, twice, twice)).status_code == 404
    assert post(http, repo_id, ndjson(HEADER, {"key": "deletedFolder", "value": {"path": ".gitattributes"}})).status_code == 404


def test_a_stale_parent_is_refused_and_nothing_lands(practice_hub: PracticeHub, alice: HfApi, repo_id: str) -> None:
    parent = alice.model_info(repo_id).sha
    theirs = practice_hub.land_other_commit(repo_id, path="theirs.txt")
    with pytest.raises(HfHubHTTPError, match="A commit has happened since. Please refresh and try again.") as caught:
        alice.create_commit(repo_id, [add("mine.txt", b"mine")], commit_message="Mine", parent_commit=parent)
    assert caught.value.response.status_code == 412
    assert "mine.txt" not in practice_hub.read_tree(repo_id)
    alice.create_commit(repo_id, [add("mine.txt", b"mine")], commit_message="Mine", parent_commit=theirs[:8])
    assert {"mine.txt", "theirs.txt"} <= set(practice_hub.read_tree(repo_id))


def test_without_a_parent_both_commits_land(practice_hub: PracticeHub, alice: HfApi, repo_id: str) -> None:
    practice_hub.land_other_commit(repo_id, path="theirs.txt")
    alice.create_commit(repo_id, [add("mine.txt", b"mine")], commit_message="Mine")
    assert {"mine.txt", "theirs.txt"} <= set(practice_hub.read_tree(repo_id))


def test_of_two_writers_at_once_exactly_one_wins(practice_hub: PracticeHub, http: httpx2.Client, repo_id: str) -> None:
    parent = http.get(f"/api/models/{repo_id}").json()["sha"]
    header = {"key": "header", "value": {"summary": "Race", "parentCommit": parent}}
    statuses: dict[int, int] = {}
    together = threading.Barrier(8)

    def write(number: int) -> None:
        body = ndjson(header, file_line(f"{number}.txt", b"x" * 1000 * number))
        together.wait()
        statuses[number] = post(http, repo_id, body).status_code

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses.values()) == [200] + [412] * 7
    (winner,) = (number for number, status in statuses.items() if status == 200)
    assert set(practice_hub.read_tree(repo_id)) == {".gitattributes", f"{winner}.txt"}


def test_many_writers_without_a_parent_all_land(practice_hub: PracticeHub, http: httpx2.Client, repo_id: str) -> None:
    bodies = [ndjson(HEADER, file_line(f"{number}.txt", b"x")) for number in range(60)]
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda body=body: statuses.append(post(http, repo_id, body).status_code)) for body in bodies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 60
    assert len(practice_hub.read_tree(repo_id)) == 61
    assert len(git(practice_hub, repo_id, "rev-list", "main").split()) == 61
    git(practice_hub, repo_id, "fsck", "--strict")


def test_a_commit_that_changes_nothing_makes_no_commit(http: httpx2.Client, alice: HfApi, repo_id: str) -> None:
    body = ndjson(HEADER, file_line("a.txt", b"a"))
    first = post(http, repo_id, body).json()["commitOid"]
    assert post(http, repo_id, body).json()["commitOid"] == first
    assert post(http, repo_id, ndjson(HEADER)).json()["commitOid"] == first
    assert len(alice.list_repo_commits(repo_id)) == 2
    # The client sees it beforehand, and says so by the commit that is there.
    assert alice.create_commit(repo_id, [add("a.txt", b"a")], commit_message="Again").oid == first


def test_a_commit_goes_to_the_branch_it_names(alice: HfApi, repo_id: str) -> None:
    alice.create_branch(repo_id, branch="feature/x")
    alice.create_tag(repo_id, tag="v1")
    alice.upload_file(repo_id=repo_id, path_or_fileobj=b"x", path_in_repo="x.txt", revision="feature/x")
    assert alice.file_exists(repo_id, "x.txt", revision="feature/x")
    assert not alice.file_exists(repo_id, "x.txt")
    with pytest.raises(RevisionNotFoundError):
        alice.upload_file(repo_id=repo_id, path_or_fileobj=b"x", path_in_repo="x.txt", revision="nowhere")
    with pytest.raises(HfHubHTTPError, match="v1 is no branch"):
        alice.upload_file(repo_id=repo_id, path_or_fileobj=b"x", path_in_repo="x.txt", revision="v1")


def test_only_those_who_may_write_commit(
    alice: HfApi, bob: HfApi, carol: HfApi, stranger: HfApi, repo_id: str
) -> None:
    for api, status in ((bob, 403), (carol, 403), (stranger, 401)):
        with pytest.raises(HfHubHTTPError) as caught:
            api.create_commit(repo_id, [add("x", b"x")], commit_message="No")
        assert caught.value.response.status_code == status
    assert len(alice.list_repo_commits(repo_id)) == 1


def test_upload_folder_leaves_out_what_the_gitignore_names(
    practice_hub: PracticeHub, alice: HfApi, repo_id: str, make_folder: Callable[[dict[str, bytes]], Path]
) -> None:
    files = {f"sub{number % 3}/file {number}.txt": b"%d" % number for number in range(40)}
    folder = make_folder({**files, "skipped.log": b"x", "cache/skipped.txt": b"x", ".gitignore": b"*.log\ncache/\n"})
    alice.upload_folder(repo_id=repo_id, folder_path=folder)
    tree = practice_hub.read_tree(repo_id)
    assert set(tree) == {*files, ".gitignore", ".gitattributes"}
    assert {path: tree[path] for path in files} == {path: sha256(content) for path, content in files.items()}
    head = alice.model_info(repo_id).sha
    alice.upload_folder(repo_id=repo_id, folder_path=folder)
    assert alice.model_info(repo_id).sha == head


# -- LFS ---------------------------------------------------------------------------------------------


def test_an_lfs_file_is_stored_as_a_pointer(practice_hub: PracticeHub, http: httpx2.Client, alice: HfApi, repo_id: str) -> None:
    content = b"weights" * 1000
    oid = put_lfs(practice_hub, content)
    assert post(http, repo_id, ndjson(HEADER, lfs_line("model.safetensors", oid, size=len(content)))).status_code == 200
    pointer = git(practice_hub, repo_id, "show", "main:model.safetensors")
    assert pointer == f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {len(content)}\n"
    (info,) = alice.get_paths_info(repo_id, "model.safetensors")
    assert (info.size, info.lfs) == (len(content), {"size": len(content), "sha256": oid, "pointer_size": len(pointer)})
    assert practice_hub.read_tree(repo_id)["model.safetensors"] == oid
    # A rule covers it already.
    assert git(practice_hub, repo_id, "show", "main:.gitattributes").count("\n") == 35


def test_an_lfs_file_that_no_rule_covers_gets_its_line(
    practice_hub: PracticeHub, http: httpx2.Client, repo_id: str, git_env: dict[str, str], tmp_path: Path
) -> None:
    paths = ["data/big file.txt", "odd[1]*?.txt", "#hash", "!bang", '"quoted".csv', "имя.csv", "back\\slash", "tab\there"]
    oid = put_lfs(practice_hub, b"big")
    # size may be left out, as for copies
    assert post(http, repo_id, ndjson(HEADER, *(lfs_line(path, oid) for path in paths))).status_code == 200
    attributes = git(practice_hub, repo_id, "show", "main:.gitattributes").splitlines()
    assert len(attributes) == 35 + len(paths)
    assert "data/big[[:space:]]file.txt filter=lfs diff=lfs merge=lfs -text" in attributes
    # git reads the lines as we meant them: for these paths, and for no others.
    (tmp_path / ".gitattributes").write_text("\n".join(attributes) + "\n")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, env=git_env, check=True)
    asked = [*paths, "data/bigXfile.txt", "odd1a.txt", "odd[1]x?.txt"]
    said = subprocess.run(
        ["git", "check-attr", "-z", "--stdin", "filter"],
        cwd=tmp_path,
        env=git_env,
        input="\0".join(asked).encode() + b"\0",
        capture_output=True,
        check=True,
    ).stdout.split(b"\0")
    assert said[2::3] == [b"lfs"] * len(paths) + [b"unspecified"] * 3
    # Once is enough.
    head = post(http, repo_id, ndjson(HEADER, lfs_line(paths[0], oid))).json()["commitOid"]
    assert head == git(practice_hub, repo_id, "rev-parse", "main").strip()


def test_a_rule_further_down_gets_the_line_where_it_counts(
    practice_hub: PracticeHub, http: httpx2.Client, repo_id: str
) -> None:
    oid = put_lfs(practice_hub, b"deep")
    body = ndjson(HEADER, file_line("sub/.gitattributes", b"*.bin -filter"), lfs_line("sub/x.bin", oid))
    assert post(http, repo_id, body).status_code == 200
    text = git(practice_hub, repo_id, "show", "main:sub/.gitattributes")
    assert text == "*.bin -filter\nx.bin filter=lfs diff=lfs merge=lfs -text\n"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (lfs_line("x.bin", "0" * 64), "points to a file that does not exist"),
        (lfs_line("x.bin", "0" * 63), "64 lower-case hex digits"),
        (lfs_line("x.bin", "G" * 64), "64 lower-case hex digits"),
        (lfs_line("x.bin", "../../../etc/passwd"), "64 lower-case hex digits"),
        (lfs_line(".gitattributes", "0" * 64), "cannot be stored with LFS"),
        ({"key": "lfsFile", "value": {"path": "x.bin", "algo": "md5", "oid": "0" * 64}}, "SHA-256"),
        ({"key": "lfsFile", "value": {"path": "x.bin"}}, "must be a string"),
    ],
)
def test_an_lfs_line_that_would_lose_a_file_is_refused(
    practice_hub: PracticeHub, http: httpx2.Client, repo_id: str, line: object, why: str
) -> None:
    answer = post(http, repo_id, ndjson(HEADER, file_line("with-it.txt", b"x"), line))
    assert answer.status_code == 400
    assert why in answer.json()["error"]
    assert set(practice_hub.read_tree(repo_id)) == {".gitattributes"}


@pytest.mark.parametrize("size", [-1, 0, 4, True, "3", 3.5, None])
def test_a_wrong_size_is_refused(practice_hub: PracticeHub, http: httpx2.Client, repo_id: str, size: object) -> None:
    oid = put_lfs(practice_hub, b"abc")
    answer = post(http, repo_id, ndjson(HEADER, lfs_line("x.bin", oid, size=size)))
    assert (answer.status_code, "is not that of the object" in answer.json()["error"]) == (400, True)


# -- refusals ----------------------------------------------------------------------------------------


def test_more_than_10_mib_inside_a_commit_is_refused(practice_hub: PracticeHub, http: httpx2.Client, repo_id: str) -> None:
    most = b"x" * 10 * 1024 * 1024
    assert post(http, repo_id, ndjson(HEADER, file_line("most.txt", most))).status_code == 200
    for content in (most + b"x", most * 2):
        answer = post(http, repo_id, ndjson(HEADER, file_line("more.txt", content)))
        assert (answer.status_code, "larger than 10 MiB" in answer.json()["error"]) == (413, True)
    assert set(practice_hub.read_tree(repo_id)) == {".gitattributes", "most.txt"}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a//b",
        "a/",
        "./a",
        "a/.",
        "a\0b",
        ".git/config",
        "a/.GIT/config",
        "git~1/config",
        ".git./config",
        ".g\u200cit/config",
        "\ud800",
        "x" * 256,
        "/".join(["x" * 200] * 21),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(
    practice_hub: PracticeHub, http: httpx2.Client, repo_id: str, path: str
) -> None:
    lines = [
        file_line(path, b"x"),
        {"key": "deletedFile", "value": {"path": path}},
        lfs_line(path, put_lfs(practice_hub, b"there")),
    ]
    for line in lines:
        answer = post(http, repo_id, ndjson(HEADER, line))
        assert answer.status_code == 400, path
        assert "Invalid path" in answer.json()["error"]
    assert set(practice_hub.read_tree(repo_id)) == {".gitattributes"}


@pytest.mark.parametrize("path", ["a\\..\\b", "C:\\x", "aux.txt", "…/x", "a\nb", "x" * 255, ".gitx/y", "~/x", "a:b"])
def test_an_odd_path_that_git_takes_is_taken(practice_hub: PracticeHub, http: httpx2.Client, repo_id: str, path: str) -> None:
    assert post(http, repo_id, ndjson(HEADER, file_line(path, b"x"))).status_code == 200
    assert path in practice_hub.read_tree(repo_id)
    git(practice_hub, repo_id, "fsck", "--strict")
    assert http.get(f"/{repo_id}/resolve/main/{quote(path)}").content == b"x"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no header"),
        (b"{", "Line 1 of the commit is not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "not a key with a value"),
        (b'"header"', "not a key with a value"),
        (b'{"key": "header"}', "not a key with a value"),
        (b"[" * 100_000, "not JSON"),
        (ndjson(file_line("a", b"a"), HEADER), "begins with one header"),
        (ndjson(HEADER, HEADER), "begins with one header"),
        (ndjson({"key": "header", "value": {}}), "“summary” must be a string"),
        (ndjson({"key": "header", "value": {"summary": " "}}), "a summary of one line"),
        (ndjson({"key": "header", "value": {"summary": "a\nb"}}), "a summary of one line"),
        (ndjson({"key": "header", "value": {"summary": "a\0b"}}), "message is not text"),
        (ndjson({"key": "header", "value": {"summary": "\ud800"}}), "message is not text"),
        (ndjson({"key": "header", "value": {"summary": "a", "parentCommit": "main"}}), "5 to 40 hex digits"),
        (ndjson({"key": "header", "value": {"summary": "a", "parentCommit": 1}}), "must be a string"),
        (ndjson(HEADER, {"key": "symlink", "value": {}}), "no lines of the kind 'symlink'"),
        (ndjson(HEADER, {"key": ["file"], "value": {}}), "no lines of the kind"),
        (ndjson(HEADER, {"key": "file", "value": {"path": "a", "content": "!", "encoding": "base64"}}), "is not base64"),
        (ndjson(HEADER, {"key": "file", "value": {"path": "a", "content": "\ud800"}}), "is not utf-8"),
        (ndjson(HEADER, {"key": "file", "value": {"path": "a", "content": "", "encoding": "rot13"}}), "no encoding"),
        (ndjson(HEADER, {"key": "file", "value": {"path": 1}}), "must be a string"),
        (ndjson(HEADER, file_line("a", b"a"))[:-5], "Line 2 of the commit is not JSON"),
    ],
)
def test_a_broken_commit_is_a_clear_refusal(
    practice_hub: PracticeHub, http: httpx2.Client, repo_id: str, body: bytes, why: str
) -> None:
    answer = post(http, repo_id, body)
    assert answer.status_code == 400, answer.text
    assert why in answer.json()["error"]
    assert set(practice_hub.read_tree(repo_id)) == {".gitattributes"}
    assert list((practice_hub.store_path / "tmp").glob("draft-*")) == []


def test_a_pull_request_is_refused_with_a_sentence(alice: HfApi, repo_id: str) -> None:
    with pytest.raises(HfHubHTTPError, match="no pull requests yet"):
        alice.create_commit(repo_id, [add("a", b"a")], commit_message="PR", create_pr=True)


# -- preupload ---------------------------------------------------------------------------------------


def preupload(http: httpx2.Client, repo_id: str, files: list[dict[str, Any]], **more: str) -> dict[str, dict[str, Any]]:
    answer = http.post(f"/api/models/{repo_id}/preupload/main", json={"files": files, **more})
    assert answer.status_code == 200, answer.text
    return {file["path"]: file for file in answer.json()["files"]}


def ask(path: str, sample: bytes = b"text", size: int | None = None) -> dict[str, Any]:
    size = len(sample) if size is None else size
    return {"path": path, "sample": base64.b64encode(sample).decode(), "size": size}


@pytest.mark.parametrize(
    ("asked", "mode"),
    [
        (ask("a.txt"), "regular"),
        (ask("model.safetensors"), "lfs"),
        (ask("sub/dir/model.bin"), "lfs"),
        (ask("saved_model/x/y.txt"), "lfs"),
        (ask("events.out.tfevents.123"), "lfs"),
        (ask("empty.bin", b""), "regular"),
        (ask("text.json", size=10 * 1024 * 1024), "regular"),
        (ask("text.json", size=10 * 1024 * 1024 + 1), "lfs"),
        (ask("image.png", b"\x89PNG\r\n\x1a\n\0\0"), "lfs"),
        (ask("latin.txt", "café".encode("latin-1") + b" noir"), "lfs"),
        (ask("cut.txt", ("x" * 511 + "я").encode()[:512], 2000), "regular"),
        (ask("cut-badly.txt", b"x" * 510 + b"\xff\xfe", 2000), "lfs"),
    ],
)
def test_each_file_gets_the_mode_the_hub_would_give(
    http: httpx2.Client, repo_id: str, asked: dict[str, Any], mode: str
) -> None:
    assert preupload(http, repo_id, [asked])[asked["path"]]["uploadMode"] == mode


def test_preupload_says_what_is_there_already(practice_hub: PracticeHub, http: httpx2.Client, repo_id: str) -> None:
    oid = put_lfs(practice_hub, b"weights")
    post(http, repo_id, ndjson(HEADER, file_line("a.txt", b"hello\n"), lfs_line("w.bin", oid), file_line("d/x", b"x")))
    said = preupload(http, repo_id, [ask("a.txt"), ask("w.bin"), ask("new.txt"), ask("d")])
    assert said["a.txt"]["oid"] == "ce013625030ba8dba906f756967f9e9ca394464a"  # git hash-object
    assert said["w.bin"]["oid"] == oid
    assert "oid" not in said["new.txt"]
    assert "oid" not in said["d"]


def test_preupload_follows_the_rules_it_is_sent(http: httpx2.Client, repo_id: str) -> None:
    said = preupload(http, repo_id, [ask("a.csv"), ask("b.bin")], gitAttributes="*.csv filter=lfs diff=lfs merge=lfs -text")
    assert (said["a.csv"]["uploadMode"], said["b.bin"]["uploadMode"]) == ("lfs", "regular")
    said = preupload(http, repo_id, [ask("a.log"), ask("keep.log"), ask("d/x")], gitIgnore="*.log\n!keep.log\nd/\n")
    assert [file["shouldIgnore"] for file in said.values()] == [True, False, True]
    post(http, repo_id, ndjson(HEADER, file_line(".gitignore", b"*.tmp\n")))
    said = preupload(http, repo_id, [ask("a.tmp"), ask("a.txt")])
    assert [file["shouldIgnore"] for file in said.values()] == [True, False]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"files": {}},
        {"files": ["a"]},
        {"files": [{"path": "a"}]},
        {"files": [{"path": "../a", "size": 1, "sample": ""}]},
        {"files": [{"path": "a", "size": -1, "sample": ""}]},
        {"files": [{"path": "a", "size": True, "sample": ""}]},
        {"files": [{"path": "a", "size": 1, "sample": "?"}]},
        {"files": [{"path": "a", "size": 1, "sample": "ä"}]},
        {"files": [], "gitIgnore": 1},
    ],
)
def test_a_broken_preupload_is_a_clear_refusal(http: httpx2.Client, repo_id: str, body: object) -> None:
    answer = http.post(f"/api/models/{repo_id}/preupload/main", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]
