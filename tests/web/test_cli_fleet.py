import json
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from service.domain.figures.quality import EventQuality, QualityReport
from service.domain.records.job import GAVE_UP, JobKind, begun, stopped
from service.domain.records.log_view import LogView
from service.domain.tenants.tenant import Role
from tests.builders import BAD_TOKEN, OLIVE, PIXEL, TENANT, a_signal, an_order, some_settings
from tests.conftest import World

DEAD, PAUSED, QUIET, LATE = "dead-token", "paused", "quiet", "late"


def fleet(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=["fleet", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def as_json(app: Flask) -> dict[str, dict[str, Any]]:
    return {each["tenant_id"]: each for each in json.loads(fleet(app, "--json"))}


class TestFleet:
    def test_tells_what_came_and_went_in_the_last_day(self, app: Flask, world: World) -> None:
        record = world.record_an_order()
        world.send(record)
        sent_at = world.clock()
        world.clock.advance(timedelta(hours=25))
        world.receive(a_signal(an_order(id="another")))
        world.run_tasks()
        line = as_json(app)[TENANT]
        assert line["figures"]["sent"] == 1
        assert line["figures"]["held"] == 0
        assert line["figures"]["last_event_at"] > sent_at.isoformat()
        assert line["installation"] == "active"
        assert line["state"] == "live"
        assert line["alarms"] == []

    def test_puts_the_worst_first(self, app: Flask, world: World) -> None:
        for name in (QUIET, LATE, DEAD, TENANT):
            world.install(tenant_id=name)
        world.install(some_settings(enabled=False), tenant_id=PAUSED)
        world.receive(a_signal(an_order(id="late")), tenant_id=LATE)
        world.meta.script = [BAD_TOKEN]
        world.queue.tasks.clear()
        world.receive(a_signal(an_order(id="dead")), tenant_id=DEAD)
        world.run_tasks()
        world.clock.advance(timedelta(minutes=20))
        lines = fleet(app).splitlines()
        names = [line.split()[0] for line in lines[1:]]
        assert names == [LATE, DEAD, *sorted([QUIET, TENANT]), PAUSED]
        assert lines[1].endswith("stuck")
        assert lines[2].endswith("token-primary")
        assert as_json(app)[DEAD]["figures"]["held"] == 1
        assert as_json(app)[DEAD]["figures"]["oldest_waiting"] is not None

    def test_tells_metas_score_of_purchases(self, app: Flask, world: World) -> None:
        world.install()
        report = QualityReport(
            pixel_id=PIXEL,
            token_version="1",
            asked_at=world.clock(),
            events=(EventQuality(event="Purchase", score=7.26),),
        )
        world.services.quality.replace(TENANT, Role.PRIMARY, report, over=None)
        assert " 7.3  " in fleet(app)

    @pytest.mark.parametrize("is_given_up", [True, False])
    def test_names_a_job_that_went_wrong(
        self, app: Flask, world: World, *, is_given_up: bool
    ) -> None:
        world.install()
        job = begun(
            JobKind.RESEND, LogView(), job_id="1", by=OLIVE, total=3, is_least=False,
            now=world.clock(),
        )  # fmt: skip
        if is_given_up:
            job = stopped(job, GAVE_UP, now=world.clock())
        world.services.jobs.replace(TENANT, job, over=None)
        assert ("job-" in fleet(app)) is is_given_up
        world.clock.advance(timedelta(minutes=20))
        assert "job-resend" in fleet(app)
