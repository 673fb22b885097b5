"""A simulated Meta: it accepts, refuses, throttles and fails, and answers can be lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import Event
from service.domain.events.reason import Reason
from service.domain.events.rejected_fields import OPTIONAL_KEYS, has_field
from tests.sim.faults import Fault, FaultInjector
from tests.sim.instance import Call, Instance, current_call

_ACCEPTED = Verdict(answer=Answer.ACCEPTED, trace_id="trace")
_FAILING = Verdict(answer=Answer.TRANSIENT, reason=Reason.META_UNABLE, code=2)
_LOST = Verdict(answer=Answer.TRANSIENT, answered=False, reason=Reason.META_TIMED_OUT)
_INVALID_TOKEN = Verdict(answer=Answer.TOKEN, reason=Reason.TOKEN_REFUSED, code=190)
_REFUSED = Verdict(answer=Answer.PERMANENT, reason=Reason.EVENT_REFUSED, code=100)
_SLOW = 9.0
_TIMEOUT = 10.0


@dataclass(eq=False, kw_only=True)
class MetaRequest:
    """One request that reached Meta. `is_accepted`: Meta has the event. `verdict`: what we got."""

    sent_at: datetime
    at: datetime
    call: Call
    event: Event
    pixel_id: str
    token: str
    verdict: Verdict
    is_accepted: bool

    def __str__(self) -> str:
        answer = self.verdict.answer if self.verdict.answered else "lost"
        return (
            f"{self.at:%d %H:%M:%S} {self.event.event_id} {self.pixel_id} {answer} by {self.call}"
        )


@dataclass
class SimPixel:
    """A pixel: its one valid token, if any, and how long it throttles or fails."""

    token: str | None = None
    throttled_until: datetime | None = None
    sends_retry_after: bool = True
    failure: Callable[[], Verdict | None] = lambda: None


@dataclass
class SimMeta:
    """The simulated Meta.

    `refused` holds events that it refuses for good; `rejections_left`, for some events, the number
    of keys that it still refuses, one after the other; `repeatedly_rejected`, the events with more
    than one such key.
    """

    faults: FaultInjector
    on_request: Callable[[MetaRequest], None]
    pixels: dict[str, SimPixel] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    rejections_left: dict[str, int] = field(default_factory=dict)
    repeatedly_rejected: set[str] = field(default_factory=set)
    requests: list[MetaRequest] = field(default_factory=list)

    def receive(self, event: Event, *, pixel_id: str, token: str, instance: Instance) -> Verdict:
        """Receive a request of this instance, and return the service's verdict."""
        rng, sent_at = self.faults.rng, instance.loop.now
        instance.wait(f"meta ← {event.event_id} {pixel_id}", 0.05 + 0.1 * rng.random())
        verdict, is_accepted = self._answer(event, pixel_id=pixel_id, token=token)
        call = current_call.get()
        if call is None:
            raise RuntimeError("Meta was called outside of a request")
        request = MetaRequest(
            sent_at=sent_at, at=instance.loop.now, call=call, event=event, pixel_id=pixel_id,
            token=token, verdict=verdict, is_accepted=is_accepted,
        )  # fmt: skip
        self.on_request(request)
        self.requests.append(request)
        seconds = 0.05 + 0.2 * rng.random()
        if verdict is _LOST:
            seconds = _TIMEOUT
        elif self.faults.happens(Fault.META_SLOW):
            seconds = _SLOW * rng.random()
        instance.wait(f"meta → {verdict.answer} {'' if verdict.answered else 'LOST'}", seconds)
        return verdict

    def _answer(self, event: Event, *, pixel_id: str, token: str) -> tuple[Verdict, bool]:
        """Return the answer, and whether Meta accepts the event."""
        faults, pixel = self.faults, self.pixels.get(pixel_id)
        if pixel is None:
            return _INVALID_TOKEN, False
        if (
            refusal := self._failure(pixel)
            or self._token_refusal(pixel, token)
            or self._throttling(pixel)
            or self._refusal(event)
        ):
            return refusal, False
        if faults.happens(Fault.META_ANSWER_LOST):
            return _LOST, faults.rng.random() < 0.8
        return _ACCEPTED, True

    def _failure(self, pixel: SimPixel) -> Verdict | None:
        if failure := pixel.failure():
            return failure
        if self.faults.is_out(Fault.META_OUTAGE):
            return self.faults.rng.choice((_FAILING, _LOST))
        return _FAILING if self.faults.happens(Fault.META_ERROR) else None

    def _token_refusal(self, pixel: SimPixel, token: str) -> Verdict | None:
        if pixel.token != token or self.faults.happens(Fault.META_REFUSES_TOKEN):
            return _INVALID_TOKEN
        return None

    def _throttling(self, pixel: SimPixel) -> Verdict | None:
        now, rng = self.faults.clock(), self.faults.rng
        if self.faults.happens(Fault.META_THROTTLES):
            pixel.throttled_until = now + timedelta(minutes=rng.choice((1, 10, 60)) * rng.random())
            pixel.sends_retry_after = rng.random() < 0.5
        if pixel.throttled_until is None or now >= pixel.throttled_until:
            return None
        return Verdict(
            answer=Answer.THROTTLED,
            reason=Reason.META_SLOWS_US_DOWN,
            retry_after=pixel.throttled_until - now if pixel.sends_retry_after else None,
            code=80004,
        )

    def _refusal(self, event: Event) -> Verdict | None:
        if event.event_id in self.refused:
            return _REFUSED
        # The same keys are refused each time.
        present = sorted(key for key in OPTIONAL_KEYS if has_field(event, key))
        keys_left = self.rejections_left.get(event.event_id, 0)
        if not keys_left or len(present) < 2:
            return None
        self.rejections_left[event.event_id] = keys_left - 1
        return Verdict(
            answer=Answer.PERMANENT,
            reason=Reason.EVENT_REFUSED,
            refused_key=present[-1],
            code=100,
        )


@dataclass(frozen=True)
class SimConversions:
    """Port `Conversions`: one instance's connection to the simulated Meta."""

    meta: SimMeta
    instance: Instance

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        """Post one event, without a retry; there are no test events present."""
        assert not test_code
        return self.meta.receive(event, pixel_id=pixel_id, token=token, instance=self.instance)
