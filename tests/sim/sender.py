"""A simulated sender of webhooks: repeated, late, out of order, and retried until a 200."""

import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from tests.sim.faults import Fault, Faults
from tests.sim.instance import Fleet
from tests.sim.loop import Loop
from tests.sim.objects import Chapter, Sort, Thing

USER = "hooks:invented"
_LOGIN = f"Basic {b64encode(USER.encode()).decode()}"
_PAUSES = (5.0, 60.0, 300.0, 3600.0, 4 * 3600.0, 12 * 3600.0)
_LATE = (2.0, 60.0, 3600.0, 86400.0, 6 * 86400.0)


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """A webhook that was answered 200, with the answer's text."""

    at: datetime
    thing: Thing
    chapter: Chapter
    is_trusted: bool
    receipt: str


@dataclass
class Sender:
    """Sends webhooks about the objects' changes; `accepted` holds those answered 200."""

    loop: Loop
    faults: Faults
    fleet: Callable[[], Fleet]
    accepted: list[Accepted] = field(default_factory=list)
    sent: int = 0

    def tell(self, thing: Thing, *, is_trusted: bool) -> None:
        """Schedule the webhooks about all of the object's changes."""
        for chapter in thing.story:
            self.loop.at(chapter.at, partial(self._tell, thing, chapter, is_trusted=is_trusted))

    def _tell(self, thing: Thing, chapter: Chapter, *, is_trusted: bool) -> None:
        rng = self.faults.rng
        if self.faults.happens(Fault.HOOK_LOST):
            return
        copies = 2 if self.faults.happens(Fault.HOOK_DOUBLED) else 1
        for _ in range(copies):
            delay = rng.random()
            if self.faults.happens(Fault.HOOK_LATE):
                delay = rng.choice(_LATE) * rng.random()
            self.loop.after(delay, lambda: self._send(thing, chapter, is_trusted=is_trusted))

    def _send(self, thing: Thing, chapter: Chapter, *, is_trusted: bool, tries: int = 0) -> None:
        self.sent += 1

        def heard(status: int | None, answer: bytes) -> None:
            if status == 200:
                receipt = json.loads(answer)["result"]
                accepted = Accepted(
                    at=self.loop.now, thing=thing, chapter=chapter, is_trusted=is_trusted,
                    receipt=receipt,
                )  # fmt: skip
                self.accepted.append(accepted)
            elif tries < len(_PAUSES):
                self.loop.after(
                    _PAUSES[tries],
                    lambda: self._send(thing, chapter, is_trusted=is_trusted, tries=tries + 1),
                )

        envelope = {
            "object": str(thing.sort),
            "action": chapter.action,
            "tenantId": thing.tenant_id,
            "payload": chapter.payload,
            "user": None,
        }
        body = json.dumps(envelope).encode()
        login = _LOGIN if is_trusted else ""
        what = f"webhook {thing.id if thing.sort is not Sort.CUSTOMER else 'customer'}"
        self.fleet().post(
            "/webhooks/commerce7", body, login=login, heard=heard, what=f"{what} {chapter.action}"
        )
