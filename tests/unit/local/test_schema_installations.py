"""The migration of a file of version 2, without installations and expiring locks."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.domain.events.reason import Reason
from service.domain.records.record import Status
from service.domain.shop.public_settings import Shop
from service.domain.tenants.audit import AuditEntry
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.tenant import Due, Role, Tenant
from service.local.audit import SqliteAudit
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.local.schema import MIGRATIONS
from service.local.tenants import SqliteTenants
from service.ports import Cursor
from tests.builders import NOW, PIXEL, TENANT, some_settings
from tests.tenants import save_installation

AT = "2026-08-05T00:00:00"
STAMP = f"{AT}.000000+00:00"
TOMORROW = "2026-08-06T00:00:00.000000+00:00"

# Written out as that version stored it, so that it does not follow today's code.
SETTINGS = {
    "currency": "USD",
    "pixels": {"primary": {"id": PIXEL}, "secondary": {"id": ""}},
    "shop_domains": ["shop.example.com"],
}
SHOP: dict[str, Any] = {
    "name": "Ridge",
    "currency": "USD",
    "timezone": None,
    "domain": None,
    "routes": {},
}
RECORD: dict[str, Any] = {
    "tenant_id": TENANT, "name": "Purchase", "event_id": "c7-order-1", "object_kind": "order",
    "object_id": "1", "received_at": f"{AT}Z", "updated_at": f"{AT}Z", "state": "received",
    "occurred_at": "2026-08-04T23:00:00Z", "deliveries": {}, "payload": None, "lookup": None,
    "may_change": False, "cleared": False,
}  # fmt: skip
QUEUED: dict[str, Any] = {
    "payload": "sealed",
    "deliveries": {"primary": {"status": "queued", "due_at": f"{AT}Z"}},
}
SENT: dict[str, Any] = {"deliveries": {"primary": {"status": "sent", "due_at": None}}}
LOOKUP: dict[str, Any] = {
    "lookup": {"sealed_id": "sealed", "asked_at": f"{AT}Z", "due_at": f"{AT}Z"}
}

Row = tuple[str, str, int, str | None, str, str | None, bytes]


def row(key: str, status: str, *, due: str | None = None, **changes: Any) -> Row:
    doc = json.dumps({**RECORD, **changes, "key": key}).encode()
    return (TENANT, key, 3, None if changes.get("cleared") else STAMP, status, due, doc)


ROWS = [
    row("queued", "queued", due=STAMP, **QUEUED),
    row("asked", "received", due=STAMP, **LOOKUP),
    row("sent", "sent", **SENT),
    row("lock", "skipped", state="skipped", cleared=True, event_id="", object_id=""),
]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return the path of a file of the second version."""
    path = str(tmp_path / "1pixel.db")
    with closing(sqlite3.connect(path)) as db, db:
        for script in MIGRATIONS[:2]:
            db.executescript(script)
        db.execute("PRAGMA user_version = 2")
        tenant = (TENANT, json.dumps(SETTINGS).encode(), json.dumps(SHOP).encode(), TOMORROW)
        db.execute("INSERT INTO tenants VALUES (?, ?, ?, ?)", tenant)
        db.execute("INSERT INTO secrets VALUES (?, 'primary', 'sealed token')", (TENANT,))
        db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", ROWS)
    return path


@pytest.fixture
def file(path: str) -> Iterator[SqliteFile]:
    """Return that file, opened by today's code."""
    opened = SqliteFile(path)
    yield opened
    opened.close()


class TestATenant:
    def test_that_an_operator_set_up_is_active(self, file: SqliteFile) -> None:
        tenants = SqliteTenants(file)
        assert tenants.find(TENANT) == Tenant(
            id=TENANT,
            choices=some_settings(),
            shop=Shop(name="Ridge", currency="USD"),
            shop_due_at=NOW + timedelta(days=1),
            installation=Installation(),
        )
        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "sealed token"
        assert tenants.due(Due.INSTALLATION, now=NOW + timedelta(days=365), limit=9) == []

    def test_takes_an_installation_and_keeps_the_rest(self, file: SqliteFile) -> None:
        tenants = SqliteTenants(file)
        held = Installation(state=InstallState.HELD, is_leaving=True, check_at=NOW)
        save_installation(tenants, TENANT, held)
        tenant = tenants.find(TENANT)
        assert tenant is not None
        assert (tenant.installation, tenant.choices) == (held, some_settings())
        assert tenants.due(Due.INSTALLATION, now=NOW, limit=9) == [TENANT]

    def test_has_no_audit_entries_and_takes_some(self, file: SqliteFile) -> None:
        audit = SqliteAudit(file)
        entry = AuditEntry(at=NOW, who="Olive Owner", changes=())
        assert list(audit.newest(TENANT, limit=9)) == []
        audit.add(TENANT, entry)
        assert list(audit.newest(TENANT, limit=9)) == [entry]


class TestARow:
    def test_is_in_the_log_as_before(self, file: SqliteFile) -> None:
        events = SqliteEvents(file)
        counted = {Status.QUEUED: 1, Status.RECEIVED: 1, Status.SENT: 1}
        assert events.count(TENANT) == counted
        assert [each.record.key for each in events.newest(TENANT, limit=9)] == [
            "sent", "queued", "asked",
        ]  # fmt: skip

    def test_that_waits_is_open_and_can_be_ended(self, file: SqliteFile) -> None:
        events = SqliteEvents(file)
        waiting = events.open(TENANT, after=None, limit=9)
        assert [each.record.key for each in waiting] == ["asked", "queued"]
        first = waiting[0].record
        assert first.due_at
        behind = events.open(TENANT, after=Cursor(first.due_at, first.key), limit=9)
        assert [each.record.key for each in behind] == ["queued"]
        for stored in waiting:
            assert events.replace(stored, stored.record.given_up(Reason("over"), now=NOW))
        assert events.open(TENANT, after=None, limit=9) == []

    def test_that_is_finished_is_forgotten_in_its_time(self, file: SqliteFile) -> None:
        events = SqliteEvents(file)
        later = NOW + timedelta(days=1)
        assert events.idle(TENANT, received_before=NOW, limit=9) == []
        (sent,) = events.idle(TENANT, received_before=later, limit=9)
        assert sent.record.key == "sent"


class TestALock:
    def test_stays_for_a_week_from_the_day_of_the_change(self, file: SqliteFile) -> None:
        events = SqliteEvents(file)
        today = datetime.now(UTC)
        assert events.drop_expired(now=today + timedelta(days=6, hours=23), limit=9) == 0
        assert events.find(TENANT, "lock") is not None
        assert events.drop_expired(now=today + timedelta(days=7, hours=1), limit=9) == 1
        assert events.find(TENANT, "lock") is None
        assert events.find(TENANT, "sent") is not None

    def test_has_its_end_written_as_every_other_time(self, file: SqliteFile, path: str) -> None:
        file.close()
        with closing(sqlite3.connect(path)) as db:
            ((expires_at,),) = db.execute(
                "SELECT expires_at FROM events WHERE expires_at IS NOT NULL"
            ).fetchall()
        parsed = datetime.fromisoformat(expires_at)
        assert parsed.isoformat(timespec="microseconds") == expires_at


def test_an_opened_file_is_of_the_newest_version_and_is_changed_once(path: str) -> None:
    for _ in range(2):
        SqliteFile(path).close()
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert db.execute("SELECT COUNT(*) FROM events").fetchone() == (len(ROWS),)


def test_a_winery_that_was_pending_before_is_counted_among_the_unproven(tmp_path: Path) -> None:
    path = str(tmp_path / "1pixel.db")
    pending = {"state": "pending", "check_at": f"{AT}.25Z", "purge_at": f"{AT}.5Z"}
    with closing(sqlite3.connect(path)) as db, db:
        for script in MIGRATIONS[:11]:
            db.executescript(script)
        db.execute("PRAGMA user_version = 11")
        for name, installation in (("pending", pending), ("active", {"state": "active"})):
            db.execute(
                "INSERT INTO tenants (tenant_id, doc, shop_due_at, installation)"
                " VALUES (?, ?, ?, ?)",
                (name, json.dumps(SETTINGS).encode(), STAMP, json.dumps(installation).encode()),
            )
    with closing(SqliteFile(path)) as file:
        tenants, half = SqliteTenants(file), timedelta(seconds=0.5)
        assert tenants.due(Due.UNPROVEN, now=NOW + half, limit=9) == ["pending"]
        assert tenants.count_due(Due.UNPROVEN, now=NOW + half * 0.9) == 0
