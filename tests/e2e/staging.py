"""Helpers for staged faults: a relay to cut, and waiting until all events are sent."""

import json
from contextlib import closing

from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, Service, eventually
from tests.e2e.relay import Relay
from tests.e2e.traffic import Account, Traffic, account

_PAUSE_SECONDS = 0.2


def wire_to_meta(site: Site, *, delay: float = 0.0) -> Relay:
    """Put a relay between the service, which is not started yet, and Meta."""
    relay = Relay(int(site.sandbox_url.rpartition(":")[2]), delay=delay)
    site.service.engines = site.service.engines | {
        "META_GRAPH_URL": f"http://127.0.0.1:{relay.port}/meta"
    }
    return relay


def log_of(service: Service, tenant_id: str = TENANT) -> dict[str, int]:
    """Return how many rows of the winery's log show each status; from its file, if there is one."""
    if service.engines.get("STORE") == "firestore":
        log: dict[str, int] = json.loads(service.command("show", tenant_id))["events"]
        return log
    with closing(SqliteFile(service.environ["SQLITE_PATH"])) as file:
        return {str(each): many for each, many in SqliteEvents(file).count(tenant_id).items()}


def swept_until_sent(site: Site, traffic: Traffic, *, within: float = 40.0) -> Account:
    """Call the sweep until Meta has all events and the log shows them as sent."""

    def has_all_arrived() -> bool:
        site.service.call_task("/tasks/sweep")
        return account(traffic, site.meta).lost == 0

    def is_all_said() -> bool:
        site.service.call_task("/tasks/sweep")
        return log_of(site.service) == {"sent": len(traffic.accepted)}

    eventually(has_all_arrived, within=within, pause=_PAUSE_SECONDS)
    eventually(is_all_said, within=within, pause=_PAUSE_SECONDS)
    return account(traffic, site.meta)
