"""Tenants in the SQLite file."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from service.domain.tenants.tenant import Due, Role, Tenant
from service.infra.json_documents import UnreadableDocumentError
from service.infra.tenant_documents import DUE_NAMES, PARTS, documents_of, due_times_of, tenant_of
from service.local.file import SqliteFile, stamp
from service.ports import Change, StoreUnavailableError, Updated

_COLUMNS = {"settings": "doc"}
"""Columns whose name differs from the stored name."""

_NAMES = (*PARTS, DUE_NAMES[Due.SHOP])
_SELECT = (
    f"SELECT {', '.join(_COLUMNS.get(name, name) for name in _NAMES)}"  # noqa: S608 - our own words
    " FROM tenants WHERE tenant_id = ?"
)
_Row = tuple[Any, ...]


class SqliteTenants:
    """Port `Tenants`. Each change is one transaction.

    The last `most` tenants are kept as they were decoded, for as long as their rows are the same.
    """

    def __init__(self, file: SqliteFile, *, most: int = 10_000) -> None:
        self._file = file
        self._most = most
        self._kept: dict[str, tuple[_Row, Tenant]] = {}

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant."""
        with self._file.read() as db:
            stored = _stored(db, tenant_id)
        return _read(tenant_id, stored) if stored else None

    def get_cached(self, tenant_id: str) -> Tenant | None:
        """Return the tenant as it is in the store; its documents are decoded once."""
        with self._file.read() as db:
            row = _row(db, tenant_id)
            if row is None:
                return None
            kept = self._kept.get(tenant_id)
            if kept and kept[0] == row:
                return kept[1]
            tenant = _read(tenant_id, _named(row))
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[tenant_id] = row, tenant
        return tenant

    def update(self, tenant_id: str, change: Change) -> Updated:
        """Apply the change to the stored tenant."""

        def work(db: sqlite3.Connection) -> Updated:
            stored = _stored(db, tenant_id)
            before = _read(tenant_id, stored) if stored else None
            after = change(before)
            if after is None or after == before:
                return Updated(before, before)
            documents = documents_of(after, over=before, stored=stored or {})
            times = {name: stamp(at) for name, at in due_times_of(after).items()}
            _write(db, tenant_id, documents | times)
            return Updated(before, after)

        return self._file.change(work)

    def remove(self, tenant_id: str, *, only_if: Callable[[Tenant], bool]) -> bool:
        """Delete the tenant's settings and tokens."""

        def work(db: sqlite3.Connection) -> bool:
            stored = _stored(db, tenant_id)
            if stored and not only_if(_read(tenant_id, stored)):
                return False
            db.execute("DELETE FROM tenants WHERE tenant_id = ?", (tenant_id,))
            db.execute("DELETE FROM secrets WHERE tenant_id = ?", (tenant_id,))
            return True

        return self._file.change(work)

    def due(self, what: Due, *, now: datetime, limit: int) -> Sequence[str]:
        """Return the ids of tenants for which this is due, the most overdue first."""
        column = DUE_NAMES[what]
        with self._file.read() as db:
            rows = db.execute(
                f"SELECT tenant_id FROM tenants WHERE {column} <= ?"  # noqa: S608 - our own words
                f" ORDER BY {column}, tenant_id LIMIT ?",
                (stamp(now), limit),
            )
            return [row[0] for row in rows]

    def count_due(self, what: Due, *, now: datetime) -> int:
        """Return for how many tenants this is due."""
        query = f"SELECT COUNT(*) FROM tenants WHERE {DUE_NAMES[what]} <= ?"  # noqa: S608 - our own words
        with self._file.read() as db:
            return int(db.execute(query, (stamp(now),)).fetchone()[0])

    def ids(self) -> Sequence[str]:
        """Return the ids of all tenants, in order."""
        with self._file.read() as db:
            return [row[0] for row in db.execute("SELECT tenant_id FROM tenants ORDER BY 1")]

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel."""
        with self._file.read() as db:
            return _token(db, tenant_id, role)

    def get_cached_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel."""
        return self.sealed_token(tenant_id, role)

    def update_token(
        self, tenant_id: str, role: Role, change: Callable[[str | None], str | None]
    ) -> bool:
        """Apply the change to the stored token; return whether the token is now another."""

        def work(db: sqlite3.Connection) -> bool:
            before = _token(db, tenant_id, role)
            after = change(before)
            if after is None:
                db.execute(
                    "DELETE FROM secrets WHERE tenant_id = ? AND role = ?", (tenant_id, role)
                )
            elif after != before:
                db.execute(
                    "INSERT INTO secrets VALUES (?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
                    (tenant_id, role, after),
                )
            return after != before

        return self._file.change(work)


def _stored(db: sqlite3.Connection, tenant_id: str) -> dict[str, Any] | None:
    """Return the tenant's stored values by name; `None` if there is no such tenant."""
    row = _row(db, tenant_id)
    return _named(row) if row else None


def _row(db: sqlite3.Connection, tenant_id: str) -> _Row | None:
    found: _Row | None = db.execute(_SELECT, (tenant_id,)).fetchone()
    return found


def _named(row: _Row) -> dict[str, Any]:
    return dict(zip(_NAMES, row, strict=True))


def _read(tenant_id: str, stored: Mapping[str, Any]) -> Tenant:
    shop_due_at = datetime.fromisoformat(stored[DUE_NAMES[Due.SHOP]])
    try:
        return tenant_of(tenant_id, stored, shop_due_at=shop_due_at)
    except UnreadableDocumentError as error:
        raise StoreUnavailableError("this tenant cannot be read") from error


def _write(db: sqlite3.Connection, tenant_id: str, values: Mapping[str, Any]) -> None:
    columns = [_COLUMNS.get(name, name) for name in values]
    if "settings" in values:  # the tenant may be new
        db.execute(
            f"INSERT INTO tenants (tenant_id, {', '.join(columns)})"  # noqa: S608 - our own words
            f" VALUES (?{', ?' * len(columns)}) ON CONFLICT DO UPDATE SET"
            f" {', '.join(f'{column} = excluded.{column}' for column in columns)}",
            (tenant_id, *values.values()),
        )
        return
    db.execute(
        f"UPDATE tenants SET {' = ?, '.join(columns)} = ? WHERE tenant_id = ?",  # noqa: S608 - our own words
        (*values.values(), tenant_id),
    )


def _token(db: sqlite3.Connection, tenant_id: str, role: Role) -> str | None:
    row = db.execute(
        "SELECT sealed FROM secrets WHERE tenant_id = ? AND role = ?", (tenant_id, role)
    ).fetchone()
    return str(row[0]) if row else None
