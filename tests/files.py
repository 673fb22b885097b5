"""SQLite files for tests: copies of one that has our tables, which is ten times as fast."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from service.local.file import SqliteFile


def scratch_file(path: Path) -> SqliteFile:
    """Return a new file at this path, whose rows need not survive the machine."""
    path.write_bytes(_empty())
    file = SqliteFile(str(path))
    with file.use() as db:
        db.execute("PRAGMA synchronous = OFF")
    return file


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "1pixel.db"
        SqliteFile(str(path)).close()
        return path.read_bytes()
