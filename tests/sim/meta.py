"""A simulated Meta: it accepts, refuses, throttles and fails, and answers can be lost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import Event
from service.domain.events.reason import Reason
from service.domain.events.rejected_fields import OPTIONAL_KEYS, has_field
from tests.sim.faults import Fault, Faults
from tests.sim.instance import Call, Instance, current_call

_TAKEN = Verdict(answer=Answer.ACCEPTED, trace_id="trace")
_BROKEN = Verdict(answer=Answer.TRANSIENT, reason=Reason.META_UNABLE, code=2)
_LOST = Verdict(answer=Answer.TRANSIENT, answered=False, reason=Reason.META_TIMED_OUT)
_DEAD = Verdict(answer=Answer.TOKEN, reason=Reason.TOKEN_REFUSED, code=190)
_NEVER = Verdict(answer=Answer.PERMANENT, reason=Reason.EVENT_REFUSED, code=100)
_SLOW = 9.0
_HANGS = 10.0


@dataclass(eq=False, kw_only=True)
class Post:
    """One request that reached Meta. `taken`: Meta has the event. `verdict`: what we were told."""

    asked_at: datetime
    at: datetime
    call: Call
    event: Event
    pixel_id: str
    token: str
    verdict: Verdict
    taken: bool

    def __str__(self) -> str:
        answer = self.verdict.answer if self.verdict.answered else "lost"
        return (
            f"{self.at:%d %H:%M:%S} {self.event.event_id} {self.pixel_id} {answer} by {self.call}"
        )


@dataclass
class Pixel:
    """A pixel: its one valid token, if any, and how long it throttles or fails."""

    token: str | None = None
    rests_until: datetime | None = None
    tells_rest: bool = True
    broken: Callable[[], Verdict | None] = lambda: None


@dataclass
class SimMeta:
    """The simulated Meta.

    `never` holds events that it refuses for good; `picky`, for some events, the number of keys that
    it refuses one after the other; `stubborn`, the events with more than one such key.
    """

    faults: Faults
    judge: Callable[[Post], None]
    pixels: dict[str, Pixel] = field(default_factory=dict)
    never: set[str] = field(default_factory=set)
    picky: dict[str, int] = field(default_factory=dict)
    stubborn: set[str] = field(default_factory=set)
    posts: list[Post] = field(default_factory=list)

    def take(self, event: Event, *, pixel_id: str, token: str, instance: Instance) -> Verdict:
        """Receive a request of this instance, and return the service's verdict."""
        rng, asked_at = self.faults.rng, instance.loop.now
        instance.wait(f"meta ← {event.event_id} {pixel_id}", 0.05 + 0.1 * rng.random())
        verdict, taken = self._answer(event, pixel_id=pixel_id, token=token)
        call = current_call.get()
        if call is None:
            raise RuntimeError("nobody asks Meta outside of a request")
        post = Post(
            asked_at=asked_at, at=instance.loop.now, call=call, event=event, pixel_id=pixel_id,
            token=token, verdict=verdict, taken=taken,
        )  # fmt: skip
        self.judge(post)
        self.posts.append(post)
        seconds = 0.05 + 0.2 * rng.random()
        if verdict is _LOST:
            seconds = _HANGS
        elif self.faults.happens(Fault.META_SLOW):
            seconds = _SLOW * rng.random()
        instance.wait(f"meta → {verdict.answer} {'' if verdict.answered else 'LOST'}", seconds)
        return verdict

    def _answer(self, event: Event, *, pixel_id: str, token: str) -> tuple[Verdict, bool]:
        """Return the answer, and whether Meta accepts the event."""
        faults, pixel = self.faults, self.pixels.get(pixel_id)
        if pixel is None:
            return _DEAD, False
        if refusal := self._broken(pixel) or self._closed(pixel, token) or self._refusal(event):
            return refusal, False
        if faults.happens(Fault.META_LOST):
            return _LOST, faults.rng.random() < 0.8
        return _TAKEN, True

    def _broken(self, pixel: Pixel) -> Verdict | None:
        if broken := pixel.broken():
            return broken
        if self.faults.is_out(Fault.META_OUTAGE):
            return self.faults.rng.choice((_BROKEN, _LOST))
        return _BROKEN if self.faults.happens(Fault.META_ERROR) else None

    def _closed(self, pixel: Pixel, token: str) -> Verdict | None:
        if pixel.token != token or self.faults.happens(Fault.META_MISTAKES):
            return _DEAD
        return self._rest(pixel)

    def _rest(self, pixel: Pixel) -> Verdict | None:
        now, rng = self.faults.clock(), self.faults.rng
        if self.faults.happens(Fault.META_THROTTLES):
            pixel.rests_until = now + timedelta(minutes=rng.choice((1, 10, 60)) * rng.random())
            pixel.tells_rest = rng.random() < 0.5
        if pixel.rests_until is None or now >= pixel.rests_until:
            return None
        return Verdict(
            answer=Answer.THROTTLED,
            reason=Reason.META_SLOWS_US_DOWN,
            retry_after=pixel.rests_until - now if pixel.tells_rest else None,
            code=80004,
        )

    def _refusal(self, event: Event) -> Verdict | None:
        if event.event_id in self.never:
            return _NEVER
        # The same keys are refused each time.
        here = sorted(key for key in OPTIONAL_KEYS if has_field(event, key))
        keys_left = self.picky.get(event.event_id, 0)
        if not keys_left or len(here) < 2:
            return None
        self.picky[event.event_id] = keys_left - 1
        return Verdict(
            answer=Answer.PERMANENT,
            reason=Reason.EVENT_REFUSED,
            refused_key=here[-1],
            code=100,
        )


@dataclass(frozen=True)
class MetaLine:
    """Port `Conversions`: one instance's connection to the simulated Meta."""

    meta: SimMeta
    instance: Instance

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        """Post one event, without a retry; there are no test events here."""
        assert not test_code
        return self.meta.take(event, pixel_id=pixel_id, token=token, instance=self.instance)
