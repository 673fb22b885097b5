"""A process that has imported the service's modules, and forks to become gunicorn or flask.

To import them is most of what a start costs. As in production, gunicorn forks its worker after
the imports and before the app is made (gunicorn.conf.py); here one more fork comes before it.

Each line of standard input is a JSON document: a command to run, or the id of a process to look at.
It prints a line for each: the process's id, or its exit code. It ends with its input.
"""

import faulthandler
import json
import os
import sys
import traceback
from typing import Any, Never

import flask.cli
from gunicorn.app import wsgiapp

import service.app
import service.bootstrap
import service.server.worker  # noqa: F401 - the forked process finds it here

_PROGRAMS = {"gunicorn": wsgiapp.run, "flask": flask.cli.main}


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin:
        wish = json.loads(line)
        answer = _exit_code(wish["pid"]) if "pid" in wish else _fork(wish)
        print(json.dumps(answer), flush=True)  # noqa: T201 - its answer


def _exit_code(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _fork(wish: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        _become(wish)
    os.setpgid(pid, pid)  # Whichever comes first: the group can be killed from now on.
    return pid


def _become(wish: dict[str, Any]) -> Never:
    """Become the program, with these files and this environment alone."""
    given, output, errors = wish["files"]
    files = [
        os.open(given, os.O_RDONLY),
        *(os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT) for name in (output, errors)),
    ]
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.environ.clear()
    os.environ.update(wish["environ"])
    faulthandler.enable()
    sys.argv = wish["command"]
    code: object = 1
    try:
        code = _PROGRAMS[sys.argv[0]]()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - as Python does at the end of a program
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    main()
