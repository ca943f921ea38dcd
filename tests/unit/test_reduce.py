from dataclasses import replace

import pytest

from hubwidgets.core import events as e
from hubwidgets.core.errors import HubOutOfReach, RepoMoved
from hubwidgets.core.failure import Failure
from hubwidgets.core.progress import Progress
from hubwidgets.core.reduce import reduce
from hubwidgets.core.repo import Account, RepoInfo, RepoRef
from hubwidgets.core.state import AccountState, EngineState, RepoForm, State, steps_done, suggest_message, why_blocked
from hubwidgets.core.status import CommitLanded, Stage, Status, StatusRow, make_plan

REPO = RepoRef("alice/m")
INFO = RepoInfo(REPO, "https://hub/alice/m", "private", "a" * 40)
ROWS = (StatusRow("a.bin", "?", 10, None, "lfs"), StatusRow("b.txt", "M", 1, 1, "regular"))
WRITER = AccountState("logged_in", Account("alice", role="write"), "pasted")


def after(*happened: e.Event, state: State | None = None) -> State:
    state = state or State(folder="/f")
    for event in happened:
        state = reduce(state, event)
    return state


READY = after(e.AccountChanged(WRITER), e.RepoChosen(INFO), e.StatusFetched(Status(REPO, "a" * 40, ROWS)))


def test_an_answer_for_a_name_typed_before_is_dropped():
    old, new = RepoForm("alice", "ol"), RepoForm("alice", "old")
    state = after(e.RepoFormEdited(old, "checking"), e.RepoFormEdited(new, "checking"))
    assert after(e.AvailabilityAnswered(old, "exists"), state=state).repo.availability == "checking"
    assert after(e.AvailabilityAnswered(new, "free"), state=state).repo.availability == "free"


def test_choosing_another_repo_or_engine_forgets_what_was_compared():
    assert READY.plan is not None
    assert after(e.RepoChosen(INFO), state=READY).plan is None
    assert after(e.EngineChosen(EngineState("git")), state=READY).plan is None


def test_revisions_grow_whenever_lists_would_change():
    staged = after(e.StageChanged(Stage(excluded=frozenset({"a.bin"}))), state=READY)
    assert staged.stage_rev > READY.stage_rev
    assert after(e.StatusFetched(Status(REPO, None, ROWS)), state=READY).files.rev > READY.files.rev


def test_the_summary_follows_the_stage():
    assert (READY.summary.n_staged, READY.summary.staged_bytes, READY.summary.n_added) == (2, 11, 1)
    left_out = after(e.StageChanged(Stage(excluded=frozenset({"a.bin"}))), state=READY)
    assert (left_out.summary.n_staged, left_out.summary.staged_bytes) == (1, 1)
    assert [each.section for each in left_out.summary.sections] == ["staged", "untracked"]


def test_a_failed_scan_keeps_the_rows_that_were_known():
    state = after(e.ScanStarted(), e.ScanFailed(Failure.of(HubOutOfReach("https://hub"))), state=READY)
    assert state.files.rows == ROWS
    assert state.files.error is not None
    assert state.files.error.code == "network.unreachable"


def test_a_publish_from_start_to_landed():
    state = after(e.PublishStarted("j1", 2, 11, 100.0), state=READY)
    state = after(e.PublishProgressed(Progress("hashing", 11, 11, note="2 files"), 101.0), state=state)
    state = after(e.PublishProgressed(Progress("uploading", 0, 10), 102.0), state=state)
    assert [(ended.phase, ended.note, ended.seconds) for ended in state.publish.phases_done] == [
        ("hashing", "2 files", 2.0)
    ]
    state = after(e.PublishProgressed(Progress("uploading", 4, 10), 104.0), state=state)
    assert state.publish.rate_per_s == pytest.approx(2.0)
    assert state.publish.eta_s == pytest.approx(3.0)
    state = after(e.PublishSealed(), e.CommitHasLanded(CommitLanded(REPO, "u", "b" * 40), 105.0), state=state)
    assert (state.publish.state, state.publish.seconds) == ("done", 5.0)
    assert {"check", "publish"} <= set(steps_done(state))


def test_the_rate_forgets_what_is_long_ago():
    state = after(e.PublishStarted("j1", 1, 100, 0.0))
    for at_s, done in ((0.0, 0), (1.0, 90), (10.0, 90), (11.0, 91)):
        state = after(e.PublishProgressed(Progress("uploading", done, 100), at_s), state=state)
    assert state.publish.rate_per_s == pytest.approx(1.0)


def test_what_landed_is_no_longer_waiting_but_what_was_left_out_stays_out():
    stage = Stage(excluded=frozenset({"b.txt"}), deletions=frozenset({"old"}))
    state = after(e.StageChanged(stage), e.MessageEdited("m", "d"), e.PublishStarted("j", 1, 1, 0.0), state=READY)
    state = after(e.CommitHasLanded(CommitLanded(REPO, "u", "b" * 40), 1.0), state=state)
    assert state.stage == Stage(excluded=frozenset({"b.txt"}))
    assert (state.message, state.description) == ("", "")


def test_a_failure_and_a_cancel_end_a_publish():
    started = after(e.PublishStarted("j", 1, 1, 0.0), e.CancelAsked())
    assert started.publish.is_cancelling
    assert after(e.PublishCancelled(2.0), state=started).publish.state == "cancelled"
    failed = after(e.PublishFailed(Failure.of(RepoMoved("alice/m")), 2.0), state=started).publish
    assert (failed.state, failed.error and failed.error.actions) == ("failed", ("refresh",))


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State(), "auth.not_logged_in"),
        (after(e.AccountChanged(replace(WRITER, account=Account("carol", role="read")))), "auth.read_only"),
        (after(e.AccountChanged(WRITER)), "repo.not_chosen"),
        (after(e.AccountChanged(WRITER), e.RepoChosen(INFO), e.StatusFetched(Status(REPO, None, ()))), "folder.empty"),
        (after(e.StageChanged(Stage(excluded=frozenset({"a.bin", "b.txt"}))), state=READY), "stage.empty"),
        (READY, None),
    ],
)
def test_why_nothing_can_be_published(state, code):
    blocked = why_blocked(state)
    assert (blocked.code if blocked else None) == code


def test_a_message_for_people_in_a_hurry():
    assert suggest_message(READY.plan) == "Add a.bin and 1 file"
    only_deleted = (StatusRow("x/old.txt", "D", None, 3, "regular"),)
    plan = make_plan(Status(REPO, None, only_deleted), Stage(deletions=frozenset({"x/old.txt"})), "git")
    assert suggest_message(plan) == "Delete old.txt"
    assert suggest_message(None) == ""
