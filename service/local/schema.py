"""The SQLite file's tables, and the migration of older files."""

import sqlite3

# One entry per schema version, applied once and in order; never edit one that has shipped.
# `doc` holds the whole record as JSON; the other columns exist only for queries.
MIGRATIONS = (
    """
    CREATE TABLE tenants (
        tenant_id TEXT PRIMARY KEY,
        doc BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE secrets (
        tenant_id TEXT NOT NULL,
        role TEXT NOT NULL,
        sealed TEXT NOT NULL,
        PRIMARY KEY (tenant_id, role)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE events (
        tenant_id TEXT NOT NULL,
        key TEXT NOT NULL,
        revision INTEGER NOT NULL,
        received_at TEXT,
        status TEXT NOT NULL,
        due_at TEXT,
        doc BLOB NOT NULL,
        PRIMARY KEY (tenant_id, key)
    ) STRICT;
    CREATE TABLE signals (
        tenant_id TEXT NOT NULL,
        key TEXT NOT NULL,
        expires_at TEXT NOT NULL,
        sealed TEXT NOT NULL,
        PRIMARY KEY (tenant_id, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX signals_expired ON signals (expires_at);
    CREATE INDEX events_newest ON events (tenant_id, received_at DESC, key DESC)
        WHERE received_at IS NOT NULL;
    CREATE INDEX events_due ON events (due_at) WHERE due_at IS NOT NULL;
    """,
    """
    ALTER TABLE tenants ADD COLUMN shop BLOB;
    ALTER TABLE tenants ADD COLUMN shop_due_at TEXT;
    CREATE INDEX tenants_shop_due ON tenants (COALESCE(shop_due_at, ''));
    CREATE INDEX events_status ON events (tenant_id, status, received_at)
        WHERE received_at IS NOT NULL;
    """,
    """
    ALTER TABLE tenants ADD COLUMN installation BLOB;
    ALTER TABLE tenants ADD COLUMN installation_due_at TEXT;
    CREATE INDEX tenants_installation_due ON tenants (installation_due_at)
        WHERE installation_due_at IS NOT NULL;
    CREATE INDEX events_open ON events (tenant_id, due_at, key) WHERE due_at IS NOT NULL;
    ALTER TABLE events ADD COLUMN expires_at TEXT;
    UPDATE events SET expires_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now', '+7 days')
        WHERE received_at IS NULL;
    CREATE INDEX events_expired ON events (expires_at) WHERE expires_at IS NOT NULL;
    CREATE TABLE audit (
        id INTEGER PRIMARY KEY,
        tenant_id TEXT NOT NULL,
        doc BLOB NOT NULL
    ) STRICT;
    CREATE INDEX audit_newest ON audit (tenant_id, id DESC);
    """,
    """
    ALTER TABLE tenants ADD COLUMN progress BLOB;
    """,
    """
    CREATE TABLE origins (
        tenant_id TEXT PRIMARY KEY,
        doc BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE tenants ADD COLUMN breakers BLOB;
    ALTER TABLE tenants ADD COLUMN breakers_due_at TEXT;
    CREATE INDEX tenants_breakers_due ON tenants (breakers_due_at)
        WHERE breakers_due_at IS NOT NULL;
    """,
    """
    ALTER TABLE events ADD COLUMN updated_at TEXT;
    ALTER TABLE events ADD COLUMN family TEXT;
    ALTER TABLE events ADD COLUMN event TEXT;
    ALTER TABLE events ADD COLUMN channel TEXT;
    ALTER TABLE events ADD COLUMN object_id TEXT;
    ALTER TABLE events ADD COLUMN object_number TEXT;
    UPDATE events SET
        updated_at = strftime('%Y-%m-%dT%H:%M:%f000+00:00', doc ->> '$.updated_at'),
        family = 'conversion',
        event = doc ->> '$.name',
        channel = doc ->> '$.channel',
        object_id = doc ->> '$.object_id',
        object_number = doc ->> '$.object_number';
    CREATE INDEX events_view
        ON events (tenant_id, family, received_at DESC, key DESC, event, status, channel)
        WHERE received_at IS NOT NULL;
    CREATE INDEX events_of_object ON events (tenant_id, object_id) WHERE received_at IS NOT NULL;
    CREATE INDEX events_of_number ON events (tenant_id, object_number)
        WHERE received_at IS NOT NULL;
    CREATE INDEX events_changed ON events (tenant_id, updated_at);
    """,
    """
    ALTER TABLE events ADD COLUMN queued_since TEXT;
    UPDATE events SET queued_since = received_at
        WHERE due_at IS NOT NULL AND status IN ('queued', 'sending', 'retrying');
    CREATE INDEX events_queued ON events (tenant_id, queued_since, key)
        WHERE queued_since IS NOT NULL;
    ALTER TABLE tenants ADD COLUMN notices BLOB;
    ALTER TABLE tenants ADD COLUMN notices_due_at TEXT;
    CREATE INDEX tenants_notices_due ON tenants (notices_due_at)
        WHERE notices_due_at IS NOT NULL;
    """,
    """
    CREATE TABLE jobs (
        tenant_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        due_at TEXT,
        doc BLOB NOT NULL,
        PRIMARY KEY (tenant_id, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX jobs_due ON jobs (due_at) WHERE due_at IS NOT NULL;
    """,
    """
    DROP INDEX events_changed;
    ALTER TABLE events DROP COLUMN updated_at;
    ALTER TABLE events ADD COLUMN change INTEGER;
    CREATE INDEX events_changed ON events (tenant_id, change);
    """,
    """
    DROP INDEX tenants_shop_due;
    UPDATE tenants SET shop_due_at = '1970-01-01T00:00:00.000000+00:00' WHERE shop_due_at IS NULL;
    CREATE INDEX tenants_shop_due ON tenants (shop_due_at);
    ALTER TABLE tenants ADD COLUMN recheck BLOB;
    ALTER TABLE events ADD COLUMN waiting_since TEXT;
    CREATE INDEX events_waiting ON events (tenant_id, waiting_since, key)
        WHERE waiting_since IS NOT NULL;
    """,
    """
    ALTER TABLE tenants ADD COLUMN catch_up BLOB;
    ALTER TABLE tenants ADD COLUMN catch_up_due_at TEXT;
    CREATE INDEX tenants_catch_up_due ON tenants (catch_up_due_at)
        WHERE catch_up_due_at IS NOT NULL;
    """,
    """
    ALTER TABLE tenants ADD COLUMN unproven_due_at TEXT;
    UPDATE tenants SET
        unproven_due_at =
            strftime('%Y-%m-%dT%H:%M:%f000+00:00', installation ->> '$.purge_at')
        WHERE installation ->> '$.state' = 'pending';
    CREATE INDEX tenants_unproven_due ON tenants (unproven_due_at)
        WHERE unproven_due_at IS NOT NULL;
    """,
    """
    ALTER TABLE tenants ADD COLUMN sign_out BLOB;
    """,
    """
    CREATE TABLE signal_marks (
        tenant_id TEXT NOT NULL,
        mark TEXT NOT NULL,
        key TEXT NOT NULL,
        PRIMARY KEY (tenant_id, mark, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX signal_marks_key ON signal_marks (tenant_id, key);
    """,
    """
    CREATE TABLE quality (
        tenant_id TEXT NOT NULL,
        role TEXT NOT NULL,
        doc BLOB NOT NULL,
        PRIMARY KEY (tenant_id, role)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE days (
        tenant_id TEXT NOT NULL,
        day TEXT NOT NULL,
        doc BLOB NOT NULL,
        PRIMARY KEY (tenant_id, day)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE events ADD COLUMN final_place INTEGER;
    CREATE INDEX events_final ON events (tenant_id, final_place) WHERE final_place IS NOT NULL;
    CREATE TABLE final_places (
        tenant_id TEXT PRIMARY KEY,
        last INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    ALTER TABLE tenants ADD COLUMN counting BLOB;
    ALTER TABLE tenants ADD COLUMN counting_due_at TEXT;
    UPDATE tenants SET counting_due_at = '1970-01-01T00:00:00.000000+00:00';
    CREATE INDEX tenants_counting_due ON tenants (counting_due_at)
        WHERE counting_due_at IS NOT NULL;
    """,
    """
    ALTER TABLE events ADD COLUMN event_id TEXT;
    UPDATE events SET event_id = doc ->> '$.event_id';
    CREATE INDEX events_of_event ON events (tenant_id, event_id) WHERE received_at IS NOT NULL;
    CREATE INDEX events_counted ON events
        (tenant_id, family, status, received_at DESC, key DESC, event, channel)
        WHERE received_at IS NOT NULL;
    """,
    """
    UPDATE tenants SET catch_up_due_at = '1970-01-01T00:00:00.000000+00:00'
        WHERE catch_up_due_at IS NULL
        AND COALESCE(installation ->> '$.state', 'active') IN ('active', 'held');
    """,
    """
    CREATE INDEX events_of_channel ON events
        (tenant_id, family, channel, received_at DESC, key DESC, event, status)
        WHERE received_at IS NOT NULL;
    CREATE INDEX events_of_kind ON events
        (tenant_id, family, event, received_at DESC, key DESC, channel, status)
        WHERE received_at IS NOT NULL;
    """,
    """
    DROP INDEX events_view;
    DROP INDEX events_status;
    DROP INDEX events_counted;
    DROP INDEX events_of_channel;
    DROP INDEX events_of_kind;
    UPDATE events SET channel = '' WHERE channel IS NULL;
    CREATE INDEX events_of_group ON events
        (tenant_id, family, event, channel, status, received_at, key)
        WHERE received_at IS NOT NULL;
    """,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Migrate the file to the newest schema, all steps or none.

    Raises:
        sqlite3.DatabaseError: the file was written by a newer version of the service.
    """
    # Lock first, so that two processes that start together do not both migrate an empty file.
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise sqlite3.DatabaseError("the database file was written by a newer version")
        for statement in ";".join(MIGRATIONS[version:]).split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
