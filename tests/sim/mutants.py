"""Parts of the service made wrong on purpose: a simulator that does not notice them is blind.

Each replaces one port of the real services, so nothing of the service itself is patched.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import Event
from service.domain.records.record import EventRecord
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.tenant import Role, Tenant
from service.ports import Change, Services, Stored, Updated
from tests.sim.world import Alter


class _Around:
    """A port that is another in all that it does not do itself."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)


class _WritesOverOthers(_Around):
    """A store whose writes ask nobody whether the record is still the one that was read."""

    def replace(self, stored: Stored, record: EventRecord) -> Stored | None:  # noqa: ARG002
        """Write over whatever is there."""
        there = self._port.find(record.tenant_id, record.key)
        written: Stored | None = self._port.replace(there, record) if there else None
        return written


class _MakesAnew(_Around):
    """A store whose `add` minds no lock."""

    def add(self, record: EventRecord) -> Stored | None:
        """Create the record, or write over the one that is there."""
        there = self._port.find(record.tenant_id, record.key)
        written: Stored | None = (
            self._port.replace(there, record) if there else self._port.add(record)
        )
        return written


class _NeverForgets(_Around):
    """A memory of settings and tokens that nothing wakes for as long as the process lives."""

    def __init__(self, port: Any) -> None:
        super().__init__(port)
        self._tokens: dict[tuple[str, Role], str | None] = {}

    def get_cached_token(self, tenant_id: str, role: Role) -> str | None:
        """Return the token as it was when it was asked for first."""
        key = (tenant_id, role)
        if self._tokens.get(key) is None:
            self._tokens[key] = self._port.get_cached_token(tenant_id, role)
        return self._tokens[key]


class _MixesUp(_Around):
    """A store that hands out whichever token it was asked for last."""

    last: str | None = None

    def get_cached_token(self, tenant_id: str, role: Role) -> str | None:
        """Return a token, perhaps of somebody else."""
        mine = self._port.get_cached_token(tenant_id, role)
        before, self.last = self.last, mine
        return before or mine


class _AsksAgain(_Around):
    """A client of Meta's that repeats by itself what went wrong."""

    def send(self, event: Event, *, pixel_id: str, token: str) -> Verdict:
        """Post the event, twice if need be."""
        verdict: Verdict = self._port.send(event, pixel_id=pixel_id, token=token)
        if verdict.answer is Answer.TRANSIENT:
            verdict = self._port.send(event, pixel_id=pixel_id, token=token)
        return verdict


class _NamesAnew(_Around):
    """A client of Meta's that gives every attempt an id of its own."""

    number = 0

    def send(self, event: Event, *, pixel_id: str, token: str) -> Verdict:
        """Post the event under another id."""
        self.number += 1
        again = replace(event, event_id=f"{event.event_id}-{self.number}")
        verdict: Verdict = self._port.send(again, pixel_id=pixel_id, token=token)
        return verdict


class _Hopes(_Around):
    """A client of Meta's that takes no answer for a yes."""

    def send(self, event: Event, *, pixel_id: str, token: str) -> Verdict:
        """Post the event, and hope."""
        verdict: Verdict = self._port.send(event, pixel_id=pixel_id, token=token)
        return verdict if verdict.answered else Verdict(answer=Answer.ACCEPTED)


class _ForgetsToLook(_Around):
    """A store of tenants that forgets when their waiting deliveries are to be looked through."""

    def update(self, tenant_id: str, change: Change) -> Updated:
        """Change all but that."""

        def changed(known: Tenant | None) -> Tenant | None:
            after = change(known)
            return replace(after, recheck=Recheck()) if after else None

        updated: Updated = self._port.update(tenant_id, changed)
        return updated


class _LooksOnce(_Around):
    """A store of tenants in which no look has another one after it."""

    def update(self, tenant_id: str, change: Change) -> Updated:
        """Change it, and let no look come but after a change."""

        def changed(known: Tenant | None) -> Tenant | None:
            after = change(known)
            if known is None or after is None or known.recheck.round != after.recheck.round:
                return after
            return replace(after, recheck=replace(after.recheck, at=None))

        updated: Updated = self._port.update(tenant_id, changed)
        return updated


def _with(part: str, wrap: Callable[[Any], Any]) -> Alter:
    def alter(services: Services) -> Services:
        return replace(services, **{part: wrap(getattr(services, part))})

    return alter


MUTANTS: Mapping[str, Alter] = {
    "a store that writes over others": _with("events", _WritesOverOthers),
    "a store that minds no lock": _with("events", _MakesAnew),
    "a memory that never forgets": _with("tenants", _NeverForgets),
    "a store that mixes tokens up": _with("tenants", _MixesUp),
    "a client that asks again": _with("conversions", _AsksAgain),
    "a client that names anew": _with("conversions", _NamesAnew),
    "a winery that is never looked through": _with("tenants", _ForgetsToLook),
    "a winery looked through once": _with("tenants", _LooksOnce),
    "a client that takes silence for a yes": _with("conversions", _Hopes),
}
"""What every simulator worth its name finds."""
