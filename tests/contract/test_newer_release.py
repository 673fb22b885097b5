"""What every store must do with documents of a newer release that was rolled back."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.records.cursor import Cursor
from service.domain.records.job import Job, JobKind
from service.domain.records.log_view import LogView
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role, TenantSettings
from service.ports import Tenants
from tests.builders import NOW, TENANT, a_delivery, a_record, some_settings
from tests.contract.conftest import Engine
from tests.tenants import put, save_settings

DUE = {Role.PRIMARY: a_delivery(due_at=NOW)}
JOB = Job(
    kind=JobKind.CLEAR, id="1", who="Olive", view=LogView(), started_at=NOW, place=Cursor(NOW),
    total=3, due_at=NOW,
)  # fmt: skip


def settings_with(**unknown: Any) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(some_settings()) | unknown)


class TestSettings:
    @pytest.mark.parametrize(
        "unknown",
        [
            {"report": "weekly"},
            {"events": {"Lead": False, "Donate": True}},
            {"channels": {"Web": True, "Kiosk": False}},
            {"content_id": "gtin"},
        ],
    )
    def test_are_read_and_keep_unknown_fields(
        self, engine: Engine, unknown: Mapping[str, object]
    ) -> None:
        save_settings(engine.tenants, TENANT, some_settings())
        engine.overwrite("tenants", TENANT, "settings", settings_with(**unknown))

        tenant = engine.tenants.find(TENANT)
        assert tenant is not None
        put(engine.tenants, TENANT, choices=replace(tenant.choices, enabled=False))

        stored = msgspec.json.decode(engine.text("tenants", TENANT, "settings"))
        assert not stored["enabled"]
        assert {name: stored[name] for name in unknown} == unknown

    def test_are_left_alone_by_a_change_of_something_else(self, tenants: Tenants) -> None:
        put(tenants, TENANT, choices=TenantSettings(events={EventName.LEAD: False}))
        put(tenants, TENANT, shop_due_at=NOW)
        tenant = tenants.find(TENANT)
        assert tenant is not None
        assert tenant.choices == TenantSettings(events={EventName.LEAD: False})


def record_with(**unknown: Any) -> bytes:
    return msgspec.json.encode(msgspec.to_builtins(a_record(deliveries=DUE)) | unknown)


class TestARecord:
    def test_keeps_unknown_fields_beside_changed_ones(self, engine: Engine) -> None:
        record = a_record(deliveries=DUE)
        assert engine.events.add(record)
        engine.overwrite("events", record.key, "doc", record_with(priority={"of": 1}))

        stored = engine.events.find(TENANT, record.key)
        assert stored is not None
        assert stored.record == record
        after = engine.events.replace(stored, replace(record, reason=Reason("why")))
        assert after is not None
        assert engine.events.replace(after, replace(record, reason=Reason("why not")))
        written = msgspec.json.decode(engine.text("events", record.key, "doc"))
        assert (written["priority"], written["reason"]) == ({"of": 1}, "why not")

    def test_that_is_erased_keeps_nothing_but_the_lock(self, engine: Engine) -> None:
        record = a_record(deliveries=DUE)
        assert engine.events.add(record)
        engine.overwrite("events", record.key, "doc", record_with(whom="Casey"))
        stored = engine.events.find(TENANT, record.key)
        assert stored is not None
        assert engine.events.replace(stored, record.without_content(now=NOW))
        assert "Casey" not in engine.text("events", record.key, "doc")

    def test_of_an_unknown_event_is_left_alone_and_blocks_no_other(self, engine: Engine) -> None:
        known, newer = a_record(key="a", deliveries=DUE), a_record(key="b", deliveries=DUE)
        for record in (known, newer):
            assert engine.events.add(record)
        engine.overwrite("events", "b", "doc", record_with(key="b", name="Donate"))

        assert engine.events.find(TENANT, "b") is None
        assert engine.events.add(newer) is None
        shown = engine.events.newest(TENANT, limit=9)
        assert [each.record.key for each in shown] == ["a"]
        assert "Donate" in engine.text("events", "b", "doc")


class TestAJob:
    def test_of_an_unknown_view_is_left_alone(self, engine: Engine) -> None:
        assert engine.jobs.replace(TENANT, JOB, over=None)
        newer = msgspec.to_builtins(JOB) | {"view": {"show": "donations"}}
        engine.overwrite("jobs", "clear", "doc", msgspec.json.encode(newer))
        assert engine.jobs.find(TENANT, JobKind.CLEAR) is None
        assert not engine.jobs.replace(TENANT, JOB, over=None)
        assert "donations" in engine.text("jobs", "clear", "doc")


def test_a_record_is_what_is_meant() -> None:
    assert msgspec.json.decode(record_with(), type=EventRecord) == a_record(deliveries=DUE)
