"""Every failure has a code, a sentence and a next step.

    HubwidgetsError
    ├── UserMistake      what was asked cannot be done; asking differently can
    ├── HubRefused       the Hub understood and said no
    ├── NetworkTrouble   nobody knows whether the Hub understood
    ├── LocalTrouble     this machine said no: disk, git, permissions
    └── Bug              ours; please report it

Codes are dotted and stable: the page translates by code, `docs/errors.md` has a heading for each.
"""

from __future__ import annotations

from typing import ClassVar


class HubwidgetsError(Exception):
    """Base of all our errors.

    Attributes:
        code: dotted and stable, as "auth.read_only".
        message: one sentence: what is wrong. Never holds a token.
        hint: one sentence: what to do next.
        retryable: True when the same call may succeed later.
        actions: names of what a panel may offer as buttons, as "login" or "refresh".
        detail: what a tool said (git's standard error, say), redacted; shown only on demand.
    """

    code: ClassVar[str] = "internal"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, hint: str, *, actions: tuple[str, ...] = (), detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.actions = actions
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} {self.hint} [{self.code}]"


class Cancelled(Exception):  # noqa: N818 - not an error: the person asked for it
    """The job was cancelled before its point of no return; nothing is visible on the Hub."""


class UserMistake(HubwidgetsError):
    """What was asked cannot be done; asking differently can."""


class HubRefused(HubwidgetsError):
    """The Hub understood the request and said no."""


class NetworkTrouble(HubwidgetsError):
    """The line failed: nobody knows whether the Hub got the request."""

    retryable = True


class LocalTrouble(HubwidgetsError):
    """This machine said no: disk, permissions, git."""


class Bug(HubwidgetsError):
    """Our own mistake."""

    code = "internal"

    def __init__(self, what: str, *, detail: str = "") -> None:
        super().__init__(
            f"Something in hubwidgets went wrong: {what}.",
            "Nothing was lost. Please report it with the details below.",
            actions=("retry",),
            detail=detail,
        )


# -- account ---------------------------------------------------------------------------------------


class NotLoggedIn(UserMistake):
    """No token is known for this endpoint."""

    code = "auth.not_logged_in"

    def __init__(self) -> None:
        super().__init__("You are not logged in.", "Log in first.", actions=("login",))


class TokenInvalid(HubRefused):
    """The Hub does not know this token (401)."""

    code = "auth.invalid"

    def __init__(self) -> None:
        super().__init__(
            "The Hub does not accept this token.",
            "It may have been mistyped, deleted or expired: paste another one.",
            actions=("login",),
        )


class TokenCannotWrite(HubRefused):
    """The Hub knows the token, but the token may only read."""

    code = "auth.read_only"

    def __init__(self, where: str) -> None:
        super().__init__(
            f"This token can only read; it cannot write to {where}.",
            "Log in with a token that may write.",
            actions=("login",),
        )


class NamespaceForbidden(HubRefused):
    """The account may not create or write in this namespace."""

    code = "auth.namespace"

    def __init__(self, namespace: str) -> None:
        super().__init__(
            f"You may not write to {namespace}.",
            "Choose your own name or an organization that lets you write.",
            actions=("repo",),
        )


# -- repo ------------------------------------------------------------------------------------------


class RepoIdInvalid(UserMistake):
    """Not a legal `owner/name`."""

    code = "repo.invalid_name"

    def __init__(self, repo_id: str, why: str) -> None:
        super().__init__(f"“{repo_id}” is not a name the Hub accepts: {why}.", "Change the name.", actions=("repo",))


class RepoNotChosen(UserMistake):
    """No repo_id was given yet."""

    code = "repo.not_chosen"

    def __init__(self) -> None:
        super().__init__("No repository is chosen.", "Create one, or use one you have.", actions=("repo",))


class RepoExists(HubRefused):
    """A repo of that name is there already."""

    code = "repo.exists"

    def __init__(self, repo_id: str) -> None:
        super().__init__(f"{repo_id} exists already.", "Use it, or choose another name.", actions=("use_existing",))


class RepoNotFound(HubRefused):
    """No such repo, or not visible to this account."""

    code = "repo.not_found"

    def __init__(self, repo_id: str) -> None:
        super().__init__(
            f"{repo_id} is not on the Hub, or you may not see it.",
            "Check the name and the account, or create it.",
            actions=("repo", "login"),
        )


class RepoMoved(HubRefused):
    """Somebody else committed since we looked (412, or a non-fast-forward push)."""

    code = "repo.moved"

    def __init__(self, repo_id: str) -> None:
        super().__init__(
            f"{repo_id} has changed on the Hub since you looked. Nothing was published, nothing was lost.",
            "Refresh to see both sides, then publish again.",
            actions=("refresh",),
        )


class NothingStaged(UserMistake):
    """Publish was asked with no file chosen."""

    code = "stage.empty"

    def __init__(self) -> None:
        super().__init__("No file is chosen.", "Choose at least one file to publish.", actions=("files",))


# -- hub, network ----------------------------------------------------------------------------------


class RateLimited(HubRefused):
    """429; `retry_after_s` as the Hub said, None when it did not."""

    code = "hub.rate_limited"
    retryable = True

    def __init__(self, retry_after_s: float | None) -> None:
        self.retry_after_s = retry_after_s
        when = f"in {retry_after_s:.0f} s" if retry_after_s else "in a few minutes"
        super().__init__("The Hub asks to slow down.", f"Try again {when}.", actions=("retry",))


class HubSaidNo(HubRefused):
    """Any other refusal, with the Hub's own sentence."""

    code = "hub.refused"

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(
            f"The Hub refused: {sentence.rstrip('.')}.",
            "Change what it names, then try again.",
            actions=("retry",),
            detail=detail,
        )


class HubStorageFull(HubRefused):
    """The Hub has no room (413 or 507)."""

    code = "hub.storage_full"

    def __init__(self) -> None:
        super().__init__(
            "The Hub has no room left for these files. Nothing was published.",
            "Free space there or publish fewer files.",
            actions=("files",),
        )


class HubOutOfReach(NetworkTrouble):
    """No answer: DNS, refused connection, time-out, cut line."""

    code = "network.unreachable"

    def __init__(self, endpoint: str, *, detail: str = "") -> None:
        super().__init__(
            f"{endpoint} does not answer. Nothing was lost.",
            "Check the connection and try again.",
            actions=("retry",),
            detail=detail,
        )


class OutcomeUnknown(NetworkTrouble):
    """The line dropped while the commit itself was on its way, and the Hub cannot be asked."""

    code = "network.outcome_unknown"

    def __init__(self, repo_id: str, *, detail: str = "") -> None:
        super().__init__(
            f"The line dropped while the commit to {repo_id} was on its way; it may have arrived.",
            "Refresh to see whether it did before you publish again.",
            actions=("refresh",),
            detail=detail,
        )


# -- this machine ----------------------------------------------------------------------------------


class FolderMissing(UserMistake):
    """The folder to publish is not there."""

    code = "folder.missing"

    def __init__(self, folder: str) -> None:
        super().__init__(f"There is no folder {folder}.", "Check the path, or save your model there first.")


class FolderEmpty(UserMistake):
    """The folder holds no file that could be published."""

    code = "folder.empty"

    def __init__(self, folder: str) -> None:
        super().__init__(
            f"{folder} holds no files to publish.",
            "Save something into it, then refresh.",
            actions=("refresh",),
        )


class FileChanged(LocalTrouble):
    """A file changed, shrank or vanished while it was being sent."""

    code = "file.changed"
    retryable = True

    def __init__(self, path_in_repo: str) -> None:
        super().__init__(
            f"{path_in_repo} changed while it was being published. Nothing was committed.",
            "Wait until it is written, refresh, then publish again.",
            actions=("refresh",),
        )


class FileUnreadable(LocalTrouble):
    """A chosen file cannot be read."""

    code = "file.unreadable"

    def __init__(self, path_in_repo: str, *, detail: str = "") -> None:
        super().__init__(
            f"{path_in_repo} cannot be read.",
            "Check its permissions, or leave it out.",
            actions=("refresh",),
            detail=detail,
        )


class PathRefused(UserMistake):
    """A name that may not be published: a link out of the folder, `..`, `.git`."""

    code = "file.refused"

    def __init__(self, path_in_repo: str, why: str) -> None:
        super().__init__(f"{path_in_repo} is not published: {why}.", "Leave it out, or copy the real file here.")


class DiskFull(LocalTrouble):
    """No space left on this machine."""

    code = "disk.full"

    def __init__(self, where: str) -> None:
        super().__init__(
            f"The disk is full ({where}). What was half done is undone.",
            "Free some space and try again; over HTTP no copy of your files is made.",
            actions=("retry", "use_http"),
        )


class GitMissing(LocalTrouble):
    """git or git-lfs is not installed."""

    code = "git.missing"

    def __init__(self, program: str) -> None:
        super().__init__(
            f"{program} is not installed on this machine.",
            "Install it, or publish over HTTP: the result is the same.",
            actions=("use_http",),
        )


class GitFailed(LocalTrouble):
    """git ended with an error we have no better sentence for."""

    code = "git.failed"

    def __init__(self, command: str, *, detail: str) -> None:
        super().__init__(
            f"git {command} failed. Your files are as they were.",
            "See what git said below.",
            actions=("retry", "use_http"),
            detail=detail,
        )


class WorkingCopyUnsuitable(UserMistake):
    """The folder cannot be used by the git engine as it is."""

    code = "git.unsuitable"

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(why, hint, actions=("use_http",))


class Busy(UserMistake):
    """Another publish of this folder to this repo is under way."""

    code = "job.busy"

    def __init__(self, repo_id: str) -> None:
        super().__init__(
            f"This folder is being published to {repo_id} already.",
            "Wait for it, or cancel it.",
            actions=("cancel",),
        )


class RequestInvalid(UserMistake):
    """The page sent something this version does not understand."""

    code = "protocol.invalid"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The panel and the kernel do not understand each other: {what}.",
            "Run the cell again; if that does not help, restart the kernel and reload the page.",
        )
