import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.local.keys import issuer_key, with_local_keys
from service.local.schema import MIGRATIONS
from service.local.store import SqliteFile
from service.settings import Settings


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
        assert with_local_keys(given)["TOKEN_KEYS"] == "given"

    def test_are_not_made_in_production(self, tmp_path: Path) -> None:
        production = {"STORE": "firestore", "SQLITE_PATH": str(tmp_path / "x.db")}
        assert with_local_keys(production) == production
        assert list(tmp_path.iterdir()) == []

    def test_sign_as_the_same_issuer_every_time(self, tmp_path: Path) -> None:
        first, second = issuer_key(tmp_path), issuer_key(tmp_path)
        assert first.private_numbers() == second.private_numbers()
        assert (tmp_path / "issuer.pem").stat().st_mode & 0o077 == 0
