"""Daily records in the SQLite file."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import date

from service.domain.figures.daily_record import DailyRecord
from service.infra.daily_documents import changed_day, readable_days
from service.local.file import SqliteFile


class SqliteDays:
    """Port `Days`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def update(
        self, tenant_id: str, day: date, change: Callable[[DailyRecord], DailyRecord]
    ) -> DailyRecord:
        """Apply the change to the day's present record, or to a new one."""

        def work(db: sqlite3.Connection) -> DailyRecord:
            row = db.execute(
                "SELECT doc FROM days WHERE tenant_id = ? AND day = ?", (tenant_id, str(day))
            ).fetchone()
            after, document = changed_day(row[0] if row else None, day, change)
            if document is not None:
                db.execute(
                    "INSERT INTO days VALUES (?, ?, ?)"
                    " ON CONFLICT DO UPDATE SET doc = excluded.doc",
                    (tenant_id, str(day), document),
                )
            return after

        return self._file.change(work)

    def since(self, tenant_id: str, day: date) -> Sequence[DailyRecord]:
        """Return the tenant's records of this day and later ones, oldest first."""
        with self._file.read() as db:
            rows = db.execute(
                "SELECT doc FROM days WHERE tenant_id = ? AND day >= ? ORDER BY day",
                (tenant_id, str(day)),
            ).fetchall()
        return readable_days(row[0] for row in rows)

    def drop_before(self, tenant_id: str, day: date) -> None:
        """Delete the tenant's records of the days before this one."""
        statement = "DELETE FROM days WHERE tenant_id = ? AND day < ?"
        self._file.change(lambda db: db.execute(statement, (tenant_id, str(day))))

    def drop_all(self, tenant_id: str) -> None:
        """Delete the tenant's records."""
        self._file.change(
            lambda db: db.execute("DELETE FROM days WHERE tenant_id = ?", (tenant_id,))
        )
