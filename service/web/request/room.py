"""Room for questions to other parties, so that a slow one cannot hold every thread."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from threading import BoundedSemaphore

from service.domain.delivery.verdict import Verdict
from service.domain.events.event import Event
from service.infra.bulkhead import Bulkhead, Place
from service.ports import Conversions


def take_place(places: BoundedSemaphore, held: ExitStack) -> bool:
    """Take one of the places until `held` ends; return whether one was free."""
    is_taken = places.acquire(blocking=False)
    if is_taken:
        held.callback(places.release)
    return is_taken


class WatchedConversions:
    """The conversions API for one send: the bulkhead learns how long Meta lets it wait."""

    def __init__(
        self,
        conversions: Conversions,
        *,
        bulkhead: Bulkhead,
        place: Place,
        clock: Callable[[], datetime],
    ) -> None:
        self._conversions = conversions
        self._bulkhead = bulkhead
        self._place = place
        self._clock = clock

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        """Post the event."""
        with self._bulkhead.asking(self._place, self._clock):
            return self._conversions.send(
                event, pixel_id=pixel_id, token=token, test_code=test_code
            )
