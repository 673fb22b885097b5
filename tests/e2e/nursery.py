"""A process that has imported the service's modules, and forks to become services.

To import them is most of what a start costs. As in production, gunicorn forks its worker after
the imports and before the app is made (gunicorn.conf.py); here one more fork comes before it.

Each line of standard input is a JSON document: a service to start, or the id of a process to look
at. It prints a line for each: the process's id, or its exit code. It ends with its input.
"""

import faulthandler
import json
import os
import sys
from typing import Any, Never

from gunicorn.app import wsgiapp

import service.app
import service.bootstrap
import service.server.worker  # noqa: F401 - the forked process finds it here


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
        _serve(wish)
    os.setpgid(pid, pid)  # Whichever comes first: the group can be killed from now on.
    return pid


def _serve(wish: dict[str, Any]) -> Never:
    """Become gunicorn, with this environment and log file alone."""
    log = os.open(wish["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for mine, given in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(mine, given)
    os.environ.clear()
    os.environ.update(wish["environ"])
    faulthandler.enable()
    sys.argv = ["gunicorn", wish["app"]]
    code: object = 1
    try:
        code = wsgiapp.run()
    except SystemExit as end:
        code = end.code
    finally:
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
