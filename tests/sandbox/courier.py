"""The delivery of webhooks with its troubles: lost, repeated and reordered ones, and a log of it.

Half of the lost webhooks are in the log as failures, and so is each of a deletion; of the others
Commerce7 knows nothing, as if its own sender had lost them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from threading import Lock

from tests.sandbox.config import SandboxConfig
from tests.sandbox.delivery import Deliver, Delivery
from tests.sandbox.order_parts import Json

_HELD_BACK = 6
_LOGGED = 0.5


@dataclass(frozen=True, slots=True)
class Trouble:
    """Which parts of the webhooks are lost and repeated, and whether they are reordered."""

    lost: float = 0.0
    repeated: float = 0.0
    is_reordered: bool = False


@dataclass
class Courier:
    """Delivers webhooks to the service. Safe to share between threads."""

    config: SandboxConfig
    deliver: Deliver
    trouble: Trouble = field(default_factory=Trouble)
    failed: list[tuple[datetime, Json]] = field(default_factory=list)
    lost: int = 0
    _held: list[Json] = field(default_factory=list)
    _rng: Random = field(default_factory=lambda: Random(1))
    _lock: Lock = field(default_factory=Lock)

    def send(self, body: Json) -> Delivery:
        """Deliver the webhook, or another one that was held back."""
        with self._lock:
            fate, is_logged = self._rng.random(), self._rng.random() < _LOGGED
            trouble = self.trouble
        if fate < trouble.lost:
            self.lost += 1
            if is_logged or body["action"] == "Delete":
                self._log(body)
            return Delivery(body["action"], None, "Lost.")
        copies = 2 if fate > 1 - trouble.repeated else 1
        deliveries = [self._post(each) for each in self._next(body, copies=copies)]
        return deliveries[-1] if deliveries else Delivery(body["action"], None, "Held back.")

    def change(self, trouble: Trouble) -> None:
        """Set the trouble from now on, and deliver what was held back."""
        with self._lock:
            self.trouble, held, self._held = trouble, self._held, []
        for body in held:
            self._post(body)

    def _next(self, body: Json, *, copies: int) -> list[Json]:
        with self._lock:
            if not self.trouble.is_reordered:
                return [body] * copies
            self._held += [body] * copies
            surplus = max(0, len(self._held) - _HELD_BACK)
            return [self._held.pop(self._rng.randrange(len(self._held))) for _ in range(surplus)]

    def _post(self, body: Json) -> Delivery:
        delivery = self.deliver(body, self.config)
        if not delivery.succeeded:
            self._log(body)
        return delivery

    def _log(self, body: Json) -> None:
        now = self.config.clock()
        entry = {
            **body,
            "object": body["object"].replace(" ", ""),
            "url": f"{self.config.service_url.rstrip('/')}/webhooks/commerce7",
            "isSuccess": False,
            "error": {"message": "Request failed"},
            "updatedAt": now.isoformat().replace("+00:00", "Z"),
        }
        with self._lock:
            self.failed.append((now, entry))
