import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.local.keys import issuer_key, with_local_keys
from service.local.schema import MIGRATIONS
from service.settings import Settings
from tests.builders import NOW, TENANT, a_record

FAR = NOW + timedelta(days=1)


class TestTheFile:
    def test_knows_its_schemas_version(self, tmp_path: Path) -> None:
        path = tmp_path / "deep" / "1pixel.db"
        SqliteFile(str(path)).close()
        SqliteFile(str(path)).close()

        with sqlite3.connect(path) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
            assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        db.close()

    def test_refuses_a_file_of_a_newer_version(self, tmp_path: Path) -> None:
        path = tmp_path / "1pixel.db"
        db = sqlite3.connect(path)
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
        db.close()

        with pytest.raises(sqlite3.DatabaseError, match="newer version"):
            SqliteFile(str(path))

    def test_may_be_opened_by_many_at_once_when_it_is_new(self, tmp_path: Path) -> None:
        for attempt in range(5):
            path = str(tmp_path / f"{attempt}.db")
            with ThreadPoolExecutor(max_workers=8) as pool:
                for file in pool.map(lambda _, path=path: SqliteFile(path), range(8)):
                    file.close()

    def test_reads_on_past_a_row_of_another_version(self, tmp_path: Path) -> None:
        file = SqliteFile(str(tmp_path / "1pixel.db"))
        events = SqliteEvents(file)
        for key in ("1", "2"):
            events.add(a_record(key=key))
        statement = "UPDATE events SET doc = ? WHERE key = '1'"
        file.change(lambda db: db.execute(statement, (b'{"name":"NewEvent"}',)))

        assert [each.record.key for each in events.due(now=FAR, limit=10)] == ["2"]
        assert [each.record.key for each in events.newest(TENANT, limit=10)] == ["2"]
        file.close()


class TestLocalKeys:
    def test_are_made_once_and_kept_private(self, tmp_path: Path) -> None:
        environ = {"SQLITE_PATH": str(tmp_path / "data" / "1pixel.db")}
        with ThreadPoolExecutor() as pool:
            made = list(pool.map(lambda _: dict(with_local_keys(environ)), range(8)))

        assert all(each == made[0] for each in made)
        assert Settings.from_env(made[0]).token_keys
        assert (tmp_path / "data" / "keys.json").stat().st_mode & 0o077 == 0
        assert len(list((tmp_path / "data").iterdir())) == 1

    def test_never_stand_in_for_given_ones(self, tmp_path: Path) -> None:
        given = {"SQLITE_PATH": str(tmp_path / "x.db"), "TOKEN_KEYS": "given"}
        completed = with_local_keys(given)
        assert completed["TOKEN_KEYS"] == "given"
        assert completed["SESSION_KEYS"]

    def test_take_an_empty_variable_for_an_unset_one(self, tmp_path: Path) -> None:
        blank = {"SQLITE_PATH": str(tmp_path / "x.db"), "TOKEN_KEYS": "", "SESSION_KEYS": " "}
        assert Settings.from_env(with_local_keys(blank)).token_keys

    def test_are_not_made_in_production(self, tmp_path: Path) -> None:
        production = {"STORE": "firestore", "SQLITE_PATH": str(tmp_path / "x.db")}
        assert with_local_keys(production) == production
        assert list(tmp_path.iterdir()) == []

    def test_sign_as_the_same_issuer_every_time(self, tmp_path: Path) -> None:
        first, second = issuer_key(tmp_path), issuer_key(tmp_path)
        assert first.private_numbers() == second.private_numbers()
        assert (tmp_path / "issuer.pem").stat().st_mode & 0o077 == 0
