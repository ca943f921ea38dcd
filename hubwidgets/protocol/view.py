"""What of a state the page sees."""

from __future__ import annotations

from typing import NamedTuple

from hubwidgets.core.failure import Failure
from hubwidgets.core.progress import Progress
from hubwidgets.core.repo import check_name
from hubwidgets.core.state import PublishState, State, steps_done, suggest_message, why_blocked
from hubwidgets.core.status import CommitLanded
from hubwidgets.protocol.codec import error_info
from hubwidgets.protocol.messages import ErrorInfo, FileUnderWay, ProgressInfo
from hubwidgets.protocol.snapshot import (
    AccountView,
    CardView,
    EngineView,
    FilesView,
    JobView,
    Owner,
    PanelName,
    PhaseDone,
    PracticeUser,
    PublishView,
    RepoView,
    ResultView,
    SectionView,
    Snapshot,
)


class Place(NamedTuple):
    """What a snapshot says besides the state. `browser_url` is where a person's browser finds the Hub."""

    panel: PanelName
    session_id: str
    endpoint: str
    browser_url: str
    practice_users: tuple[tuple[str, str], ...]


def make_snapshot(state: State, place: Place, rev: int) -> Snapshot:
    """Return what a page may see of `state`."""
    is_publishing = state.publish.state == "running"
    return Snapshot(
        v=1,
        rev=rev,
        session_id=place.session_id,
        panel=place.panel,
        endpoint=place.browser_url,
        is_practice=bool(place.practice_users),
        step=state.step,
        steps_done=list(steps_done(state)),
        engine=EngineView(state.engine.name, state.engine.reason, state.engine.git_problem, not is_publishing),
        account=_account(state, place),
        repo=_repo(state, place),
        files=_files(state),
        card=CardView(state.card_exists, state.card_rev),
        publish=_publish(state, place),
        host_note=state.host_note,
    )


def progress_info(progress: Progress, rate: float | None = None, eta_s: float | None = None) -> ProgressInfo:
    """Return a report as the page gets it."""
    return ProgressInfo(
        phase=progress.phase,
        done=progress.done,
        total=progress.total,
        unit=progress.unit,
        files=[FileUnderWay(file.path_in_repo, file.done_bytes, file.total_bytes) for file in progress.files[:5]],
        sent_bytes=progress.sent_bytes,
        rate_bytes_per_s=rate,
        eta_s=eta_s,
        note=progress.note,
    )


def _error(failure: Failure | None) -> ErrorInfo | None:
    return None if failure is None else error_info(failure)


def _account(state: State, place: Place) -> AccountView:
    known, account = state.account, state.account.account
    practice = [PracticeUser(name, role) for name, role in place.practice_users]
    tokens_url = f"{place.browser_url}/settings/tokens"
    if account is None:
        return AccountView(
            known.state, practice_users=practice, tokens_url=tokens_url, source=known.source, error=_error(known.error)
        )
    return AccountView(
        state=known.state,
        name=account.name,
        fullname=account.fullname,
        role=account.role,
        orgs=[org.name for org in account.orgs],
        source=known.source,
        token_name=account.token_name,
        practice_users=practice,
        tokens_url=tokens_url,
        error=_error(known.error),
    )


def _repo(state: State, place: Place) -> RepoView:
    repo, form = state.repo, state.repo.form
    prefix = "" if form.repo_type == "model" else f"{form.repo_type}s/"
    problem = check_name(form.name) if form.name else ""
    chosen = repo.chosen
    return RepoView(
        state="creating" if repo.is_creating else "ready" if chosen is not None else "editing",
        owner=form.owner,
        name=form.name,
        repo_type=form.repo_type,
        visibility=form.visibility,
        owners=_owners(state),
        preview_url=f"{place.browser_url}/{prefix}{form.owner}/{form.name}",
        name_problem=problem or "",
        availability=repo.availability,
        repo_id="" if chosen is None else chosen.ref.repo_id,
        url="" if chosen is None else _for_browser(chosen.url, place),
        error=_error(repo.error),
    )


def _owners(state: State) -> list[Owner]:
    account = state.account.account
    if account is None:
        return []
    why = "" if account.may_write else "this token can only read"
    no_org = "you may not write there"
    orgs = [Owner(org.name, why or (no_org if org.can_write is False else "")) for org in account.orgs]
    return [Owner(account.name, why), *orgs]


def _files(state: State) -> FilesView:
    files, summary = state.files, state.summary
    return FilesView(
        state=files.state,
        folder=state.folder,
        n_seen=files.n_seen,
        n_files=summary.n_files,
        size_bytes=summary.size_bytes,
        is_compared=files.status is not None,
        files_rev=files.rev + state.stage_rev,
        staging_rev=files.rev + state.stage_rev,
        sections=[SectionView(each.section, each.total, each.size_bytes) for each in summary.sections],
        n_staged=summary.n_staged,
        staged_bytes=summary.staged_bytes,
        n_staged_lfs=summary.n_staged_lfs,
        n_added=summary.n_added,
        n_modified=summary.n_modified,
        n_deleted=summary.n_deleted,
        message=state.message,
        description=state.description,
        suggested_message=suggest_message(summary.plan),
        error=_error(files.error),
    )


def _publish(state: State, place: Place) -> PublishView:
    publish = state.publish
    return PublishView(
        state=publish.state,
        blocked=_error(why_blocked(state)),
        job=_job(publish) if publish.state == "running" else None,
        result=_result(publish, publish.landed, place) if publish.landed is not None else None,
        error=_error(publish.error),
    )


def _job(publish: PublishState) -> JobView:
    progress = publish.progress
    return JobView(
        id=publish.job_id,
        can_cancel=not publish.is_sealed and not publish.is_cancelling,
        is_cancelling=publish.is_cancelling,
        progress=None if progress is None else progress_info(progress, publish.rate_per_s, publish.eta_s),
        phases_done=[PhaseDone(ended.phase, ended.note, round(ended.seconds, 2)) for ended in publish.phases_done],
        n_files=publish.n_files,
        total_bytes=publish.total_bytes,
    )


def _result(publish: PublishState, landed: CommitLanded, place: Place) -> ResultView:
    letters = [file.letter for file in landed.files]
    return ResultView(
        repo_id=landed.repo.repo_id,
        repo_type=landed.repo.repo_type,
        revision=landed.repo.revision,
        url=_for_browser(landed.url, place),
        repo_url=landed.repo.url(place.browser_url),
        commit_oid=landed.commit_oid,
        commit_message=landed.commit_message,
        n_added=letters.count("A"),
        n_modified=letters.count("M"),
        n_deleted=letters.count("D"),
        n_files=len(letters),
        bytes_sent=landed.bytes_sent,
        total_bytes=sum(file.size_bytes or 0 for file in landed.files if file.letter != "D"),
        seconds=round(publish.seconds, 1),
        landed_at=landed.landed_at,
        code=load_code(landed, place.endpoint if place.practice_users else None),
    )


def _for_browser(url: str, place: Place) -> str:
    return place.browser_url + url.removeprefix(place.endpoint) if url.startswith(place.endpoint) else url


def load_code(landed: CommitLanded, endpoint: str | None = None) -> str:
    """Return the Python that loads exactly this revision; with `endpoint` where it is not the default one."""
    kind = "" if landed.repo.repo_type == "model" else f', repo_type="{landed.repo.repo_type}"'
    revision = f', revision="{landed.commit_oid}"' if landed.commit_oid else ""
    where = f', endpoint="{endpoint}"' if endpoint else ""
    call = f'snapshot_download("{landed.repo.repo_id}"{kind}{revision}{where})'
    return f"from huggingface_hub import snapshot_download\n{call}"
