import asyncio
import threading

import pytest

from hubwidgets.core.errors import Cancelled
from hubwidgets.core.progress import Progress
from hubwidgets.jobs.coalesce import Coalescer
from hubwidgets.jobs.context import Job
from hubwidgets.jobs.hosts import PlainHost
from hubwidgets.jobs.runner import Runner


class HandClock:
    """A clock that a test moves by hand."""

    def __init__(self):
        self.at_s = 0.0

    def now_s(self):
        return self.at_s


@pytest.fixture
def runner():
    runner = Runner()
    yield runner
    runner.close()


def test_no_more_than_ten_reports_a_second_and_the_ends_of_a_phase_always():
    clock, seen = HandClock(), []
    job = Job("j", "test", clock)
    job.on_progress(lambda progress: seen.append((progress.phase, progress.done)))

    def work(ctx):
        for done in range(101):
            clock.at_s = done * 0.01
            ctx.report(Progress("uploading", done, 100))
        ctx.report(Progress("committing", 0, None))

    job.run(work)
    job.result(0)
    assert len(seen) <= 13
    assert seen[0] == ("uploading", 0)
    assert seen[-2:] == [("uploading", 100), ("committing", 0)]


def test_a_held_report_gets_through_when_the_phase_ends():
    clock, seen = HandClock(), []
    job = Job("j", "test", clock)
    job.on_progress(lambda progress: seen.append((progress.phase, progress.done)))

    def work(ctx):
        ctx.report(Progress("scanning", 1))
        ctx.report(Progress("scanning", 7))
        ctx.report(Progress("hashing", 0))

    job.run(work)
    assert seen == [("scanning", 1), ("scanning", 7), ("hashing", 0)]


def test_a_cancel_before_the_seal_stops_the_work(runner):
    entered, stopped = threading.Event(), threading.Event()

    def work(ctx):
        with ctx.on_cancel(stopped.set):
            entered.set()
            stopped.wait(10)
            ctx.check()

    job = runner.write("test", work)
    assert entered.wait(10)
    assert job.cancel()
    with pytest.raises(Cancelled):
        job.result(10)


def test_a_cancel_after_the_seal_is_refused_and_the_result_is_the_truth(runner):
    sealed, go_on = threading.Event(), threading.Event()

    def work(ctx):
        ctx.seal()
        sealed.set()
        go_on.wait(10)
        return "landed"

    job = runner.write("test", work)
    assert sealed.wait(10)
    assert not job.cancel()
    assert not job.can_cancel
    go_on.set()
    assert job.result(10) == "landed"


def test_a_job_cancelled_while_it_waits_never_starts(runner):
    busy, go_on, ran = threading.Event(), threading.Event(), []
    first = runner.write("first", lambda _ctx: (busy.set(), go_on.wait(10)))
    assert busy.wait(10)
    second = runner.write("second", lambda _ctx: ran.append(1))
    assert second.cancel()
    go_on.set()
    first.result(10)
    with pytest.raises(Cancelled):
        second.result(10)
    assert ran == []


def test_a_stop_registered_after_the_cancel_runs_at_once():
    job, stops = Job("j", "test"), []

    def work(ctx):
        job.cancel()
        with ctx.on_cancel(lambda: stops.append(1)):
            ctx.check()

    job.run(work)
    assert stops == [1]
    assert isinstance(job.exception(0), Cancelled)


def test_readers_do_not_wait_for_the_writer(runner):
    go_on = threading.Event()
    writing = runner.write("write", lambda _ctx: go_on.wait(10))
    assert runner.read("read", lambda _ctx: 7).result(10) == 7
    go_on.set()
    assert writing.result(10)


def test_a_job_can_be_awaited(runner):
    async def wait():
        return await runner.read("read", lambda _ctx: 7)

    assert asyncio.run(wait()) == 7


def test_a_failure_is_the_jobs_and_not_the_threads(runner):
    job = runner.write("test", lambda _ctx: 1 / 0)
    assert isinstance(job.exception(10), ZeroDivisionError)
    assert runner.write("next", lambda _ctx: 1).result(10) == 1


def test_many_marks_make_few_flushes_and_the_last_always_gets_through():
    value, flushed, seen_last = [0], [], threading.Event()

    def flush():
        flushed.append(value[0])
        if value[0] == 999:
            seen_last.set()

    coalescer = Coalescer(flush, PlainHost(), every_s=0.02)
    for n in range(1000):
        value[0] = n
        coalescer.mark()
    assert seen_last.wait(10)
    assert len(flushed) < 200
    coalescer.close()
