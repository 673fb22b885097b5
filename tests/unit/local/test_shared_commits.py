"""Changes of the SQLite file that wait for one commit share the next one."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from service.local.file import SqliteFile
from service.ports import StoreUnavailableError

PATIENCE = 10


@pytest.fixture
def file(tmp_path: Path) -> Iterator[SqliteFile]:
    with closing(SqliteFile(str(tmp_path / "1pixel.db"), synchronous="OFF")) as file:
        yield file


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as pool:
        yield pool


def adding(name: str) -> Callable[[sqlite3.Connection], None]:
    def work(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO audit (tenant_id, doc) VALUES (?, x'')", (name,))

    return work


def names(file: SqliteFile) -> list[str]:
    with file.read() as db:
        return [name for (name,) in db.execute("SELECT tenant_id FROM audit ORDER BY id")]


def during_a_change(
    file: SqliteFile, pool: ThreadPoolExecutor, *works: Callable[[sqlite3.Connection], object]
) -> list[Future[object]]:
    """Give these works while another one is under way; return what becomes of them."""
    has_begun, may_end = Event(), Event()

    def work(db: sqlite3.Connection) -> None:
        adding("first")(db)
        has_begun.set()
        assert may_end.wait(PATIENCE)

    first = pool.submit(file.change, work)
    assert has_begun.wait(PATIENCE)
    given = []
    for number, each in enumerate(works, start=1):
        given.append(pool.submit(file.change, each))
        while len(file._changes) < number:
            pass
    assert names(file) == []  # a read waits for no change
    may_end.set()
    first.result(PATIENCE)
    return given


def test_are_committed_together(file: SqliteFile, pool: ThreadPoolExecutor) -> None:
    committed: list[list[str]] = []

    def look(db: sqlite3.Connection) -> None:
        adding("third")(db)
        committed.append(names(file))

    for each in during_a_change(file, pool, adding("second"), look):
        each.result(PATIENCE)

    assert committed == [["first"]]
    assert names(file) == ["first", "second", "third"]


def test_do_not_fail_with_one_that_does(file: SqliteFile, pool: ThreadPoolExecutor) -> None:
    def fail(db: sqlite3.Connection) -> None:
        adding("failed")(db)
        raise LookupError

    good, bad, wrong, last = during_a_change(
        file,
        pool,
        adding("good"),
        fail,
        lambda db: db.execute("INSERT INTO nothing VALUES (1)"),
        adding("last"),
    )

    good.result(PATIENCE)
    last.result(PATIENCE)
    with pytest.raises(LookupError):
        bad.result(PATIENCE)
    with pytest.raises(StoreUnavailableError):
        wrong.result(PATIENCE)
    assert names(file) == ["first", "good", "last"]


def test_fail_where_the_file_does_not_answer(file: SqliteFile) -> None:
    file.close()

    with pytest.raises(StoreUnavailableError):
        file.change(adding("lost"))


def test_are_made_by_no_reader(file: SqliteFile) -> None:
    with pytest.raises(StoreUnavailableError), file.read() as db:
        adding("lost")(db)
