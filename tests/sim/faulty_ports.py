"""Ports whose every call takes time, and may fail before or after it takes effect."""

from collections.abc import Callable
from typing import Any

from service.ports import QueueUnavailableError, StoreUnavailableError
from tests.sim.faults import Fault
from tests.sim.instance import Instance, current_call

OnCall = Callable[[str, tuple[Any, ...], Any], None]
"""A callback for every call that took effect: its name, its arguments, and its result."""

_READS = frozenset(
    {
        "find",
        "find_all",
        "get_cached",
        "due",
        "open",
        "waiting",
        "page",
        "newest",
        "idle",
        "final",
        "since",
        "count",
        "count_in",
        "ids",
    }
) | {"sealed_token", "ping"}


def _ignore(_name: str, _args: tuple[Any, ...], _returned: object) -> None:
    return


class FaultyPort:
    """A wrapper of a port, with a simulated network between the port and its instance."""

    def __init__(
        self,
        port: object,
        *,
        instance: Instance,
        name: str,
        fail_before: Callable[[], None],
        fail_after: Callable[[], None],
        on_call: OnCall = _ignore,
    ) -> None:
        self._port = port
        self._instance = instance
        self._name = name
        self._fail_before = fail_before
        self._fail_after = fail_after
        self._on_call = on_call

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)
        what = f"{self._name}.{name}"
        is_write = name not in _READS

        def call_port(*args: Any, **kwargs: Any) -> Any:
            if not self._instance.loop.is_in_handler:
                return method(*args, **kwargs)
            self._instance.wait(what)
            self._fail_before()
            returned = method(*args, **kwargs)
            self._on_call(name, args, returned)
            self._instance.wait(f"{what} → {_short(returned)}")
            if is_write:
                self._fail_after()
            return returned

        setattr(self, name, call_port)
        return call_port


def faulty_store(port: object, *, instance: Instance, name: str, on_call: OnCall) -> Any:
    """Return a wrapped port of the store, which may fail before and after its commit."""
    faults = instance.faults

    def fail(when: str) -> None:
        if call := current_call.get():
            call.store_failed_at = instance.loop.now
        instance.trace.record(instance.loop.now, call, f"{name} FAILS {when}")
        raise StoreUnavailableError("the store did not answer")

    def before() -> None:
        if faults.is_out(Fault.STORE_OUTAGE) or faults.happens(Fault.STORE_BEFORE):
            fail("before")

    def after() -> None:
        if faults.happens(Fault.STORE_AFTER):
            fail("after")

    return FaultyPort(
        port, instance=instance, name=name, fail_before=before, fail_after=after, on_call=on_call
    )


def faulty_queue(port: object, *, instance: Instance) -> Any:
    """Return the wrapped queue, which may refuse a task, or lose its answer."""
    faults = instance.faults

    def fail(when: str) -> None:
        instance.trace.record(instance.loop.now, current_call.get(), f"queue FAILS {when}")
        raise QueueUnavailableError("the queue did not answer")

    def before() -> None:
        if faults.is_out(Fault.QUEUE_OUTAGE) or faults.happens(Fault.QUEUE_BEFORE):
            fail("before")

    def after() -> None:
        if faults.happens(Fault.QUEUE_AFTER):
            fail("after")

    return FaultyPort(port, instance=instance, name="queue", fail_before=before, fail_after=after)


def _short(returned: object) -> str:
    if isinstance(returned, bool | int | None):
        return str(returned)
    return type(returned).__name__
