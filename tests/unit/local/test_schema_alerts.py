"""The migration of a file without alerts: open deliveries count as queued since receipt."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from service.domain.delivery.delivery import DeliveryStatus, Wait
from service.domain.records.record import EventRecord
from service.domain.tenants.notices import Notices
from service.domain.tenants.tenant import Role
from service.local.events import SqliteEvents
from service.local.file import SqliteFile, stamp
from service.local.schema import MIGRATIONS
from service.local.tenants import SqliteTenants
from tests.builders import NOW, TENANT, a_delivery, a_record, some_settings

BEFORE = next(number for number, each in enumerate(MIGRATIONS) if "queued_since" in each)
HELD = a_delivery(status=DeliveryStatus.HELD, waits_for=Wait.TOKEN, queued_at=None)


@pytest.mark.parametrize(
    ("record", "longest"),
    [
        (a_record(deliveries={Role.PRIMARY: a_delivery(queued_at=None)}), "0" * 64),
        (a_record(deliveries={Role.PRIMARY: HELD}), None),
    ],
)
def test_it_opens(tmp_path: Path, record: EventRecord, longest: str | None) -> None:
    path = str(tmp_path / "1pixel.db")
    with closing(sqlite3.connect(path)) as db, db:
        for script in MIGRATIONS[:BEFORE]:
            db.executescript(script)
        db.execute(f"PRAGMA user_version = {BEFORE}")
        settings = msgspec.json.encode(some_settings())
        db.execute("INSERT INTO tenants (tenant_id, doc) VALUES (?, ?)", (TENANT, settings))
        db.execute(
            "INSERT INTO events (tenant_id, key, revision, received_at, status, due_at, doc)"
            " VALUES (?, ?, 1, ?, ?, ?, ?)",
            (
                *(TENANT, record.key, stamp(NOW), record.status, stamp(NOW)),
                msgspec.json.encode(record),
            ),
        )
    with closing(SqliteFile(path)) as file:
        found = SqliteEvents(file).longest_queued(TENANT)
        assert (found.record.key if found else None) == longest
        tenant = SqliteTenants(file).find(TENANT)
        assert tenant is not None
        assert tenant.notices == Notices()
