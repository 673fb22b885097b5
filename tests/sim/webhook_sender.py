"""A simulated sender of webhooks: lost, repeated, late, out of order, and retried until a 200.

A webhook that is given up is in Commerce7's log of failed webhooks. One that is lost may be in no
log, unless it is about a deletion, of which nothing else can tell.
"""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from service.commerce7.webhook import WEBHOOK_PATH
from tests.sim.faults import Fault, FaultInjector
from tests.sim.instance import Fleet
from tests.sim.loop import Loop
from tests.sim.objects import ObjectChange, ObjectType, Payload, ShopObject

WEBHOOK_USER = "hooks:invented"
_LOGIN = f"Basic {b64encode(WEBHOOK_USER.encode()).decode()}"
_RETRY_DELAYS = (5.0, 60.0, 300.0, 3600.0, 4 * 3600.0, 12 * 3600.0)
_LOGGED = 0.5
_URL = f"https://1pixel.example.com{WEBHOOK_PATH}"
_LATE = (2.0, 60.0, 3600.0, 86400.0, 6 * 86400.0)


@dataclass(frozen=True, kw_only=True)
class AcceptedWebhook:
    """A webhook that was answered 200, with the answer's text."""

    at: datetime
    obj: ShopObject
    change: ObjectChange
    is_trusted: bool
    receipt: str


@dataclass
class WebhookSender:
    """Sends webhooks about the objects' changes; `accepted` holds those answered 200."""

    loop: Loop
    faults: FaultInjector
    fleet: Callable[[], Fleet]
    log_failed: Callable[[str, Payload], None]
    accepted: list[AcceptedWebhook] = field(default_factory=list)
    sent: int = 0

    def schedule(self, obj: ShopObject, *, is_trusted: bool) -> None:
        """Schedule the webhooks about all of the object's changes."""
        for change in obj.changes:
            self.loop.call_at(
                change.at, partial(self._send_with_faults, obj, change, is_trusted=is_trusted)
            )

    def _send_with_faults(self, obj: ShopObject, change: ObjectChange, *, is_trusted: bool) -> None:
        rng = self.faults.rng
        if self.faults.happens(Fault.WEBHOOK_LOST):
            if change.is_deleted or rng.random() < _LOGGED:
                self._give_up(obj, change)
            return
        copies = 2 if self.faults.happens(Fault.WEBHOOK_DOUBLED) else 1
        for _ in range(copies):
            delay = rng.random()
            if self.faults.happens(Fault.WEBHOOK_LATE):
                delay = rng.choice(_LATE) * rng.random()
            self.loop.call_later(delay, lambda: self._send(obj, change, is_trusted=is_trusted))

    def _send(
        self, obj: ShopObject, change: ObjectChange, *, is_trusted: bool, retries: int = 0
    ) -> None:
        self.sent += 1

        def on_response(status: int | None, answer: bytes) -> None:
            if status == 200:
                receipt = json.loads(answer)["result"]
                accepted = AcceptedWebhook(
                    at=self.loop.now, obj=obj, change=change, is_trusted=is_trusted,
                    receipt=receipt,
                )  # fmt: skip
                self.accepted.append(accepted)
            elif retries < len(_RETRY_DELAYS):
                self.loop.call_later(
                    _RETRY_DELAYS[retries],
                    lambda: self._send(obj, change, is_trusted=is_trusted, retries=retries + 1),
                )
            else:
                self._give_up(obj, change)

        body = json.dumps(_envelope(obj, change)).encode()
        login = _LOGIN if is_trusted else ""
        what = f"webhook {obj.id if obj.type is not ObjectType.CUSTOMER else 'customer'}"
        self.fleet().post(
            WEBHOOK_PATH,
            body,
            login=login,
            on_response=on_response,
            what=f"{what} {change.action}",
        )

    def _give_up(self, obj: ShopObject, change: ObjectChange) -> None:
        entry = {**_envelope(obj, change), "url": _URL, "isSuccess": False}
        self.log_failed(obj.tenant_id, entry)


def _envelope(obj: ShopObject, change: ObjectChange) -> Payload:
    return {
        "object": str(obj.type),
        "action": change.action,
        "tenantId": obj.tenant_id,
        "payload": change.payload,
        "user": None,
    }
