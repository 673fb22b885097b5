"""Ports for the processes that tests start."""

import os
import socket
from itertools import cycle

# Below the system's ephemeral ports, so no other program is given one of these before the test's
# process listens. Each worker process of the tests has its own part.
_FIRST, _PART, _PARTS = 12_000, 5_000, 4


def free_port() -> int:
    """Return a free port of this machine."""
    while True:
        port = next(_ours)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue


def _part() -> range:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = _FIRST + worker % _PARTS * _PART
    return range(first, first + _PART)


def _from_anywhere(ports: range) -> list[int]:
    # Two test runs on one machine begin at different ports.
    start = os.getpid() % len(ports)
    return [*ports[start:], *ports[:start]]


_ours = cycle(_from_anywhere(_part()))
