"""Sending webhooks at set times, however long their answers take."""

import http.client
from base64 import b64encode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, local
from time import monotonic
from urllib.parse import urlsplit

from tests.e2e.harness import LOGIN

PATH = "/webhooks/commerce7"
HEADERS = {
    "Authorization": f"Basic {b64encode(':'.join(LOGIN).encode()).decode()}",
    "Content-Type": "application/json",
}
_SENDERS = 32
_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook's body, when it is to be sent, and the id of the event that it makes."""

    after: float
    event_id: str
    body: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A webhook's event, when its answer was there, and how long that took.

    A late start counts as waiting. `status` is 0 if there was no answer.
    """

    event_id: str
    at: float
    seconds: float
    status: int

    @property
    def is_accepted(self) -> bool:
        """Whether Commerce7 would not send it again."""
        return self.status == http.HTTPStatus.OK


def send(url: str, webhooks: Sequence[Webhook], *, begun: float) -> list[Answered]:
    """Send each webhook once, `after` so many seconds from `begun` on; return the answers."""
    address, kept = urlsplit(url), local()

    def post(body: str) -> int:
        connection: http.client.HTTPConnection | None = getattr(kept, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(
                address.hostname or "", address.port, timeout=_PATIENCE_SECONDS
            )
            kept.connection = connection
        try:
            connection.request("POST", PATH, body, HEADERS)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            kept.connection = None
            return 0
        return answer.status

    def send_one(webhook: Webhook) -> Answered:
        planned = begun + webhook.after
        Event().wait(max(0.0, planned - monotonic()))
        status = post(webhook.body)
        at = monotonic()
        return Answered(webhook.event_id, at, at - planned, status)

    with ThreadPoolExecutor(_SENDERS) as pool:
        return list(pool.map(send_one, webhooks))
