"""Accounts and repos, as huggingface_hub asks for them."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

from hubwidgets.practice import PracticeHub

# Repo types, and where their pages are.
TYPES = [("model", ""), ("dataset", "datasets/"), ("space", "spaces/")]


def create(api: HfApi, repo_id: str, repo_type: str = "model", **options: bool) -> str:
    sdk = "gradio" if repo_type == "space" else None
    return str(api.create_repo(repo_id, repo_type=repo_type, space_sdk=sdk, **options))


def test_whoami_says_name_organizations_and_role(alice: HfApi, carol: HfApi) -> None:
    me = alice.whoami()
    assert (me["name"], me["fullname"], [org["name"] for org in me["orgs"]]) == ("alice", "Alice Liddell", ["acme"])
    assert me["auth"]["accessToken"]["role"] == "write"
    assert carol.whoami()["auth"]["accessToken"]["role"] == "read"


def test_an_unknown_token_is_refused_and_is_not_taken_for_a_missing_repo(
    practice_hub: PracticeHub, repo_id: str
) -> None:
    api = HfApi(endpoint=practice_hub.endpoint, token="hf_practice_nobody")
    with pytest.raises(HfHubHTTPError, match="Invalid user token"):
        api.whoami()
    with pytest.raises(HfHubHTTPError) as caught:
        api.model_info(repo_id)
    assert caught.value.response.status_code == 401
    assert not isinstance(caught.value, RepositoryNotFoundError)


@pytest.mark.parametrize(("repo_type", "prefix"), TYPES)
def test_a_new_repo_begins_with_the_hubs_own_commit(
    practice_hub: PracticeHub, alice: HfApi, new_name: Callable[[], str], repo_type: str, prefix: str
) -> None:
    repo_id = f"acme/{new_name()}"
    assert create(alice, repo_id, repo_type) == f"{practice_hub.endpoint}/{prefix}{repo_id}"
    files = alice.list_repo_files(repo_id, repo_type=repo_type)
    assert files == ([".gitattributes", "README.md"] if repo_type == "space" else [".gitattributes"])
    assert [commit.title for commit in alice.list_repo_commits(repo_id, repo_type=repo_type)] == ["initial commit"]
    info = alice.repo_info(repo_id, repo_type=repo_type)
    assert (info.id, info.author, info.private) == (repo_id, "acme", False)
    if repo_type == "space":
        assert info.sdk == "gradio"


def test_the_same_name_may_be_a_model_and_a_dataset_but_not_two_models(
    practice_hub: PracticeHub, alice: HfApi, repo_id: str
) -> None:
    create(alice, repo_id, "dataset")
    with pytest.raises(HfHubHTTPError) as caught:
        create(alice, repo_id)
    assert caught.value.response.status_code == 409
    assert create(alice, repo_id, exist_ok=True) == f"{practice_hub.endpoint}/{repo_id}"
    with pytest.raises(HfHubHTTPError, match="409"):  # a folder of that name exists where case does not count
        create(alice, "alice/" + repo_id.removeprefix("alice/").upper())


@pytest.mark.parametrize("name", ["", ".x", "x.git", "a--b", "a..b", "a b", "ä", "x" * 97, "../up", "a/b"])
def test_a_name_that_the_hub_would_refuse_is_refused(http: httpx2.Client, name: str) -> None:
    answer = http.post("/api/repos/create", json={"name": name, "organization": "alice"})
    assert answer.status_code == 400
    assert "error" in answer.json()


def test_nobody_makes_repos_for_others(bob: HfApi, carol: HfApi, stranger: HfApi, new_name: Callable[[], str]) -> None:
    name = new_name()
    with pytest.raises(HfHubHTTPError, match="rights to create a repo under the namespace"):
        create(bob, f"alice/{name}")
    with pytest.raises(HfHubHTTPError, match="cannot write") as read_only:
        create(carol, f"carol/{name}")
    assert read_only.value.response.status_code == 403
    with pytest.raises(HfHubHTTPError) as nobody:
        create(stranger, f"alice/{name}")
    assert nobody.value.response.status_code == 401


def test_a_private_repo_is_not_there_for_others(
    alice: HfApi, bob: HfApi, stranger: HfApi, new_name: Callable[[], str]
) -> None:
    repo_id = f"alice/{new_name()}"
    create(alice, repo_id, private=True)
    assert alice.model_info(repo_id).private
    for api in (bob, stranger):
        with pytest.raises(RepositoryNotFoundError):
            api.model_info(repo_id)
        with pytest.raises(RepositoryNotFoundError):
            api.hf_hub_download(repo_id, ".gitattributes")
        assert repo_id not in [info.id for info in api.list_models(author="alice")]
    with pytest.raises(RepositoryNotFoundError):
        bob.delete_repo(repo_id)
    assert repo_id in [info.id for info in alice.list_models(author="alice")]


def test_what_is_private_in_an_organization_its_members_see(alice: HfApi, bob: HfApi, new_name: Callable[[], str]) -> None:
    repo_id = f"acme/{new_name()}"
    create(alice, repo_id, private=True)
    assert bob.model_info(repo_id).private
    bob.upload_file(repo_id=repo_id, path_or_fileobj=b"from bob", path_in_repo="a.txt")
    assert alice.file_exists(repo_id, "a.txt")


def test_visibility_can_be_changed_by_those_who_may_write(alice: HfApi, bob: HfApi, carol: HfApi, repo_id: str) -> None:
    for api in (bob, carol):
        with pytest.raises(HfHubHTTPError) as caught:
            api.update_repo_settings(repo_id, private=True)
        assert caught.value.response.status_code == 403
    alice.update_repo_settings(repo_id, private=True)
    assert alice.model_info(repo_id).private
    alice.update_repo_settings(repo_id, visibility="public")
    assert not bob.model_info(repo_id).private


def test_a_moved_repo_keeps_its_commits_and_leaves_its_old_name(alice: HfApi, repo_id: str, new_name: Callable[[], str]) -> None:
    head = alice.model_info(repo_id).sha
    new_id = f"acme/{new_name()}"
    alice.move_repo(repo_id, new_id)
    assert alice.model_info(new_id).sha == head
    assert not alice.repo_exists(repo_id)
    create(alice, repo_id)
    with pytest.raises(HfHubHTTPError, match="409"):
        alice.move_repo(repo_id, new_id)


def test_a_deleted_repo_is_gone(alice: HfApi, bob: HfApi, repo_id: str) -> None:
    with pytest.raises(HfHubHTTPError, match="403"):
        bob.delete_repo(repo_id)
    alice.delete_repo(repo_id)
    assert not alice.repo_exists(repo_id)
    with pytest.raises(RepositoryNotFoundError):
        alice.delete_repo(repo_id)
    alice.delete_repo(repo_id, missing_ok=True)


def test_lists_find_by_author_words_and_tags(alice: HfApi, new_name: Callable[[], str]) -> None:
    stem = new_name()
    ids = [f"acme/{stem}-{number}" for number in range(3)]
    for repo_id in ids:
        create(alice, repo_id, "dataset")
    card = b"---\ntags: [birds]\nlicense: mit\n---\n# Card\n"
    alice.upload_file(repo_id=ids[1], repo_type="dataset", path_or_fileobj=card, path_in_repo="README.md")
    found = list(alice.list_datasets(author="acme", search=stem))
    assert sorted(info.id for info in found) == ids
    assert [info.id for info in alice.list_datasets(author="acme", search=stem, filter="license:mit")] == [ids[1]]
    assert len(list(alice.list_datasets(search=stem, limit=2))) == 2
    assert list(alice.list_datasets(author="bob", search=stem)) == []
    assert list(alice.list_models(search=stem)) == []


def test_long_lists_come_in_pages(http: httpx2.Client, alice: HfApi, new_name: Callable[[], str]) -> None:
    stem = new_name()
    for number in range(3):
        create(alice, f"alice/{stem}-{number}")
    url, seen = f"/api/models?search={stem}&limit=1", []
    while url:
        answer = http.get(url)
        seen += [info["id"] for info in answer.json()]
        url = answer.links.get("next", {}).get("url", "")
    assert sorted(seen) == [f"alice/{stem}-{number}" for number in range(3)]


def test_own_repos_are_listed_with_their_size(alice: HfApi, repo_id: str) -> None:
    mine = {repo.id: repo for repo in alice.list_user_repos()}
    assert mine[repo_id].type == "model"
    assert mine[repo_id].storage == 1519  # the .gitattributes, as long as the Hub's


def test_auth_check_tells_reading_from_writing(alice: HfApi, bob: HfApi, repo_id: str) -> None:
    alice.auth_check(repo_id, write=True)
    bob.auth_check(repo_id)
    with pytest.raises(HfHubHTTPError, match="403"):
        bob.auth_check(repo_id, write=True)


def test_people_and_organizations_have_an_overview(alice: HfApi) -> None:
    assert alice.get_user_overview("bob").fullname == "Bob Cratchit"
    assert [user.username for user in alice.list_organization_members("acme")] == ["alice", "bob"]


def test_a_card_is_part_of_the_info(alice: HfApi, repo_id: str) -> None:
    card = b"---\nlicense: mit\npipeline_tag: text-classification\ndate: 2024-01-02\nlang: no\n---\n# Card\n"
    alice.upload_file(repo_id=repo_id, path_or_fileobj=card, path_in_repo="README.md")
    info = alice.model_info(repo_id)
    assert info.card_data is not None
    assert info.card_data.to_dict() == {
        "license": "mit",
        "pipeline_tag": "text-classification",
        "date": "2024-01-02",
        "lang": "no",
    }
    assert info.pipeline_tag == "text-classification"
    assert "license:mit" in (info.tags or [])
    assert alice.model_info(repo_id, expand=["sha"]).tags is None


@pytest.mark.parametrize(
    ("body", "why"),
    [(b"{", "not JSON"), (b"[]", "not a JSON object"), (b'{"name": 1}', "must be a string"), (b"\xff", "not JSON")],
)
def test_a_broken_body_is_a_clear_refusal(http: httpx2.Client, body: bytes, why: str) -> None:
    answer = http.post("/api/repos/create", content=body)
    assert answer.status_code == 400
    assert why in answer.json()["error"]


def test_metadata_is_checked(http: httpx2.Client) -> None:
    def check(content: str, repo_type: str = "model") -> tuple[int, list[str], list[str]]:
        answer = http.post("/api/validate-yaml", json={"content": content, "repoType": repo_type})
        body = answer.json()
        return answer.status_code, [w["message"] for w in body["warnings"]], [e["message"] for e in body["errors"]]

    assert check("---\nlicense: mit\n---\n") == (200, [], [])
    assert check("# No metadata") == (200, ["empty or missing yaml metadata in repo card"], [])
    assert check("---\nlicense: home-made\n---\n") == (200, ['"license" has an unknown value: home-made'], [])
    status, _, errors = check("---\nlicense: mit\ntags: [a\n---\n")
    assert status == 400
    assert "line 3" in errors[0]
    assert check("---\n- a\n---\n")[0] == 400
    assert check("---\ntags: {a: 1}\n---\n")[2] == ['"tags" must be a string or a list of strings']
    assert check("---\nsdk: windows\n---\n", "space")[0] == 400
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8)
    )
    assert check(f"---\n{bomb}---\n")[0] == 400
    assert check("---\na: &a [*a]\n---\n")[0] == 400
