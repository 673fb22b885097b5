"""Starting gunicorn and flask: by their commands, or by a process that is ready to fork."""

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock
from time import monotonic
from typing import IO, Any

from tests.sandbox.ready import Process

ROOT = Path(__file__).parents[2]
WSGI = "service.wsgi:app"
_LOOK_AGAIN_SECONDS = 0.01

Launch = Callable[[str, Mapping[str, str], Path], Process]
"""Starts gunicorn with an app and an environment; its output goes to the file."""


def by_command(app: str, environ: Mapping[str, str], log_file: Path) -> Process:
    """Start a service as production does."""
    gunicorn = Path(sys.executable).with_name("gunicorn")
    with log_file.open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own command
            [gunicorn, app],
            env=environ, cwd=ROOT, stdout=log, stderr=log, process_group=0,
        )  # fmt: skip


def by_fork(app: str, environ: Mapping[str, str], log_file: Path) -> Process:
    """Start the same from a process that has its modules already (see nursery.py)."""
    return _forked(["gunicorn", app], environ, (Path(os.devnull), log_file, log_file))


def run_flask(
    arguments: Sequence[str], environ: Mapping[str, str], folder: Path, *, stdin: str
) -> tuple[str, str]:
    """Run a command of flask's by a fork, with its files in the folder.

    Returns:
        What it printed, and what it wrote to standard error.

    Raises:
        CalledProcessError: it failed.
    """
    with TemporaryDirectory(dir=folder) as name:
        given, output, errors = (Path(name) / each for each in ("given", "output", "errors"))
        given.write_text(stdin)
        command = ["flask", *arguments]
        code = _forked(command, environ, (given, output, errors)).wait()
        printed = output.read_text(), errors.read_text()
    if code:
        raise subprocess.CalledProcessError(code, command, *printed)
    return printed


def _forked(
    command: Sequence[str], environ: Mapping[str, str], files: tuple[Path, Path, Path]
) -> "Forked":
    nursery = _nursery()
    wish = {"command": command, "environ": {**environ}, "files": [str(each) for each in files]}
    return Forked(nursery.ask(wish), nursery)


@dataclass(frozen=True)
class Nursery:
    """The process that forks."""

    told: IO[str]
    said: IO[str]
    lock: Lock = field(default_factory=Lock)

    def ask(self, wish: Mapping[str, Any]) -> Any:
        """Tell it a wish, and return its answer."""
        with self.lock:
            self.told.write(json.dumps(wish) + "\n")
            self.told.flush()
            return json.loads(self.said.readline())


@dataclass
class Forked:
    """A process of the nursery's, with those methods of `subprocess.Popen` that tests use."""

    pid: int
    nursery: Nursery
    returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once it has ended.

        Raises:
            TimeoutExpired: it has not ended in time.
        """
        deadline, again = None if timeout is None else monotonic() + timeout, Event()
        while self.returncode is None:
            self.returncode = self.nursery.ask({"pid": self.pid})
            if self.returncode is None and deadline is not None and monotonic() > deadline:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0)
            again.wait(_LOOK_AGAIN_SECONDS if self.returncode is None else 0)
        return self.returncode

    def terminate(self) -> None:
        """Ask it to end; if it has ended, do nothing."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGTERM)


@cache
def _nursery() -> Nursery:
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.nursery"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    assert nursery.stdin
    assert nursery.stdout
    atexit.register(nursery.communicate)
    return Nursery(nursery.stdin, nursery.stdout)
