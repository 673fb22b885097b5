"""How the service is served, here and on Cloud Run. gunicorn reads this file by itself."""

import os

from gunicorn.workers.base import Worker

from service.bootstrap import start_background
from service.settings import DEFAULT_BASE_URL, is_loopback
from service.web.request.current import SERVICES

# A service that takes itself for a local one has a local one's secrets, and must not be reached
# from elsewhere: a deploy that forgets BASE_URL fails its start-up probe instead.
is_local = is_loopback(os.environ.get("BASE_URL") or DEFAULT_BASE_URL)
bind = f"{'localhost' if is_local else ''}:{os.environ.get('PORT') or '8080'}"
# One process with threads: the work is waiting for others, and the local queue lives in memory.
workers = 1
threads = 16
# Google's clients hang when they were made before a fork, so the app is imported after it.
preload_app = False
# Cloud Run ends requests itself; a second clock here would only cut off healthy ones.
timeout = 0
# Cloud Run kills ten seconds after SIGTERM. Whoever still waits for Meta after seven is cut off,
# and everything has ended by eight.
graceful_timeout = 7
keepalive = 65
# Which proxy is believed is the app's to decide (TRUSTED_PROXY_HOPS); gunicorn would believe any
# process on this machine.
forwarded_allow_ips = ""
# Its default place is the home directory, which the container's user does not have.
control_socket_disable = True
# Its own lines go the way of ours, as JSON.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "service.infra.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {"gunicorn.error": {"level": "INFO", "propagate": True, "handlers": []}},
}
# Query strings will carry account tokens: never write them down.
accesslog = None


def post_worker_init(worker: Worker) -> None:
    """Start the threads of the local queue in the process that will serve."""
    start_background(worker.wsgi.extensions[SERVICES])
