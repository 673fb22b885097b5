"""What comes in the middle: the death of a process, or another process's change."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import pytest

from service.domain.record import EventRecord
from tests.conftest import World

Port = TypeVar("Port")


class _Followed:
    def __init__(self, port: object, method: str, act: Callable[[], None]) -> None:
        self._port, self._method, self._still = port, method, [act]

    def __getattr__(self, name: str) -> Any:
        known = getattr(self._port, name)
        return self._then_act(known) if name == self._method else known

    def _then_act(self, known: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            found = known(*args, **kwargs)
            if self._still:
                self._still.pop()()
            return found

        return call


def followed(port: Port, method: str, *, by: Callable[[], None]) -> Port:
    """Return the port; `by` is called once, right after the first call of that method."""
    return cast("Port", _Followed(port, method, by))


def cut_short(
    world: World, record: EventRecord, *, times: int = 1, then: Callable[[], None] = lambda: None
) -> None:
    """Have the process die in this many attempts to send the record; `then` follows each."""

    def die() -> None:
        raise KeyboardInterrupt

    world.meta.meanwhile = die
    for _ in range(times):
        with pytest.raises(KeyboardInterrupt):
            world.send(record)
        then()
    world.meta.meanwhile = lambda: None
