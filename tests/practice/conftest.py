"""One practice Hub for all tests of this folder; each test has repos of its own."""

from __future__ import annotations

import itertools
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

# huggingface_hub reads these when it is imported, which the first test does.
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="hubwidgets-hf-home-")
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1"
os.environ.pop("HF_TOKEN", None)

import httpx2
import pytest
from huggingface_hub import HfApi

from hubwidgets.practice import PracticeHub

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def practice_hub() -> Iterator[PracticeHub]:
    with PracticeHub() as hub:
        yield hub


@pytest.fixture(autouse=True)
def _no_error_in_a_handler(practice_hub: PracticeHub) -> Iterator[None]:
    yield
    practice_hub.raise_errors()


@pytest.fixture
def alice(practice_hub: PracticeHub) -> HfApi:
    return HfApi(endpoint=practice_hub.endpoint, token=practice_hub.user("alice").token)


@pytest.fixture
def bob(practice_hub: PracticeHub) -> HfApi:
    return HfApi(endpoint=practice_hub.endpoint, token=practice_hub.user("bob").token)


@pytest.fixture
def carol(practice_hub: PracticeHub) -> HfApi:
    """Her token may only read."""
    return HfApi(endpoint=practice_hub.endpoint, token=practice_hub.user("carol").token)


@pytest.fixture
def stranger(practice_hub: PracticeHub) -> HfApi:
    return HfApi(endpoint=practice_hub.endpoint, token=False)


@pytest.fixture
def http(practice_hub: PracticeHub) -> Iterator[httpx2.Client]:
    """alice without a client library in between."""
    headers = {"Authorization": f"Bearer {practice_hub.user('alice').token}"}
    with httpx2.Client(base_url=practice_hub.endpoint, headers=headers, timeout=60) as client:
        yield client


@pytest.fixture
def new_name(request: pytest.FixtureRequest) -> Callable[[], str]:
    """A repo name that no other test has."""
    slug = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[:40].strip("-")
    return lambda: f"{slug}-{next(_numbers)}"


@pytest.fixture
def repo_id(alice: HfApi, new_name: Callable[[], str]) -> str:
    """A new model repo of alice."""
    repo_id = f"alice/{new_name()}"
    alice.create_repo(repo_id)
    return repo_id


@pytest.fixture
def git_env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which git knows nothing of the developer."""
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Tester\n\temail = tester@example.invalid\n[init]\n\tdefaultBranch = main\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "HF_"))}
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


@pytest.fixture
def make_folder(tmp_path: Path) -> Callable[[dict[str, bytes]], Path]:
    """Write files into a new folder."""

    def make(files: dict[str, bytes]) -> Path:
        folder = tmp_path / f"folder-{next(_numbers)}"
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder

    return make
