"""Which repo on which Hub."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, Literal, Self
from urllib.parse import quote

from hubwidgets.core.errors import RepoIdInvalid

RepoType = Literal["model", "dataset", "space"]
Visibility = Literal["private", "public"]

REPO_TYPES: Final[tuple[RepoType, ...]] = ("model", "dataset", "space")
_URL_PREFIX: Final[dict[RepoType, str]] = {"model": "", "dataset": "datasets/", "space": "spaces/"}
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,96}")


def check_name(name: str) -> str | None:
    """Say in half a sentence why the Hub would refuse this owner or name, or None if it would not.

    Source: huggingface_hub `utils/_validators.py`, `validate_repo_id`.
    """
    if not name:
        return "it is empty"
    if len(name) > 96:  # noqa: PLR2004 - the Hub's limit, said in the sentence
        return "it is longer than 96 characters"
    if not _NAME.fullmatch(name):
        return "only letters, digits, “-”, “_” and “.” are allowed"
    if name[0] in "-." or name[-1] in "-.":
        return "it may not start or end with “-” or “.”"
    if "--" in name or ".." in name:
        return "“--” and “..” are not allowed"
    if name.endswith((".git", ".ipynb")):
        return "it may not end with “.git” or “.ipynb”"
    return None


@dataclass(frozen=True, slots=True)
class RepoRef:
    """One repo at one revision.

    Attributes:
        repo_id: "owner/name".
        repo_type: "model", "dataset" or "space".
        revision: a branch name; commits go there.
    """

    repo_id: str
    repo_type: RepoType = "model"
    revision: str = "main"

    def __post_init__(self) -> None:
        owner, slash, name = self.repo_id.partition("/")
        if not slash:
            raise RepoIdInvalid(self.repo_id, "it must be owner/name")
        for part in (owner, name):
            if why := check_name(part):
                raise RepoIdInvalid(self.repo_id, why)
        if self.repo_type not in REPO_TYPES:
            raise RepoIdInvalid(self.repo_id, f"there is no repo type “{self.repo_type}”")

    @property
    def owner(self) -> str:
        """The user or organization."""
        return self.repo_id.partition("/")[0]

    @property
    def name(self) -> str:
        """The part after the slash."""
        return self.repo_id.partition("/")[2]

    def at(self, revision: str) -> Self:
        """Return the same repo at another revision."""
        return replace(self, revision=revision)

    def url(self, endpoint: str) -> str:
        """The page of the repo, which is also its git remote."""
        return f"{endpoint.rstrip('/')}/{_URL_PREFIX[self.repo_type]}{self.repo_id}"

    def api_url(self, endpoint: str, *parts: str) -> str:
        """An API address below the repo; each part is percent-encoded whole, slashes too."""
        tail = "".join("/" + quote(part, safe="") for part in parts)
        return f"{endpoint.rstrip('/')}/api/{self.repo_type}s/{self.repo_id}{tail}"


@dataclass(frozen=True, slots=True)
class RepoInfo:
    """What the Hub says of a repo that is there.

    Attributes:
        head: 40 hex digits of the commit at `ref.revision`, None for an empty repo.
    """

    ref: RepoRef
    url: str
    visibility: Visibility
    head: str | None
    can_write: bool | None = None


@dataclass(frozen=True, slots=True)
class NewRepo:
    """A repo that a person wants to have."""

    ref: RepoRef
    visibility: Visibility = "private"
    space_sdk: str | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization of the account; `can_write` is None when the Hub does not say."""

    name: str
    can_write: bool | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Who a token belongs to.

    Attributes:
        role: what the token may do; "unknown" when the Hub does not say.
        token_name: the name given to the token on the Hub.
    """

    name: str
    fullname: str = ""
    role: Literal["read", "write", "fine-grained", "unknown"] = "unknown"
    orgs: tuple[Organization, ...] = ()
    token_name: str = ""

    @property
    def may_write(self) -> bool:
        """Whether the token is of a kind that can write at all."""
        return self.role != "read"
