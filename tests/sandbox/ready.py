"""Waiting for a service to answer."""

import subprocess
from time import monotonic
from typing import Protocol

import requests

_PATIENCE_SECONDS = 30.0
_PAUSE_SECONDS = 0.05


class Process(Protocol):
    """A process that was started: what is used of `subprocess.Popen`."""

    @property
    def pid(self) -> int:
        """Its id."""

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code; raise `TimeoutExpired` if it has not ended in time."""

    def terminate(self) -> None:
        """Send SIGTERM."""


def wait_until_ready(url: str, process: Process) -> None:
    """Return once every port of the service answers.

    Raises:
        RuntimeError: the process has ended, or does not answer within 30 s.
    """
    deadline = monotonic() + _PATIENCE_SECONDS
    while monotonic() < deadline:
        try:
            if requests.get(f"{url}/readyz", timeout=1).ok:
                return
        except requests.RequestException:
            pass
        try:
            code = process.wait(timeout=_PAUSE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError(f"the service ended with code {code}")
    raise RuntimeError("the service does not answer")
