"""Interruptions: the death of a process, or another process's change in between."""

from collections.abc import Callable
from itertools import count
from typing import Any, TypeVar, cast

import pytest

from service.domain.copies import replace
from service.domain.records.record import LOCK_FOR, EventRecord
from service.ports import Stored
from tests.builders import TENANT
from tests.conftest import World

Port = TypeVar("Port")
Act = Callable[[], object]


class _Interrupted:
    def __init__(self, port: object, method: str, *, before: Act, after: Act) -> None:
        self._port, self._method, self._before, self._after = port, method, before, after

    def __getattr__(self, name: str) -> Any:
        known = getattr(self._port, name)
        return self._interrupted(known) if name == self._method else known

    def _interrupted(self, known: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self._before()
            found = known(*args, **kwargs)
            self._after()
            return found

        return call


def _nothing() -> None:
    pass


def _at(number: int | None, act: Act) -> Act:
    """Return a function that acts on its nth call only, or on every call for `None`."""
    calls = count(1)

    def called() -> None:
        if number in {None, next(calls)}:
            act()

    return called


def followed(port: Port, method: str, *, by: Act) -> Port:
    """Return the port; `by` is called once, right after the first call of that method."""
    return cast("Port", _Interrupted(port, method, before=_nothing, after=_at(1, by)))


def preceded(port: Port, method: str, *, by: Act, at: int | None = 1) -> Port:
    """Return the port; `by` is called just before one call of that method, or before every one."""
    return cast("Port", _Interrupted(port, method, before=_at(at, by), after=_nothing))


def _found(world: World, key: str) -> Stored:
    stored = world.services.events.find(TENANT, key)
    assert stored is not None
    return stored


def rewrite(world: World, key: str, **changes: Any) -> None:
    """Change the record as another process would."""
    stored = _found(world, key)
    assert world.services.events.replace(stored, replace(stored.record, **changes))


def drop(world: World, key: str) -> None:
    """Erase the record, and drop its expired lock."""
    stored, now = _found(world, key), world.clock()
    assert world.services.events.replace(stored, stored.record.without_content(now=now))
    assert world.services.events.drop_expired(now=now + LOCK_FOR, limit=1) == 1


def cut_short(
    world: World, record: EventRecord, *, times: int = 1, then: Callable[[], None] = lambda: None
) -> None:
    """Let this many attempts to send the record die; `then` is called after each."""

    def die() -> None:
        raise KeyboardInterrupt

    world.meta.meanwhile = die
    for _ in range(times):
        with pytest.raises(KeyboardInterrupt):
            world.send(record)
        then()
    world.meta.meanwhile = lambda: None
