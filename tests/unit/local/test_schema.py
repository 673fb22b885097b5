"""The migration of a file with the first version of the schema; nothing is lost."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.events.reason import Reason
from service.domain.records.record import Status
from service.domain.shop.public_settings import Shop
from service.domain.tenants.tenant import NEVER, Due, Role
from service.local.browser_signals import SqliteBrowserSignals
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.local.schema import MIGRATIONS
from service.local.tenants import SqliteTenants
from tests.builders import NOW, PIXEL, TENANT, some_settings
from tests.tenants import save_shop

AT = "2026-08-05T00:00:00"
STAMP = f"{AT}.000000+00:00"
IN_FIVE_MINUTES = "2026-08-05T00:05:00"

# Written out as that version stored it, so that it does not follow today's code.
SETTINGS = {
    "enabled": True,
    "currency": "USD",
    "timezone": None,
    "pixels": {"primary": {"id": PIXEL}, "secondary": {"id": ""}},
    "test_event_code": "",
    "events": {
        **dict.fromkeys(("Purchase", "Subscribe", "CancelMembership", "Lead"), True),
        **dict.fromkeys(("CompleteRegistration", "PageView", "ViewContent"), True),
        **dict.fromkeys(("AddToCart", "InitiateCheckout"), True),
    },
    "channels": {"Web": True, "POS": True, "Inbound": True, "Club": True},
    "value_rule": "total",
    "content_id": "sku",
    "consent_mode": "off",
    "ldu_other_states": False,
    "shop_domains": ["shop.example.com"],
    "retention_days": 90,
    "alert_email": "",
}
RECORD: dict[str, Any] = {
    "tenant_id": TENANT,
    "name": "Purchase",
    "event_id": "c7-order-1",
    "object_kind": "order",
    "object_id": "1",
    "received_at": f"{AT}Z",
    "updated_at": f"{AT}Z",
    "state": "received",
    "reason": None,
    "object_number": "2101",
    "channel": "Web",
    "occurred_at": "2026-08-04T23:00:00Z",
    "deliveries": {},
    "payload": None,
    "custom": None,
    "match_keys": [],
    "data_use_rule": None,
    "cleared": False,
}
DELIVERY = {
    "status": "held",
    "reason": "currency unknown",
    "attempts": 0,
    "answered": 0,
    "not_before": f"{IN_FIVE_MINUTES}Z",
    "due_at": f"{IN_FIVE_MINUTES}Z",
    **dict.fromkeys(("lease_id", "pixel_id", "code", "subcode", "trace_id", "finished_at")),
}
SENT = {"status": "sent", "reason": None, "not_before": None, "due_at": None}
BARE = {"event_id": "", "object_id": "", "object_number": None, "channel": None}
HELD = {"payload": "sealed", "match_keys": ["email"], "deliveries": {"primary": DELIVERY}}
DUE = f"{IN_FIVE_MINUTES}.000000+00:00"

Row = tuple[str, str, int, str | None, str, str | None, bytes]


def row(key: str, status: str, *, due: str | None = None, **changes: Any) -> Row:
    doc = json.dumps({**RECORD, **changes, "key": key}).encode()
    return (TENANT, key, 3, None if changes.get("cleared") else STAMP, status, due, doc)


ROWS = [
    row("held", "held", due=DUE, **HELD),
    row("sent", "sent", deliveries={"primary": DELIVERY | SENT}),
    row("waiting", "waiting", state="waiting", reason="not paid yet"),
    row("cleared", "skipped", state="skipped", cleared=True, **BARE),
]


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return the path of a file of the first version."""
    path = str(tmp_path / "1pixel.db")
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(MIGRATIONS[0])
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO tenants VALUES (?, ?)", (TENANT, json.dumps(SETTINGS).encode()))
        db.execute("INSERT INTO secrets VALUES (?, 'primary', 'sealed token')", (TENANT,))
        db.execute("INSERT INTO signals VALUES (?, 'browser', ?, 'sealed')", (TENANT, DUE))
        db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", ROWS)
    return path


@pytest.fixture
def file(path: str) -> Iterator[SqliteFile]:
    """Return that file, opened by today's code."""
    opened = SqliteFile(path)
    yield opened
    opened.close()


class TestAnOldFile:
    def test_keeps_its_tenant_whose_shop_was_never_asked(self, file: SqliteFile) -> None:
        tenants = SqliteTenants(file)
        tenant = tenants.find(TENANT)

        assert tenant is not None
        assert tenant.choices == some_settings()
        assert (tenant.shop, tenant.shop_due_at) == (None, NEVER)
        assert tenants.sealed_token(TENANT, Role.PRIMARY) == "sealed token"
        assert tenants.due(Due.SHOP, now=NOW, limit=10) == [TENANT]

    def test_takes_what_a_shop_tells(self, file: SqliteFile) -> None:
        tenants = SqliteTenants(file)
        save_shop(tenants, TENANT, Shop(name="Ridge"), due_at=NOW + timedelta(days=1))

        tenant = tenants.find(TENANT)
        assert tenant is not None
        assert (tenant.shop, tenant.choices) == (Shop(name="Ridge"), some_settings())
        assert tenants.due(Due.SHOP, now=NOW, limit=10) == []

    def test_keeps_its_records(self, file: SqliteFile) -> None:
        events = SqliteEvents(file)
        found = events.find(TENANT, "held")

        assert found is not None
        assert (found.revision, found.record.payload) == ("3", "sealed")
        assert found.record.deliveries[Role.PRIMARY].reason == Reason.CURRENCY_UNKNOWN
        assert (found.record.lookup, found.record.may_change) == (None, False)
        assert [each.record.key for each in events.newest(TENANT, limit=10)] == [
            "waiting", "sent", "held",
        ]  # fmt: skip
        assert events.count(TENANT) == {Status.HELD: 1, Status.SENT: 1, Status.WAITING: 1}

    def test_keeps_what_is_due_and_every_lock(self, file: SqliteFile) -> None:
        events = SqliteEvents(file)
        later = NOW + timedelta(minutes=5)
        assert [each.record.key for each in events.due(now=later, limit=10)] == ["held"]

        for key in ("held", "sent", "waiting", "cleared"):
            stored = events.find(TENANT, key)
            assert stored is not None
            assert events.add(stored.record) is None

    def test_tells_what_is_held_and_lets_it_go(self, file: SqliteFile) -> None:
        events = SqliteEvents(file)
        (stored,) = events.open(TENANT, after=None, limit=10)
        delivery = stored.record.deliveries[Role.PRIMARY]
        assert (stored.record.key, delivery.status) == ("held", DeliveryStatus.HELD)

        assert events.replace(stored, stored.record.without_content(now=NOW)) is not None
        assert events.open(TENANT, after=None, limit=10) == []

    def test_lets_its_browser_signals_expire(self, file: SqliteFile) -> None:
        signals = SqliteBrowserSignals(file)
        assert signals.find(TENANT, ["browser"], now=NOW, limit=10) == []
        assert signals.drop_expired(now=NOW + timedelta(days=1), limit=10) == 1

    def test_is_of_the_newest_version_from_then_on(self, path: str) -> None:
        for _ in range(2):
            SqliteFile(path).close()

        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
            assert db.execute("SELECT COUNT(*) FROM events").fetchone() == (len(ROWS),)

    def test_may_be_opened_by_many_at_once(self, path: str) -> None:
        with ThreadPoolExecutor(max_workers=8) as pool:
            files = list(pool.map(lambda _: SqliteFile(path), range(8)))

        assert [SqliteTenants(file).ids() for file in files] == [[TENANT]] * 8
        for file in files:
            file.close()
