"""The invariants of requests that reach Meta (I2, I3, I4 and I5)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from service.domain.delivery.schedule import LEASE_FOR, MAX_ATTEMPTS
from service.domain.delivery.verdict import Answer
from service.domain.events.event import window_of
from service.domain.tenants.tenant import Role
from tests.sim.meta import MetaRequest
from tests.sim.tenant import Credential
from tests.sim.trace import Violation

_CACHED_FOR = timedelta(seconds=60)
_HOUR = timedelta(hours=1)
_MAX_TRANSIT = timedelta(seconds=15)
"""Much longer than a request to Meta takes, unless its process freezes."""
_UNCOUNTED = {Answer.TOKEN, Answer.THROTTLED}

DeliveryKey = tuple[str, str, Role]
"""A winery's id, an event's id, and the role of the pixel."""


@dataclass
class RequestInvariants:
    """The invariants of requests. `ids` holds the valid event ids, each with its winery."""

    credentials: Mapping[str, Credential] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    by_delivery: dict[DeliveryKey, list[MetaRequest]] = field(
        default_factory=lambda: defaultdict(list)
    )
    duplicates: Counter[str] = field(default_factory=Counter)

    def check(self, request: MetaRequest) -> None:
        """Check a request as it arrives."""
        pixel, token = self.credentials.get(request.pixel_id), self.credentials.get(request.token)
        tenant_id = self.ids.get(request.event.event_id)
        if tenant_id is None:
            raise Violation(f"I2: an id of no event: {request}")
        if pixel is None or token is None:
            raise Violation(f"I3: an unknown pixel or token: {request}")
        if {pixel.tenant_id, token.tenant_id} != {tenant_id} or pixel.role is not token.role:
            raise Violation(f"I3: {tenant_id}'s event with another's pixel or token: {request}")
        for credential in (pixel, token):
            if (
                credential.replaced_at
                and request.call.started_at - _CACHED_FOR > credential.replaced_at
            ):
                raise Violation(f"I3: replaced at {credential.replaced_at}: {request}")
        window = window_of(request.event.action_source)
        if request.call.started_at >= request.event.occurred_at + window:
            raise Violation(f"I5: {request.event.occurred_at} was too long ago: {request}")
        if request.event.occurred_at > request.at:
            raise Violation(f"I5: {request.event.occurred_at} is in the future: {request}")
        requests = self.by_delivery[tenant_id, request.event.event_id, pixel.role]
        self._check_duplicates(requests, request)
        requests.append(request)

    def accepted_at(self, tenant_id: str, event_id: str, role: Role) -> datetime | None:
        """Return since when the role's pixel has the event; `None` if it has not."""
        requests = self.by_delivery.get((tenant_id, event_id, role), ())
        return next((request.at for request in requests if request.is_accepted), None)

    def _check_duplicates(self, requests: list[MetaRequest], request: MetaRequest) -> None:
        for earlier in requests:
            if earlier.is_accepted and _duplicate_reason(earlier, request) is None:
                raise Violation(f"I2: sent twice needlessly:\n  {earlier}\n  {request}")
        if request.is_accepted and (before := [each for each in requests if each.is_accepted]):
            self.duplicates[_duplicate_reason(before[-1], request) or ""] += 1

    def check_retry_pace(self) -> None:
        """Check how often each delivery was attempted, at the end of the run."""
        for requests in self.by_delivery.values():
            counted = [request for request in requests if _is_counted(request)]
            for before, request in pairwise(counted[MAX_ATTEMPTS - 1 :]):
                if request.at - before.at < _HOUR * 0.99:
                    raise Violation(f"I4: too often:\n  {before}\n  {request}")


def _duplicate_reason(request: MetaRequest, later: MetaRequest) -> str | None:
    """Return why sending the same event again was right or unavoidable; `None` if it was not."""
    call = request.call
    if not request.verdict.answered:
        return "answer lost"
    if call.is_killed:
        return "killed"
    if call.store_failed_at and call.store_failed_at >= request.at:
        return "outcome not recorded"
    if (call.ended_at or later.at) - call.started_at >= LEASE_FOR:
        return "call outlived its lease"
    if later.at - later.sent_at > _MAX_TRANSIT:
        return "frozen before sending"
    return None


def _is_counted(request: MetaRequest) -> bool:
    """Return whether the request certainly counted as an attempt."""
    return request.verdict.answer not in _UNCOUNTED and not request.verdict.refused_key
