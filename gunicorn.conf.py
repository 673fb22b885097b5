"""gunicorn's settings, on this machine and on Cloud Run. gunicorn finds this file by its name."""

import gc
import os

from gunicorn.workers.base import Worker

from service.bootstrap import start_background
from service.settings import is_local_run
from service.web.request.current import SERVICES, SETTINGS

# Nothing that is made while modules are loaded is garbage: looking for some takes a seventh of the
# start.
gc.disable()

# A service with a loopback BASE_URL runs with local secrets, so it must not be reachable from other
# machines: a deploy that forgets BASE_URL fails its start-up probe instead.
is_local = is_local_run(os.environ)
bind = f"{'localhost' if is_local else ''}:{os.environ.get('PORT') or '8080'}"
# One process with threads: requests mostly wait for vendors, and the local queue is in memory.
workers = 1
threads = 16
# gunicorn's own threads wait for slow senders; these get whole requests
# (docs/adr/0029-whole-requests-get-a-thread.md).
worker_class = "service.server.worker.BufferingWorker"
worker_connections = 2000
# Google's clients hang if made before a fork, so the app is imported after it.
preload_app = False
# Cloud Run ends late requests itself; another time-out here would only cut off healthy ones.
timeout = 0
# Cloud Run kills the process ten seconds after SIGTERM. Requests that still wait for Meta after
# seven are cut off, and the process has ended by eight.
graceful_timeout = 7
keepalive = 65
# The app decides which proxies to trust (TRUSTED_PROXY_HOPS); by default gunicorn trusts every
# process on this machine.
forwarded_allow_ips = ""
# The socket's default place is the home directory, which the container's user does not have.
control_socket_disable = True
# gunicorn's own log lines are printed as JSON, like ours.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "service.infra.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "propagate": True, "handlers": []},
        # It warns of every request that waits for a thread.
        "waitress.queue": {"level": "ERROR"},
    },
}
# No access log: query strings contain account tokens.
accesslog = None


def post_worker_init(worker: Worker) -> None:
    """Start the threads of the local queue in the process that will serve.

    What is loaded by now stays for good, so later collections need not look at it.
    """
    gc.freeze()
    gc.enable()
    extensions = worker.wsgi.extensions
    start_background(extensions[SERVICES], extensions[SETTINGS])
