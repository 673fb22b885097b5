"""What every store of audit entries must do. Runs on each engine."""

from datetime import timedelta
from pathlib import Path

import pytest

from service.domain.tenants.audit import AuditEntry, Change
from service.local.audit import SqliteAudit
from service.local.file import SqliteFile
from service.ports import Audit, StoreUnavailableError
from tests.builders import NOW, TENANT


def an_entry(who: str = "Olive Owner", **changes: object) -> AuditEntry:
    parts: dict[str, object] = {
        "at": NOW,
        "who": who,
        "changes": (Change(name="enabled", before="true", after="false"),),
        **changes,
    }
    return AuditEntry(**parts)  # type: ignore[arg-type] # whatever the test names


class TestNewest:
    def test_returns_an_entry_as_it_was_written(self, audit: Audit) -> None:
        changes = (
            Change(name="shop_domains", before="[]", after='["a.example.com"]'),
            Change(name="pixels.primary.token"),
        )
        entry = an_entry("Zoë 🍷", who_id="user-1", changes=changes)
        audit.add(TENANT, entry)
        assert list(audit.newest(TENANT, limit=9)) == [entry]

    def test_returns_the_newest_first(self, audit: Audit) -> None:
        for hours, who in enumerate(("first", "second", "third")):
            audit.add(TENANT, an_entry(who, at=NOW + timedelta(hours=hours)))
        names = [entry.who for entry in audit.newest(TENANT, limit=9)]
        assert names == ["third", "second", "first"]

    def test_returns_no_more_than_asked_for(self, audit: Audit) -> None:
        for minutes, who in enumerate("abc"):
            audit.add(TENANT, an_entry(who, at=NOW + timedelta(minutes=minutes)))
        assert [entry.who for entry in audit.newest(TENANT, limit=2)] == ["c", "b"]

    def test_returns_nothing_without_entries(self, audit: Audit) -> None:
        assert list(audit.newest(TENANT, limit=9)) == []

    def test_keeps_tenants_apart(self, audit: Audit) -> None:
        audit.add(TENANT, an_entry("mine"))
        audit.add("other-winery", an_entry("theirs"))
        assert [entry.who for entry in audit.newest(TENANT, limit=9)] == ["mine"]
        assert [entry.who for entry in audit.newest("other-winery", limit=9)] == ["theirs"]

    def test_returns_each_of_several_equal_entries(self, audit: Audit) -> None:
        for _ in range(2):
            audit.add(TENANT, an_entry())
        assert list(audit.newest(TENANT, limit=9)) == [an_entry()] * 2


class TestDropAll:
    def test_deletes_every_entry_of_this_tenant_alone(self, audit: Audit) -> None:
        for tenant_id in (TENANT, TENANT, "other-winery"):
            audit.add(tenant_id, an_entry())
        for _ in range(2):
            audit.drop_all(TENANT)
        assert list(audit.newest(TENANT, limit=9)) == []
        assert list(audit.newest("other-winery", limit=9)) == [an_entry()]

    def test_allows_new_entries_afterwards(self, audit: Audit) -> None:
        audit.add(TENANT, an_entry("old"))
        audit.drop_all(TENANT)
        audit.add(TENANT, an_entry("new"))
        assert [entry.who for entry in audit.newest(TENANT, limit=9)] == ["new"]


class TestSqliteThatIsGone:
    def test_raises_store_unavailable(self, tmp_path: Path) -> None:
        file = SqliteFile(str(tmp_path / "gone.db"))
        audit = SqliteAudit(file)
        file.close()
        with pytest.raises(StoreUnavailableError):
            audit.add(TENANT, an_entry())
        with pytest.raises(StoreUnavailableError):
            audit.newest(TENANT, limit=1)
