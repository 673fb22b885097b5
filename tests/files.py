"""SQLite files for tests: copies of one with our tables, in memory if the system can."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from service.local.file import SqliteFile

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Lend an empty folder for small files."""
    with TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def scratch_file(path: Path) -> SqliteFile:
    """Return a new file at this path; unlike ours, its rows need not survive a crash."""
    path.write_bytes(_empty())
    return SqliteFile(str(path), synchronous="OFF")


@cache
def _empty() -> bytes:
    with scratch_folder() as folder:
        path = folder / "1pixel.db"
        SqliteFile(str(path)).close()
        return path.read_bytes()
