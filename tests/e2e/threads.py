"""How many threads of a service are free, as Linux tells it."""

from pathlib import Path

from tests.e2e.harness import Service

THREADS = 16
"""Of the server, for requests (gunicorn.conf.py)."""

_SENDS_AND_RECEIVES = 1


def threads_free(service: Service) -> float:
    """Return how many of the server's threads wait for a request; not a number outside of Linux.

    A thread without work waits on a lock (`futex`); all others run, or wait for a socket or a file.
    """
    waits = [
        (task / "wchan").read_text()
        for process in processes_of(service)
        for task in process.glob("task/*")
    ]
    if not any(waits):
        return float("nan")
    busy = sum("futex" not in each for each in waits) - _SENDS_AND_RECEIVES
    return THREADS - max(0, busy)


def processes_of(service: Service) -> list[Path]:
    """Return the folders of the service's worker processes in /proc; none outside of Linux."""
    own = service.process.pid if service.process else None
    return [each for each in Path("/proc").glob("[0-9]*") if own and _parent_of(each) == own]


def _parent_of(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended
        return None
