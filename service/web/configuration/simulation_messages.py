"""The result of a test event in words: Meta's answer, and what to do about it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import EventName
from service.usecases.tenants.simulate_event import Missing, Sent, Simulated
from service.web.configuration.connection_messages import BAD, GOOD, TESTING, WARN
from service.web.eventlog.reasons import section_for

_TEST_EVENTS = "https://business.facebook.com/events_manager2/list/pixel/{}/test_events"

_MISSING: Mapping[Missing, str] = MappingProxyType(
    {
        Missing.PIXEL: "Enter the primary pixel's ID and save.",
        Missing.TOKEN: "Enter the pixel's access token and save.",
        Missing.READABLE_TOKEN: (
            "Enter the pixel's access token again and save. The saved one can no longer be read."
        ),
        Missing.TEST_CODE: (
            "Enter a Test Event Code and save. You find it in Events Manager under Test Events."
        ),
    }
)
_MISSING_SECTIONS: Mapping[Missing, str] = MappingProxyType(
    {
        Missing.PIXEL: "pixel-missing",
        Missing.TOKEN: "token-missing",
        Missing.READABLE_TOKEN: "token-unreadable",
        Missing.TEST_CODE: "simulate-problems",
    }
)
_ADVICE: Mapping[Answer, str] = MappingProxyType(
    {
        Answer.TOKEN: "Press Test Connection for this pixel to see what is wrong.",
        Answer.THROTTLED: "Try again in five minutes.",
        Answer.TRANSIENT: "Try again in a few minutes.",
        Answer.PERMANENT: "This is our fault. Send support this message.",
    }
)


class Button(Struct, frozen=True, kw_only=True):
    """One button of the panel."""

    name: EventName
    label: str


BUTTONS = tuple(
    Button(name=name, label="Send test purchase" if name is EventName.PURCHASE else name.value)
    for name in EventName
)


class PixelResult(Struct, frozen=True, kw_only=True):
    """The result for one pixel, ready to print; `link` leads to the event at Meta."""

    tone: str
    pixel: str
    sentence: str
    advice: str = ""
    section: str = TESTING
    link: str = ""
    trace_id: str = ""


class SimulationResult(Struct, frozen=True, kw_only=True):
    """The result for all pixels; `advice` says what to do first if nothing was sent."""

    tone: str
    title: str
    advice: tuple[str, ...] = ()
    event_id: str = ""
    pixels: tuple[PixelResult, ...] = ()


TOO_OFTEN = SimulationResult(
    tone=WARN,
    title="Not sent: too many attempts",
    advice=("You can test 20 times a minute. Wait a few seconds and try again.",),
)


def simulation_result(simulated: Simulated) -> SimulationResult:
    """Return the result of the test event in words."""
    if simulated.missing:
        return SimulationResult(
            tone=BAD,
            title=f"{simulated.name} was not sent. {_first_step(simulated.missing)}",
            advice=tuple(_MISSING[each] for each in simulated.missing),
        )
    pixels = tuple(_pixel_result(sent) for sent in simulated.sent)
    tones = {pixel.tone for pixel in pixels}
    outcome = "was sent" if tones == {GOOD} else "reached only one of your pixels"
    if GOOD not in tones:
        outcome = "did not arrive"
    return SimulationResult(
        tone=next(tone for tone in (BAD, WARN, GOOD) if tone in tones),
        title=f"Test event {simulated.name} {outcome}",
        event_id=simulated.event_id,
        pixels=pixels,
    )


def _first_step(missing: Sequence[Missing]) -> str:
    if list(missing) == [Missing.TEST_CODE]:
        return "Add a Test Event Code first."
    return "Setup is incomplete."


def _pixel_result(sent: Sent) -> PixelResult:
    pixel = f"{sent.role.capitalize()} pixel {sent.pixel_id}"
    if sent.verdict is None:
        missing = sent.missing or Missing.TOKEN
        return PixelResult(
            tone=BAD,
            pixel=pixel,
            sentence="Not sent.",
            advice=_MISSING[missing],
            section=_MISSING_SECTIONS[missing],
        )
    if sent.verdict.answer is not Answer.ACCEPTED:
        return _refused(pixel, sent.verdict)
    if not sent.marked:
        return PixelResult(
            tone=GOOD,
            pixel=pixel,
            sentence="Meta accepted it without a test code. It counts there like a real event.",
            trace_id=sent.verdict.trace_id or "",
        )
    return PixelResult(
        tone=GOOD,
        pixel=pixel,
        sentence="Meta accepted it as a test. It appears under Test Events within seconds.",
        link=_TEST_EVENTS.format(sent.pixel_id),
        trace_id=sent.verdict.trace_id or "",
    )


def _refused(pixel: str, verdict: Verdict) -> PixelResult:
    is_refusal = verdict.answer in {Answer.TOKEN, Answer.PERMANENT}
    lost = "" if verdict.answered else " It may have arrived. Check Test Events."
    return PixelResult(
        tone=BAD if is_refusal else WARN,
        pixel=pixel,
        sentence=f"{verdict.sentence}.{lost}",
        advice=_ADVICE[verdict.answer],
        section=section_for(verdict.reason, verdict.details),
        trace_id=verdict.trace_id or "",
    )
