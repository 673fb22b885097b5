"""Mutants: services with a deliberate fault, which the simulator must detect.

Each mutant wraps one port of the real services, so nothing of the service itself is patched.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from service.domain.copies import replace
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import Event
from service.domain.figures.daily_record import DailyRecord
from service.domain.records.record import EventRecord
from service.domain.shop.signal import Fact
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Change, Services, ShopPage, Stored, Updated
from tests.sim.simulation import Override


class _Wrapper:
    """A wrapper that passes all calls on to another port."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


class _LastWriteWins(_Wrapper):
    """A store that writes without compare-and-swap."""

    def replace(self, stored: Stored, record: EventRecord) -> Stored | None:  # noqa: ARG002
        """Write over the stored record, whatever its revision."""
        there = self._port.find(record.tenant_id, record.key)
        written: Stored | None = self._port.replace(there, record) if there else None
        return written


class _OverwritingAdd(_Wrapper):
    """A store whose `add` ignores the lock."""

    def add(self, record: EventRecord) -> Stored | None:
        """Create the record, or write over the existing one."""
        there = self._port.find(record.tenant_id, record.key)
        written: Stored | None = (
            self._port.replace(there, record) if there else self._port.add(record)
        )
        return written


class _StaleTokenCache(_Wrapper):
    """A cache of tokens whose entries never expire."""

    def __init__(self, port: Any) -> None:
        super().__init__(port)
        self._tokens: dict[tuple[str, Role], str | None] = {}

    def get_cached_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the token as it was at the first call."""
        key = (tenant_id, role)
        if self._tokens.get(key) is None:
            self._tokens[key] = self._port.get_cached_token(tenant_id, role)
        return self._tokens[key]


class _MixedUpTokens(_Wrapper):
    """A store that returns the token of the previous call."""

    last: str | None = None

    def get_cached_token(self, tenant_id: str, role: Role) -> str | None:
        """Return a token, perhaps another winery's."""
        mine = self._port.get_cached_token(tenant_id, role)
        before, self.last = self.last, mine
        return before or mine


class _RetryingClient(_Wrapper):
    """A client of Meta that retries by itself."""

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        """Post the event; post it again after a transient failure."""
        verdict: Verdict = self._port.send(
            event, pixel_id=pixel_id, token=token, test_code=test_code
        )
        if verdict.answer is Answer.TRANSIENT:
            verdict = self._port.send(event, pixel_id=pixel_id, token=token, test_code=test_code)
        return verdict


class _NewIdPerAttempt(_Wrapper):
    """A client of Meta that gives every attempt a new event id."""

    number = 0

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        """Post the event with another id."""
        self.number += 1
        again = replace(event, event_id=f"{event.event_id}-{self.number}")
        verdict: Verdict = self._port.send(
            again, pixel_id=pixel_id, token=token, test_code=test_code
        )
        return verdict


class _TimeoutIsSuccess(_Wrapper):
    """A client of Meta that treats a missing answer as success."""

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        """Post the event; report success if there is no answer."""
        verdict: Verdict = self._port.send(
            event, pixel_id=pixel_id, token=token, test_code=test_code
        )
        return verdict if verdict.answered else Verdict(answer=Answer.ACCEPTED)


class _NoRechecks(_Wrapper):
    """A store of tenants that loses the planned rechecks."""

    def update(self, tenant_id: str, change: Change) -> Updated:
        """Apply the change, without its recheck."""

        def changed(known: Tenant | None) -> Tenant | None:
            after = change(known)
            return replace(after, recheck=Recheck()) if after else None

        updated: Updated = self._port.update(tenant_id, changed)
        return updated


class _OneRecheck(_Wrapper):
    """A store of tenants in which no recheck plans another one."""

    def update(self, tenant_id: str, change: Change) -> Updated:
        """Apply the change; within one round of rechecks, plan no further one."""

        def changed(known: Tenant | None) -> Tenant | None:
            after = change(known)
            if known is None or after is None or known.recheck.round != after.recheck.round:
                return after
            return replace(after, recheck=replace(after.recheck, at=None))

        updated: Updated = self._port.update(tenant_id, changed)
        return updated


class _ForgetfulDays(_Wrapper):
    """A store of daily records that loses how far events are counted."""

    def update(
        self, tenant_id: str, day: date, change: Callable[[DailyRecord], DailyRecord]
    ) -> DailyRecord:
        """Apply the change, without its mark."""

        def changed(known: DailyRecord) -> DailyRecord:
            after = change(known)
            tally = after.tally and replace(after.tally, counted_until="0")
            return replace(after, tally=tally)

        after: DailyRecord = self._port.update(tenant_id, day, changed)
        return after


class _EmptyLists(_Wrapper):
    """A shop that lists nothing, so that a lost webhook is made up for by nothing."""

    def in_background(self) -> "_EmptyLists":
        """Return itself."""
        return self

    def changed(self, *_args: object, **_kwargs: object) -> ShopPage[Fact]:
        """Return an empty page."""
        return ShopPage(items=[])

    failed_webhooks = changed


def _wrap(part: str, wrap: Callable[[Any], Any]) -> Override:
    def override(services: Services) -> Services:
        return replace(services, **{part: wrap(getattr(services, part))})

    return override


MUTANTS: Mapping[str, Override] = {
    "store without compare-and-swap": _wrap("events", _LastWriteWins),
    "store whose add overwrites": _wrap("events", _OverwritingAdd),
    "token cache without expiry": _wrap("tenants", _StaleTokenCache),
    "store that mixes tokens up": _wrap("tenants", _MixedUpTokens),
    "client that retries by itself": _wrap("conversions", _RetryingClient),
    "client with a new event id for each attempt": _wrap("conversions", _NewIdPerAttempt),
    "winery without rechecks": _wrap("tenants", _NoRechecks),
    "winery with a single recheck": _wrap("tenants", _OneRecheck),
    "client that takes a time-out for success": _wrap("conversions", _TimeoutIsSuccess),
    "daily records without a mark": _wrap("days", _ForgetfulDays),
    "shop that lists nothing": _wrap("shops", _EmptyLists),
}
"""All mutants by name; the simulator must detect each."""
