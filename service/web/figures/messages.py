"""Words for figures: what the events are called, what is missing on them, and what to do."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from msgspec import Struct

from service.domain.events.event import EventName
from service.domain.figures.next_steps import Gap, NextStep, StepKind
from service.domain.health.alerts import Alert
from service.domain.shop.order import Channel
from service.web.health.messages import cure_of

_ORDERS: Mapping[str, str] = MappingProxyType(
    {
        Channel.WEB: "website orders",
        Channel.POS: "tasting-room sales",
        Channel.PHONE: "phone orders",
        Channel.CLUB: "club orders",
    }
)
_EVENTS: Mapping[EventName, str] = MappingProxyType(
    {
        EventName.PURCHASE: "orders",
        EventName.SUBSCRIBE: "club sign-ups",
        EventName.CANCEL_MEMBERSHIP: "club cancellations",
        EventName.LEAD: "reservations",
        EventName.COMPLETE_REGISTRATION: "new customer accounts",
        EventName.PAGE_VIEW: "page views",
        EventName.VIEW_CONTENT: "product views",
        EventName.ADD_TO_CART: "products added to cart",
        EventName.INITIATE_CHECKOUT: "checkouts started",
    }
)
_KEYS: Mapping[str, str] = MappingProxyType({"email": "e-mail address", "phone": "phone number"})
_ASKS: Mapping[str, str] = MappingProxyType(
    {
        Channel.WEB: "Make it a required field of your checkout in Commerce7.",
        Channel.POS: "Ask for it in the tasting room, and save it with the customer.",
        Channel.PHONE: "Ask callers for it, and save it with the customer.",
        Channel.CLUB: "Add it to your members' customer profiles in Commerce7.",
    }
)
_ASK_ELSEWHERE: Mapping[EventName, str] = MappingProxyType(
    {EventName.LEAD: "Make it a required field of your reservations in Commerce7."}
)
_COMPLETE = "Add it to the customer profiles in Commerce7."

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


class StepWords(Struct, frozen=True, kw_only=True):
    """A step in words; `path` is the tab's address that it leads to, or empty."""

    fact: str
    advice: str
    path: str = ""
    link: str = ""


_FIXED_STEPS: Mapping[StepKind, StepWords] = MappingProxyType(
    {
        StepKind.SET_UP: StepWords(
            fact="Setup is not finished.", advice="The Overview in 1Pixel shows the next step."
        ),
        StepKind.SNIPPET: StepWords(
            fact="Website orders are not linked to the visits that led to them.",
            advice="Add the Website Pixel Snippet, so that Meta can credit your ads.",
            path="/configuration#snippet",
            link="Go to the snippet",
        ),
    }
)


def step_words(step: NextStep) -> StepWords:
    """Return the step in words."""
    match step.kind:
        case StepKind.ALERT:
            return _alert_words(step.alert) if step.alert else StepWords(fact="", advice="")
        case StepKind.FAILED:
            return StepWords(
                fact=f"{_counted(step.number, 'event')} failed.",
                advice="See the reason in the Event Log, and send them again.",
                path="/activity?status=error&show=all",
                link="See failed events",
            )
        case StepKind.HELD:
            they_are = "It is" if step.number == 1 else "They are"
            return StepWords(
                fact=f"{_counted(step.number, 'event')} on hold.",
                advice=f"{they_are} sent once the cause is fixed.",
                path="/activity?status=held&show=all",
                link="See events on hold",
            )
        case StepKind.GAP:
            return _gap_words(step.gap) if step.gap else StepWords(fact="", advice="")
        case StepKind.MISSED:
            were = "was" if step.number == 1 else "were"
            return StepWords(
                fact=f"{_counted(step.number, 'event')} from before you installed 1Pixel {were} "
                "not sent.",
                advice="Press Find missed events in the Event Log to send them. Meta accepts "
                "events for 7 days.",
                path="/activity",
                link="Go to the Event Log",
            )
        case StepKind.SET_UP | StepKind.SNIPPET:
            return _FIXED_STEPS[step.kind]


def events_words(event: EventName, channel: str) -> str:
    """Return what these events are called: `tasting-room sales`."""
    of_channel = _ORDERS.get(channel) if event is EventName.PURCHASE else None
    if of_channel is None and channel and event is EventName.PURCHASE:
        return f"orders ({channel})"
    return of_channel or _EVENTS.get(event, str(event))


def time_words(time: timedelta) -> str:
    """Return a time in one unit: `5 seconds`, `2 minutes`."""
    seconds = round(time.total_seconds())
    unit, length = next((each for each in _UNITS if seconds >= each[1]), _UNITS[-1])
    number = round(seconds / length, 1)
    return f"{number:g} {unit}{'' if number == 1 else 's'}"


def percent_of(part: int, whole: int) -> str:
    """Return the share in whole percent; never 0% or 100% of what is not quite that."""
    if part in {0, whole}:
        return "100%" if part else "0%"
    return f"{min(max(round(100 * part / whole), 1), 99)}%"


def _alert_words(alert: Alert) -> StepWords:
    cure = cure_of(alert)
    return StepWords(fact=alert.sentence, advice=alert.advice, path=cure.path, link=cure.link)


def _gap_words(gap: Gap) -> StepWords:
    name = events_words(gap.event, gap.channel)
    share = percent_of(gap.lacking, gap.events)
    asks = _ASKS.get(gap.channel) if gap.event is EventName.PURCHASE else None
    return StepWords(
        fact=f"{share} of {name} have no {_KEYS.get(gap.key, gap.key)}.",
        advice=asks or _ASK_ELSEWHERE.get(gap.event, _COMPLETE),
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
