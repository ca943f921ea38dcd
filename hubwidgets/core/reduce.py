"""The one function that changes the state of a panel."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hubwidgets.core.events import (
    AccountChanged,
    AvailabilityAnswered,
    CancelAsked,
    CardChanged,
    CommitHasLanded,
    EngineChosen,
    Event,
    FilesEvent,
    FolderListed,
    MessageEdited,
    PublishCancelled,
    PublishEvent,
    PublishFailed,
    PublishPlanned,
    PublishProgressed,
    PublishSealed,
    PublishStarted,
    RepoChosen,
    RepoCreating,
    RepoEvent,
    RepoFailed,
    RepoFormEdited,
    ScanFailed,
    ScanSeen,
    ScanStarted,
    StageChanged,
    StatusFetched,
    StepOpened,
)
from hubwidgets.core.progress import Progress
from hubwidgets.core.state import FilesState, PhaseEnded, PublishState, RepoForm, State
from hubwidgets.core.summary import summarise

RATE_OVER_S: Final = 5.0
"""The rate shown is the mean of the last five seconds: steady enough to read, quick enough to notice a stall."""


def reduce(state: State, event: Event) -> State:
    """Return the state after `event`. The only place where states come from."""
    after = _reduce(state, event)
    if after.files is state.files and after.stage is state.stage and after.engine is state.engine:
        return after
    files = after.files
    return replace(after, summary=summarise(files.rows, files.status, after.stage, after.engine.name))


def _reduce(state: State, event: Event) -> State:
    match event:
        case AccountChanged(account):
            return replace(state, account=account)
        case RepoFormEdited() | AvailabilityAnswered() | RepoCreating() | RepoChosen() | RepoFailed():
            return _reduce_repo(state, event)
        case ScanStarted() | ScanSeen() | FolderListed() | StatusFetched() | ScanFailed():
            return replace(state, files=_reduce_files(state.files, event))
        case EngineChosen(engine):
            return replace(state, engine=engine, files=_forget_status(state.files))
        case StageChanged(stage):
            return replace(state, stage=stage, stage_rev=state.stage_rev + 1)
        case MessageEdited(message, description):
            return replace(state, message=message, description=description)
        case CardChanged(exists):
            return replace(state, card_exists=exists, card_rev=state.card_rev + 1)
        case StepOpened(step):
            return replace(state, step=step)
        case CommitHasLanded():
            # What landed is no longer waiting; what a person left out stays left out.
            return replace(
                state,
                publish=_reduce_publish(state.publish, event),
                stage=replace(state.stage, deletions=frozenset()),
                stage_rev=state.stage_rev + 1,
                message="",
                description="",
            )
        case _:
            return replace(state, publish=_reduce_publish(state.publish, event))


def _reduce_repo(state: State, event: RepoEvent) -> State:
    repo = state.repo
    match event:
        case RepoFormEdited(form, availability):
            return replace(state, repo=replace(repo, form=form, availability=availability, error=None))
        case AvailabilityAnswered(form, availability):
            return replace(state, repo=replace(repo, availability=availability)) if form == repo.form else state
        case RepoCreating():
            return replace(state, repo=replace(repo, is_creating=True, error=None))
        case RepoChosen(info):
            repo = replace(repo, is_creating=False, chosen=info, error=None)
            if info is not None:
                form = RepoForm(info.ref.owner, info.ref.name, info.ref.repo_type, info.visibility)
                repo = replace(repo, form=form, availability="exists" if info.head else repo.availability)
            return replace(state, repo=repo, files=_forget_status(state.files))
        case RepoFailed(error):
            return replace(state, repo=replace(repo, is_creating=False, error=error))


def _forget_status(files: FilesState) -> FilesState:
    return replace(files, status=None, rev=files.rev + 1)


def _reduce_files(files: FilesState, event: FilesEvent) -> FilesState:
    match event:
        case ScanStarted():
            return replace(files, state="scanning", n_seen=0, error=None)
        case ScanSeen(n_seen):
            return replace(files, n_seen=n_seen)
        case FolderListed(rows):
            return FilesState("ready", len(rows), rows, None, files.rev + 1)
        case StatusFetched(status):
            return FilesState("ready", len(status.rows), status.rows, status, files.rev + 1)
        case ScanFailed(error):
            return replace(files, state="failed", error=error)


def _reduce_publish(publish: PublishState, event: PublishEvent) -> PublishState:
    match event:
        case PublishStarted(job_id, n_files, total_bytes, at_s):
            return PublishState("running", job_id, n_files, total_bytes, started_s=at_s, phase_started_s=at_s)
        case PublishPlanned(n_files, total_bytes):
            return replace(publish, n_files=n_files, total_bytes=total_bytes)
        case PublishProgressed(progress, at_s):
            return _reduce_progress(publish, progress, at_s)
        case PublishSealed():
            return replace(publish, is_sealed=True)
        case CancelAsked():
            return replace(publish, is_cancelling=True)
        case CommitHasLanded(landed, at_s):
            return replace(_end_phase(publish, at_s), state="done", landed=landed, seconds=at_s - publish.started_s)
        case PublishFailed(error, at_s):
            return replace(publish, state="failed", error=error, seconds=at_s - publish.started_s)
        case PublishCancelled(at_s):
            return replace(publish, state="cancelled", seconds=at_s - publish.started_s)


def _end_phase(publish: PublishState, at_s: float) -> PublishState:
    if publish.progress is None:
        return publish
    ended = PhaseEnded(publish.progress.phase, publish.progress.note, at_s - publish.phase_started_s)
    return replace(publish, phases_done=(*publish.phases_done, ended), phase_started_s=at_s, samples=())


def _reduce_progress(publish: PublishState, progress: Progress, at_s: float) -> PublishState:
    if publish.progress is not None and publish.progress.phase != progress.phase:
        publish = _end_phase(publish, at_s)
    recent = tuple(sample for sample in publish.samples if at_s - sample[0] <= RATE_OVER_S)
    return replace(publish, progress=progress, samples=(*recent, (at_s, progress.done)))
