"""What the practice Hub says when it says no, in the Hub's own form.

Source: huggingface_hub `utils/_http.py`, `hf_raise_for_status`: the class of the client's error follows X-Error-Code,
its text comes from X-Error-Message and from `error` in the JSON body.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class HubError(Exception):
    """A refusal; any handler may raise it.

    Attributes:
        status: the HTTP status, 4xx.
        code: goes into X-Error-Code, as "RepoNotFound"; "" for none.
        message: one sentence for people.
        headers: further headers of the answer.
        extra: further keys of the JSON body, beside `error`.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        headers: dict[str, str] | None = None,
        extra: dict[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.extra = extra or {}

    def response(self) -> Response:
        """The answer that carries this refusal."""
        headers = {"X-Error-Message": _header_text(self.message), **self.headers}
        if self.code:
            headers["X-Error-Code"] = self.code
        return JSONResponse({"error": self.message, **self.extra}, self.status, headers)


def repo_not_found() -> HubError:
    """No such repo, or none that this account may see: the Hub makes no difference."""
    return HubError(404, "Repository not found", code="RepoNotFound")


def revision_not_found(revision: str) -> HubError:
    """The repo is there, the branch, tag or commit is not."""
    return HubError(404, f"Invalid rev id: {revision}", code="RevisionNotFound")


def entry_not_found(path_in_repo: str) -> HubError:
    """The revision is there, the file is not."""
    return HubError(404, f"{path_in_repo} does not exist in this revision", code="EntryNotFound")


def not_logged_in() -> HubError:
    """A call that needs an account came with no token, or an unknown one.

    The sentence keeps huggingface_hub from calling it a missing repo (`hf_raise_for_status`).
    """
    return HubError(401, "Invalid credentials in Authorization header")


def read_only_token() -> HubError:
    """A write with a token of role read."""
    return HubError(403, "This token has the role “read”: it cannot write. Use a token with the role “write”")


def no_write_access(where: str) -> HubError:
    """A write into a repo or namespace of others."""
    return HubError(403, f"You do not have the rights to write to {where}")


def _header_text(text: str) -> str:
    """Make a sentence fit for a header: printable ASCII on one line. It may quote what a client sent."""
    plain = text.replace("“", '"').replace("”", '"').replace("…", "...")
    return "".join(character if " " <= character <= "~" else "?" for character in plain)


async def on_hub_error(_request: Request, error: Exception) -> Response:
    """Starlette's handler for HubError."""
    if not isinstance(error, HubError):
        raise error
    return error.response()
