"""Tenants in the SQLite file."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from service.domain.breaker import Breaker, first_due
from service.domain.installation import Installation
from service.domain.notices import Notices
from service.domain.progress import Progress
from service.domain.shop import Shop
from service.domain.tenant import Role, Tenant, TenantSettings
from service.local.file import SqliteFile, stamp


class SqliteTenants:
    """Port `Tenants`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file

    def find(self, tenant_id: str) -> Tenant | None:
        """Return the tenant."""
        with self._file.use() as db:
            row = db.execute(
                "SELECT doc, shop, shop_due_at, installation, breakers, progress, notices"
                " FROM tenants WHERE tenant_id = ?",
                (tenant_id,),
            ).fetchone()
        if row is None:
            return None
        doc, shop, shop_due_at, installation, breakers, progress, notices = row
        return Tenant(
            id=tenant_id,
            choices=msgspec.json.decode(doc, type=TenantSettings),
            shop=msgspec.json.decode(shop, type=Shop) if shop else None,
            shop_due_at=datetime.fromisoformat(shop_due_at) if shop_due_at else None,
            installation=_installation(installation),
            breakers=_breakers(breakers),
            progress=_progress(progress),
            notices=_notices(notices),
        )

    def recall(self, tenant_id: str) -> Tenant | None:
        """Return the tenant; a file on this machine needs no memory of it."""
        return self.find(tenant_id)

    def save_settings(self, tenant_id: str, settings: TenantSettings) -> None:
        """Create or overwrite the tenant's settings."""
        with self._file.use() as db:
            db.execute(
                "INSERT INTO tenants (tenant_id, doc) VALUES (?, ?)"
                " ON CONFLICT DO UPDATE SET doc = excluded.doc",
                (tenant_id, msgspec.json.encode(settings)),
            )

    def save_shop(self, tenant_id: str, shop: Shop | None, *, due_at: datetime) -> None:
        """Write what the shop tells of itself, and when to ask it again."""
        with self._file.use() as db:
            db.execute(
                "UPDATE tenants SET shop = COALESCE(?, shop), shop_due_at = ? WHERE tenant_id = ?",
                (msgspec.json.encode(shop) if shop else None, stamp(due_at), tenant_id),
            )

    def shops_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose shop is to be asked again, those that never were first."""
        with self._file.use() as db:
            rows = db.execute(
                "SELECT tenant_id FROM tenants WHERE COALESCE(shop_due_at, '') <= ?"
                " ORDER BY COALESCE(shop_due_at, ''), tenant_id LIMIT ?",
                (stamp(now), limit),
            )
            return [row[0] for row in rows]

    def save_installation(self, tenant_id: str, installation: Installation) -> None:
        """Write how the installation stands; a tenant that we do not know is created."""
        with self._file.use() as db:
            db.execute(
                "INSERT INTO tenants (tenant_id, doc, installation, installation_due_at)"
                " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " installation = excluded.installation,"
                " installation_due_at = excluded.installation_due_at",
                (
                    tenant_id,
                    msgspec.json.encode(TenantSettings()),
                    msgspec.json.encode(installation),
                    stamp(installation.due_at),
                ),
            )

    def replace_installation(
        self, tenant_id: str, installation: Installation, *, over: Installation
    ) -> bool:
        """Write how the installation stands, unless it is no longer as in `over`; tell if so."""
        with self._file.use() as db:
            row = db.execute(
                "SELECT installation FROM tenants WHERE tenant_id = ?", (tenant_id,)
            ).fetchone()
            # Compared as values: an older version may have spelled the same one differently.
            if row is None or _installation(row[0]) != over:
                return False
            return bool(
                db.execute(
                    "UPDATE tenants SET installation = ?, installation_due_at = ?"
                    " WHERE tenant_id = ? AND installation IS ?",
                    (
                        msgspec.json.encode(installation),
                        stamp(installation.due_at),
                        tenant_id,
                        row[0],
                    ),
                ).rowcount
            )

    def replace_progress(self, tenant_id: str, progress: Progress, *, over: Progress) -> bool:
        """Write how far the set-up has come, unless it is no longer as in `over`; tell if so."""
        with self._file.use() as db:
            row = db.execute(
                "SELECT progress FROM tenants WHERE tenant_id = ?", (tenant_id,)
            ).fetchone()
            if row is None or _progress(row[0]) != over:
                return False
            return bool(
                db.execute(
                    "UPDATE tenants SET progress = ? WHERE tenant_id = ? AND progress IS ?",
                    (msgspec.json.encode(progress), tenant_id, row[0]),
                ).rowcount
            )

    def installations_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose installation has something due, the longest due first."""
        with self._file.use() as db:
            rows = db.execute(
                "SELECT tenant_id FROM tenants WHERE installation_due_at <= ?"
                " ORDER BY installation_due_at, tenant_id LIMIT ?",
                (stamp(now), limit),
            )
            return [row[0] for row in rows]

    def replace_breaker(
        self, tenant_id: str, role: Role, breaker: Breaker, *, over: Breaker
    ) -> bool:
        """Write what is known of the role's pixel, unless it is no longer `over`; tell if so."""
        while True:
            with self._file.use() as db:
                row = db.execute(
                    "SELECT breakers FROM tenants WHERE tenant_id = ?", (tenant_id,)
                ).fetchone()
                known = _breakers(row[0]) if row else {}
                if row is None or known.get(role, Breaker()) != over:
                    return False
                after = {**known, role: breaker}
                is_written = db.execute(
                    "UPDATE tenants SET breakers = ?, breakers_due_at = ?"
                    " WHERE tenant_id = ? AND breakers IS ?",
                    (msgspec.json.encode(after), stamp(first_due(after)), tenant_id, row[0]),
                ).rowcount
            if is_written:
                return True

    def breakers_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants of whose pixels one has something due, the longest due first."""
        with self._file.use() as db:
            rows = db.execute(
                "SELECT tenant_id FROM tenants WHERE breakers_due_at <= ?"
                " ORDER BY breakers_due_at, tenant_id LIMIT ?",
                (stamp(now), limit),
            )
            return [row[0] for row in rows]

    def replace_notices(self, tenant_id: str, notices: Notices, *, over: Notices) -> bool:
        """Write what people were told, unless it is no longer as in `over`; tell if so."""
        with self._file.use() as db:
            row = db.execute(
                "SELECT notices FROM tenants WHERE tenant_id = ?", (tenant_id,)
            ).fetchone()
            if row is None or _notices(row[0]) != over:
                return False
            return bool(
                db.execute(
                    "UPDATE tenants SET notices = ?, notices_due_at = ?"
                    " WHERE tenant_id = ? AND notices IS ?",
                    (msgspec.json.encode(notices), stamp(notices.look_at), tenant_id, row[0]),
                ).rowcount
            )

    def notices_due(self, *, now: datetime, limit: int) -> Sequence[str]:
        """Return tenants whose alerts are to be looked at again, the longest due first."""
        with self._file.use() as db:
            rows = db.execute(
                "SELECT tenant_id FROM tenants WHERE notices_due_at <= ?"
                " ORDER BY notices_due_at, tenant_id LIMIT ?",
                (stamp(now), limit),
            )
            return [row[0] for row in rows]

    def ids(self) -> Sequence[str]:
        """Return the ids of all tenants, in order."""
        with self._file.use() as db:
            return [row[0] for row in db.execute("SELECT tenant_id FROM tenants ORDER BY 1")]

    def remove(self, tenant_id: str) -> None:
        """Forget the tenant's settings and tokens, tokens first."""
        with self._file.use() as db:
            db.execute("DELETE FROM secrets WHERE tenant_id = ?", (tenant_id,))
            db.execute("DELETE FROM tenants WHERE tenant_id = ?", (tenant_id,))

    def sealed_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel."""
        with self._file.use() as db:
            row = db.execute(
                "SELECT sealed FROM secrets WHERE tenant_id = ? AND role = ?", (tenant_id, role)
            ).fetchone()
        return str(row[0]) if row else None

    def recall_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the sealed token of the role's pixel."""
        return self.sealed_token(tenant_id, role)

    def replace_sealed_token(self, tenant_id: str, role: Role, sealed: str, *, over: str) -> bool:
        """Overwrite the sealed token, unless it is no longer `over`; tell if it was."""
        with self._file.use() as db:
            return bool(
                db.execute(
                    "UPDATE secrets SET sealed = ? WHERE tenant_id = ? AND role = ? AND sealed = ?",
                    (sealed, tenant_id, role, over),
                ).rowcount
            )

    def save_sealed_token(self, tenant_id: str, role: Role, sealed: str) -> None:
        """Create or overwrite the sealed token of the role's pixel."""
        with self._file.use() as db:
            db.execute(
                "INSERT INTO secrets VALUES (?, ?, ?)"
                " ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
                (tenant_id, role, sealed),
            )

    def remove_token(self, tenant_id: str, role: Role) -> None:
        """Forget the token of the role's pixel."""
        with self._file.use() as db:
            db.execute("DELETE FROM secrets WHERE tenant_id = ? AND role = ?", (tenant_id, role))

    def remove_tokens(self, tenant_id: str) -> None:
        """Forget the tokens of all roles."""
        with self._file.use() as db:
            db.execute("DELETE FROM secrets WHERE tenant_id = ?", (tenant_id,))


def _installation(encoded: bytes | None) -> Installation:
    return msgspec.json.decode(encoded, type=Installation) if encoded else Installation()


def _breakers(encoded: bytes | None) -> dict[Role, Breaker]:
    return msgspec.json.decode(encoded, type=dict[Role, Breaker]) if encoded else {}


def _progress(encoded: bytes | None) -> Progress:
    return msgspec.json.decode(encoded, type=Progress) if encoded else Progress()


def _notices(encoded: bytes | None) -> Notices:
    return msgspec.json.decode(encoded, type=Notices) if encoded else Notices()
