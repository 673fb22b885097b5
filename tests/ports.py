"""Ports for the processes that tests start."""

import os
import socket
from itertools import cycle

# Below those that the system gives to whoever asks for any: nobody else gets one of these before
# its process has begun to listen. Each process of the tests has a part of its own.
_FIRST, _PART, _PARTS = 12_000, 5_000, 4


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
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
    # Two runs on one machine begin at different places.
    start = os.getpid() % len(ports)
    return [*ports[start:], *ports[:start]]


_ours = cycle(_from_anywhere(_part()))
