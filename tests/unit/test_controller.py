"""The controller over fakes of our own Protocols: the order of things, what is told, what is refused."""

import contextlib
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from hubwidgets.controller import Controller, Wish
from hubwidgets.core.errors import (
    Cancelled,
    FileChanged,
    FolderEmpty,
    HubOutOfReach,
    NotLoggedIn,
    RepoExists,
    RepoMoved,
    RepoNotChosen,
    RepoNotFound,
)
from hubwidgets.core.progress import Progress
from hubwidgets.core.repo import Account, RepoInfo, RepoRef
from hubwidgets.core.state import AccountState, EngineState, RepoForm
from hubwidgets.core.status import CommitLanded, Status, StatusRow
from hubwidgets.jobs.runner import Runner

ALICE = AccountState("logged_in", Account("alice", role="write"), "pasted")
REPO = RepoRef("alice/m")
WISH = Wish(REPO, "auto")
A, B = StatusRow("a.bin", "?", 10, None, "lfs"), StatusRow("b.txt", "M", 1, 1, "regular")


class FakeHub:
    endpoint = "https://hub"

    def __init__(self):
        self.repos = {}
        self.created = []
        self.is_down = False

    def fetch_repo(self, repo):
        if self.is_down:
            raise HubOutOfReach(self.endpoint)
        return self.repos.get(repo.repo_id)

    def create_repo(self, new):
        if new.ref.repo_id in self.repos:
            raise RepoExists(new.ref.repo_id)
        self.created.append(new)
        info = RepoInfo(new.ref, new.ref.url(self.endpoint), new.visibility, "a" * 40)
        self.repos[new.ref.repo_id] = info
        return info


class FakeIdentity:
    endpoint = "https://hub"
    practice_users = ()

    def __init__(self, account_state):
        self.account_state = account_state
        self.the_hub = FakeHub()
        self.watchers = []

    def hub(self):
        return self.the_hub

    def refresh_account(self):
        if self.account_state.account is None:
            raise NotLoggedIn

    def become(self, account_state):
        self.account_state = account_state
        for watcher in self.watchers:
            watcher(account_state)

    def subscribe(self, watcher):
        self.watchers.append(watcher)
        return lambda: self.watchers.remove(watcher)


class FakeFolder:
    def __init__(self, path):
        self.path = path

    def list_rows(self, ctx):
        ctx.check()
        return (A, replace(B, letter="?"))

    def etag(self, path_in_repo):
        return ""

    def read(self, path_in_repo, max_bytes):
        return b"text\n"[:max_bytes]


class FakeBackend:
    name = "http"

    def __init__(self):
        self.status = Status(REPO, "a" * 40, (A, B))
        self.plans = []
        self.hold_up = threading.Event()
        self.hold_up.set()
        self.entered = threading.Event()

    def fetch_status(self, folder, repo, ctx):
        ctx.report(Progress("scanning", 2, 2, "files"))
        return self.status

    def commit(self, folder, plan, message, description, ctx):
        self.plans.append((plan, message))
        self.entered.set()
        with ctx.on_cancel(self.hold_up.set):
            self.hold_up.wait(10)
        ctx.seal()
        return CommitLanded(plan.repo, "https://hub/c", "b" * 40)


class FakeEngines:
    def __init__(self, backend):
        self.the_backend = backend
        self.has_git_folder = False

    def choose(self, folder, repo, wish):
        return EngineState("git" if wish == "git" else "http", "chosen")

    def backend(self, name):
        return self.the_backend

    def is_working_copy(self, folder):
        return self.has_git_folder

    def hold(self, folder, repo):
        return contextlib.nullcontext()


class Stand:
    """A controller with everything around it."""

    def __init__(self, tmp_path, account=ALICE, wish=WISH):
        self.identity = FakeIdentity(account)
        self.hub = self.identity.the_hub
        self.backend = FakeBackend()
        self.engines = FakeEngines(self.backend)
        self.runner = Runner()
        folder = FakeFolder(Path(tmp_path) / "my model!")
        self.controller = Controller(self.identity, self.engines, folder, wish, self.runner)

    @property
    def state(self):
        return self.controller.state

    def have_repo(self):
        self.hub.repos["alice/m"] = RepoInfo(REPO, "https://hub/alice/m", "private", "a" * 40)
        self.controller.use_repo(REPO)
        self.controller.refresh().result(10)


@pytest.fixture
def make_stand(tmp_path):
    stands = []

    def make(**options):
        stands.append(Stand(tmp_path, **options))
        return stands[-1]

    yield make
    for stand in stands:
        stand.controller.close()
        stand.runner.close()


def test_the_form_starts_with_a_legal_name_made_of_the_folders(make_stand):
    assert make_stand(wish=Wish(None, "auto")).state.repo.form.name == "my-model"


def test_making_a_controller_sends_and_creates_nothing(make_stand):
    stand = make_stand()
    assert stand.hub.created == []
    assert stand.backend.plans == []
    assert stand.state.publish.state == "idle"


def test_a_double_click_creates_once(make_stand):
    stand = make_stand(wish=Wish(None, "auto"))
    form = RepoForm("alice", "new")
    first = stand.controller.create_repo(form)
    assert stand.controller.create_repo(form) == first
    assert len(stand.hub.created) == 1
    assert stand.hub.created[0].visibility == "private"


def test_a_taken_name_is_told_and_can_be_used(make_stand):
    stand = make_stand(wish=Wish(None, "auto"))
    stand.hub.repos["alice/m"] = RepoInfo(REPO, "https://hub/alice/m", "private", "a" * 40)
    with pytest.raises(RepoExists):
        stand.controller.create_repo(RepoForm("alice", "m"))
    assert stand.state.repo.error.actions == ("use_existing",)
    stand.controller.use_repo(REPO)
    assert stand.state.repo.error is None
    assert stand.state.repo.chosen.ref == REPO


def test_using_a_repo_that_is_not_there_says_so(make_stand):
    stand = make_stand()
    with pytest.raises(RepoNotFound):
        stand.controller.use_repo(REPO)
    assert stand.state.repo.availability == "free"


def test_a_name_is_checked_while_typing_and_a_dead_line_is_no_crash(make_stand):
    stand = make_stand(wish=Wish(None, "auto"))
    stand.controller.edit_repo(RepoForm("alice", "x"))
    assert stand.state.repo.availability == "free"
    stand.hub.is_down = True
    stand.controller.edit_repo(RepoForm("alice", "xy"))
    assert stand.state.repo.availability == "unknown"
    stand.controller.edit_repo(RepoForm("alice", "x y"))
    assert stand.state.repo.availability == "unchecked"


def test_publish_creates_the_repo_that_was_asked_for(make_stand):
    stand = make_stand()
    landed = stand.controller.publish("First", "", as_shown=False).result(10)
    assert landed.commit_oid == "b" * 40
    assert [new.ref for new in stand.hub.created] == [REPO]
    assert stand.backend.plans[0][1] == "First"
    assert stand.state.publish.state == "done"
    assert stand.state.step == "publish"


def test_publish_without_a_message_makes_one(make_stand):
    stand = make_stand()
    stand.controller.publish(" ", "", as_shown=False).result(10)
    assert stand.backend.plans[0][1] == "Add a.bin and 1 file"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"account": AccountState("logged_out")}, NotLoggedIn),
        ({"wish": Wish(None, "auto")}, RepoNotChosen),
    ],
)
def test_publish_raises_what_is_missing(make_stand, options, error):
    with pytest.raises(error):
        make_stand(**options).controller.publish("m", "", as_shown=False)


def test_an_empty_folder_is_not_published(make_stand):
    stand = make_stand()
    stand.backend.status = Status(REPO, "a" * 40, (StatusRow("x", "D", None, 3, only_on_hub=True),))
    job = stand.controller.publish("m", "", as_shown=False)
    assert isinstance(job.exception(10), FolderEmpty)
    assert stand.backend.plans == []


def test_publishing_again_while_one_runs_joins_it_and_cancel_ends_it(make_stand):
    stand = make_stand()
    stand.have_repo()
    stand.backend.hold_up.clear()
    job = stand.controller.publish("m", "", as_shown=True)
    assert stand.controller.publish("other", "", as_shown=True) is job
    assert stand.backend.entered.wait(10)
    assert stand.state.publish.state == "running"
    assert not stand.controller.cancel("another")
    assert stand.controller.cancel(job.id)
    with pytest.raises(Cancelled):
        job.result(10)
    assert stand.state.publish.state == "cancelled"
    assert stand.controller.publish("again", "", as_shown=True).result(10).commit_oid


def test_a_click_publishes_what_the_panel_shows_and_no_newcomer(make_stand):
    stand = make_stand()
    stand.have_repo()
    stand.controller.set_staged(staged=False, paths=("b.txt",))
    stand.backend.status = Status(REPO, "a" * 40, (A, B, StatusRow("new.txt", "?", 3, None, "regular")))
    stand.controller.publish("m", "", as_shown=True).result(10)
    assert [row.path_in_repo for row in stand.backend.plans[0][0].rows] == ["a.bin"]


def test_a_script_publishes_what_is_there_when_it_asks(make_stand):
    stand = make_stand()
    stand.have_repo()
    stand.backend.status = Status(REPO, "a" * 40, (A, B, StatusRow("new.txt", "?", 3, None, "regular")))
    stand.controller.publish("m", "", as_shown=False).result(10)
    assert [row.path_in_repo for row in stand.backend.plans[0][0].rows] == ["a.bin", "b.txt", "new.txt"]


def test_a_click_on_an_old_view_is_refused(make_stand):
    stand = make_stand()
    stand.have_repo()
    stand.backend.status = Status(REPO, "c" * 40, (A, B))
    assert isinstance(stand.controller.publish("m", "", as_shown=True).exception(10), RepoMoved)
    stand.controller.refresh().result(10)
    stand.backend.status = Status(REPO, "c" * 40, (B,))
    failed = stand.controller.publish("m", "", as_shown=True).exception(10)
    assert isinstance(failed, FileChanged)
    assert "a.bin" in str(failed)
    assert stand.backend.plans == []


def test_staging_by_path_folder_and_section(make_stand):
    stand = make_stand()
    stand.backend.status = Status(REPO, "a" * 40, (A, B, StatusRow("d/x", "?", 1), StatusRow("d/y", "?", 1)))
    stand.have_repo()
    stage = stand.controller.set_staged
    stage(staged=False, folders=("d",))
    assert stand.state.stage.excluded == {"d/x", "d/y"}
    stage(staged=True, section="untracked", text="x")
    assert stand.state.stage.excluded == {"d/y"}
    stage(staged=False, folders=("",))
    assert stand.state.summary.n_staged == 0
    stage(staged=True, paths=("a.bin",))
    rows, _stage, _rev = stand.controller.list_rows("staged", "")
    assert [row.path_in_repo for row in rows] == ["a.bin"]


def test_git_is_not_set_up_in_a_folder_just_because_it_is_shown(make_stand):
    stand = make_stand(wish=Wish(REPO, "git"))
    fetched = []
    stand.backend.fetch_status = lambda *_args: fetched.append(1) or Status(REPO, "a" * 40, (A, B))
    stand.hub.repos["alice/m"] = RepoInfo(REPO, "https://hub/alice/m", "private", "a" * 40)
    stand.controller.use_repo(REPO)
    assert fetched == []
    stand.controller.open_step("check")
    stand.controller.refresh().result(10)
    assert fetched


def test_logging_out_gives_up_the_repo(make_stand):
    stand = make_stand()
    stand.have_repo()
    stand.identity.become(AccountState("logged_out"))
    assert stand.state.repo.chosen is None
    assert stand.state.account.state == "logged_out"


def test_watchers_are_told_and_can_leave(make_stand):
    stand, seen = make_stand(), []
    unwatch = stand.controller.watch(lambda: seen.append(stand.state.message))
    stand.controller.edit_message("one", "")
    unwatch()
    stand.controller.edit_message("two", "")
    assert seen == ["one"]
