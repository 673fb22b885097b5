"""What every store of jobs must do. Runs on each engine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.records.cursor import Cursor
from service.domain.records.job import Job, JobKind, JobStep, begun, stepped, stopped, taken_up
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import Status
from service.domain.shop.order import Channel
from service.local.file import SqliteFile
from service.local.jobs import SqliteJobs
from service.ports import Jobs, StoreUnavailableError
from tests.builders import NOW, OLIVE, TENANT

MINUTE = timedelta(minutes=1)
VIEW = LogView(
    show=Show.ALL, event=EventName.LEAD, status=Status.ERROR, channel=Channel.POS,
    since=NOW - MINUTE, until=NOW, object="Zoë 🍷",
)  # fmt: skip


def a_job(kind: JobKind = JobKind.RESEND, **changes: object) -> Job:
    job = begun(kind, VIEW, job_id="job-1", by=OLIVE, total=9, is_least=True, now=NOW)
    return replace(job, **changes)  # type: ignore[arg-type] # whatever the test names


class TestAJob:
    @pytest.mark.parametrize(
        "job",
        [
            a_job(),
            taken_up(a_job(), now=NOW, lease=MINUTE),
            stepped(a_job(), JobStep(done=3, left={"why": 2}, reached=Cursor(NOW, "k")), now=NOW),
            stepped(a_job(), JobStep(done=3), now=NOW),
            stopped(a_job(JobKind.CLEAR), "uninstalled", now=NOW),
        ],
    )
    def test_comes_back_as_written(self, jobs: Jobs, job: Job) -> None:
        assert jobs.replace(TENANT, job, over=None)
        assert jobs.find(TENANT, job.kind) == job

    def test_is_none_where_none_was_started(self, jobs: Jobs) -> None:
        assert jobs.find(TENANT, JobKind.RESEND) is None

    def test_is_of_one_tenant_and_one_kind(self, jobs: Jobs) -> None:
        mine, theirs, other = a_job(), a_job(id="theirs"), a_job(JobKind.CLEAR)
        assert jobs.replace(TENANT, mine, over=None)
        assert jobs.replace("other-winery", theirs, over=None)
        assert jobs.replace(TENANT, other, over=None)
        assert jobs.find(TENANT, JobKind.RESEND) == mine
        assert jobs.find("other-winery", JobKind.RESEND) == theirs
        assert jobs.find(TENANT, JobKind.CLEAR) == other

    def test_is_begun_once(self, jobs: Jobs) -> None:
        assert jobs.replace(TENANT, a_job(), over=None)
        assert not jobs.replace(TENANT, a_job(id="another"), over=None)
        assert jobs.find(TENANT, JobKind.RESEND) == a_job()

    def test_replaces_only_the_job_that_was_read(self, jobs: Jobs) -> None:
        first, second = a_job(), a_job(done=1)
        assert jobs.replace(TENANT, first, over=None)
        assert jobs.replace(TENANT, second, over=first)
        assert not jobs.replace(TENANT, a_job(done=2), over=first)
        assert jobs.find(TENANT, JobKind.RESEND) == second

    def test_that_is_gone_is_not_written(self, jobs: Jobs) -> None:
        assert not jobs.replace(TENANT, a_job(done=1), over=a_job())
        assert jobs.find(TENANT, JobKind.RESEND) is None

    def test_is_taken_up_by_one_of_many_at_once(self, jobs: Jobs) -> None:
        assert jobs.replace(TENANT, a_job(), over=None)
        rivals = [a_job(done=number) for number in range(1, 9)]
        with ThreadPoolExecutor(8) as pool:
            written = list(pool.map(lambda job: jobs.replace(TENANT, job, over=a_job()), rivals))
        assert written.count(True) == 1
        assert jobs.find(TENANT, JobKind.RESEND) == rivals[written.index(True)]


class TestDue:
    def test_are_those_whose_time_has_come_the_most_overdue_first(self, jobs: Jobs) -> None:
        for name, minutes in (("a", 3), ("b", 1), ("c", 2)):
            assert jobs.replace(name, a_job(due_at=NOW + minutes * MINUTE), over=None)
        assert jobs.due(now=NOW, limit=9) == []
        assert jobs.due(now=NOW + 2 * MINUTE, limit=9) == [
            ("b", JobKind.RESEND), ("c", JobKind.RESEND),
        ]  # fmt: skip
        assert len(jobs.due(now=NOW + 9 * MINUTE, limit=2)) == 2

    def test_are_both_kinds_of_one_tenant(self, jobs: Jobs) -> None:
        for kind in JobKind:
            assert jobs.replace(TENANT, a_job(kind), over=None)
        assert sorted(jobs.due(now=NOW, limit=9)) == sorted((TENANT, kind) for kind in JobKind)

    def test_are_not_those_that_are_finished(self, jobs: Jobs) -> None:
        assert jobs.replace(TENANT, a_job(), over=None)
        assert jobs.replace(TENANT, stepped(a_job(), JobStep(), now=NOW), over=a_job())
        assert jobs.due(now=NOW + timedelta(days=9), limit=9) == []


class TestDropAll:
    def test_deletes_every_job_of_this_tenant_alone(self, jobs: Jobs) -> None:
        for kind in JobKind:
            assert jobs.replace(TENANT, a_job(kind), over=None)
        assert jobs.replace("other-winery", a_job(), over=None)
        for _ in range(2):
            jobs.drop_all(TENANT)
        assert [jobs.find(TENANT, kind) for kind in JobKind] == [None] * len(JobKind)
        assert jobs.find("other-winery", JobKind.RESEND) == a_job()

    def test_allows_new_jobs_afterwards(self, jobs: Jobs) -> None:
        assert jobs.replace(TENANT, a_job(), over=None)
        jobs.drop_all(TENANT)
        assert jobs.replace(TENANT, a_job(id="new"), over=None)


class TestAJobOfAnOlderVersion:
    def test_is_read_and_taken_up(self, tmp_path: Path) -> None:
        file = SqliteFile(str(tmp_path / "older.db"))
        jobs = SqliteJobs(file)
        assert jobs.replace(TENANT, a_job(), over=None)
        statement = "UPDATE jobs SET doc = CAST(json_remove(doc, '$.tries') AS BLOB)"
        file.change(lambda db: db.execute(statement))
        assert jobs.find(TENANT, JobKind.RESEND) == a_job()
        taken = taken_up(a_job(), now=NOW, lease=MINUTE)
        assert jobs.replace(TENANT, taken, over=a_job())
        assert jobs.find(TENANT, JobKind.RESEND) == taken
        file.close()


class TestSqliteThatIsGone:
    def test_raises_store_unavailable(self, tmp_path: Path) -> None:
        file = SqliteFile(str(tmp_path / "gone.db"))
        jobs = SqliteJobs(file)
        file.close()
        with pytest.raises(StoreUnavailableError):
            jobs.replace(TENANT, a_job(), over=None)
        with pytest.raises(StoreUnavailableError):
            jobs.due(now=NOW, limit=1)
