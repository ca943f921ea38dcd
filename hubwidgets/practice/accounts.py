"""Who may do what: users, organizations, tokens.

Everything is made once per store and kept in `accounts.json` (0600), so that a token outlives a restart.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from hubwidgets.practice.files import write_durably
from hubwidgets.practice.store import Repo

TokenRole = Literal["read", "write"]

_TOKEN_LETTERS: Final = 24
_DEFAULT_ORG: Final = "acme"
_DEFAULT_USERS: Final[tuple[tuple[str, str, TokenRole, str | None], ...]] = (
    ("alice", "Alice Liddell", "write", "admin"),
    ("bob", "Bob Cratchit", "write", "write"),
    ("carol", "Carol Danvers", "read", None),
)


@dataclass(frozen=True, slots=True)
class PracticeToken:
    """One access token; `name` is what the person called it."""

    name: str
    value: str = field(repr=False)
    role: TokenRole


@dataclass(frozen=True, slots=True)
class Membership:
    """That a user belongs to an organization; role "admin", "write" or "read"."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class PracticeUser:
    """A person of the practice Hub.

    Attributes:
        orgs: organizations the person belongs to.
        tokens: at least one.
    """

    name: str
    fullname: str
    orgs: tuple[Membership, ...]
    tokens: tuple[PracticeToken, ...]

    @property
    def token(self) -> str:
        """The value of the first token."""
        return self.tokens[0].value

    @property
    def role(self) -> TokenRole:
        """What the first token may do."""
        return self.tokens[0].role


@dataclass(frozen=True, slots=True)
class Account:
    """A user as seen through one token: what a request may do."""

    user: PracticeUser
    token: PracticeToken

    @property
    def name(self) -> str:
        """The user's name."""
        return self.user.name

    @property
    def may_write(self) -> bool:
        """Whether the token can write at all."""
        return self.token.role == "write"

    @property
    def email(self) -> str:
        """The address that stands in commits."""
        return f"{self.user.name}@users.noreply.practice.invalid"

    def owns(self, namespace: str) -> bool:
        """Whether the person, whatever the token, may write in the namespace."""
        return namespace == self.user.name or any(
            org.name == namespace and org.role in {"admin", "write"} for org in self.user.orgs
        )

    def sees(self, namespace: str) -> bool:
        """Whether the person may see private repos of the namespace."""
        return namespace == self.user.name or any(org.name == namespace for org in self.user.orgs)


class Accounts:
    """All users and organizations of one store."""

    def __init__(self, users: tuple[PracticeUser, ...]) -> None:
        self.users = users
        self._by_token = {token.value: Account(user, token) for user in users for token in user.tokens}

    @classmethod
    def load_or_make(cls, path: Path) -> Accounts:
        """Read the accounts of a store, or make the default ones with new random tokens."""
        if not path.exists():
            users = tuple(_new_user(*default) for default in _DEFAULT_USERS)
            text = json.dumps([asdict(user) for user in users], indent=1)
            write_durably(path, text.encode(), mode=0o600)
            return cls(users)
        return cls(tuple(_user_from_json(entry) for entry in json.loads(path.read_bytes())))

    @property
    def orgs(self) -> tuple[str, ...]:
        """Names of all organizations."""
        return tuple(sorted({org.name for user in self.users for org in user.orgs}))

    def user(self, name: str) -> PracticeUser | None:
        """The user of that name."""
        return next((user for user in self.users if user.name == name), None)

    def has_namespace(self, name: str) -> bool:
        """Whether there is a user or organization of that name."""
        return self.user(name) is not None or name in self.orgs

    def authenticate(self, headers: Mapping[str, str]) -> Account | None:
        """Whose request this is: `Bearer` with a token, or `Basic` with any user and the token as password.

        None without credentials, and for unknown ones; `has_credentials` tells the two apart.
        """
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._by_token.get(credentials.strip())
        if scheme.lower() == "basic":
            try:
                pair = base64.b64decode(credentials, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return None
            return self._by_token.get(pair.partition(":")[2])
        return None


def has_credentials(headers: Mapping[str, str]) -> bool:
    """Whether the request tries to say who it is."""
    return bool(headers.get("authorization"))


def can_read(account: Account | None, repo: Repo) -> bool:
    """Whether the repo shows itself: public to all, private to its owner's people."""
    return repo.visibility == "public" or (account is not None and account.sees(repo.namespace))


def can_write(account: Account | None, repo: Repo) -> bool:
    """Whether a commit is allowed: the right person and the right token."""
    return account is not None and account.may_write and account.owns(repo.namespace)


def _new_user(name: str, fullname: str, role: TokenRole, org_role: str | None) -> PracticeUser:
    letters = "".join(secrets.choice(string.ascii_letters) for _ in range(_TOKEN_LETTERS))
    token = PracticeToken(name=f"{name}-{role}", value=f"hf_practice_{letters}", role=role)
    orgs = (Membership(_DEFAULT_ORG, org_role),) if org_role else ()
    return PracticeUser(name=name, fullname=fullname, orgs=orgs, tokens=(token,))


def _user_from_json(entry: dict[str, Any]) -> PracticeUser:
    return PracticeUser(
        name=entry["name"],
        fullname=entry["fullname"],
        orgs=tuple(Membership(**org) for org in entry["orgs"]),
        tokens=tuple(PracticeToken(**token) for token in entry["tokens"]),
    )
