"""What a winery should do next, by its health and its figures. Pure."""

from collections.abc import Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from service.domain.events.event import WEBSITE_EVENTS, EventName
from service.domain.events.match_keys import WORDS
from service.domain.figures.tally import CoverageByChannel
from service.domain.health.alerts import Alert
from service.domain.health.health import Health, HealthState
from service.domain.shop.order import Channel
from service.domain.tenants.setup import SetupStep

FEWEST_EVENTS = 10
"""Of how many events a share is worth acting on."""

LACKING_SHARE = 0.2
"""The share of events without a match key that is worth acting on."""

MOST_GAPS = 3
"""The most gaps that are shown at once: the largest."""

_CONTACT = (WORDS["hashed_emails"], WORDS["hashed_phones"])
_BROWSER_ID = WORDS["fbp"]


class StepKind(StrEnum):
    """What a step is about."""

    ALERT = "alert"
    SET_UP = "set up"
    FAILED = "failed"
    HELD = "held"
    SNIPPET = "snippet"
    MISSED = "missed"
    GAP = "gap"


class Gap(Struct, frozen=True, kw_only=True):
    """Events of one kind and channel, of which `lacking` do not have the match key."""

    event: EventName
    channel: str
    key: str
    lacking: int
    events: int


class NextStep(Struct, frozen=True, kw_only=True):
    """One thing to do; `number` is of how many events.

    `alert` and `gap` belong to their kinds.
    """

    kind: StepKind
    number: int = 0
    alert: Alert | None = None
    gap: Gap | None = None


def next_steps(
    health: Health,
    *,
    failed: int,
    held: int,
    coverage: CoverageByChannel,
    missed: int = 0,
) -> Sequence[NextStep]:
    """Return what to do, the most urgent first; none only while the winery is live.

    The snippet is worth adding where orders of the website have no browser's ID. `missed` are the
    events from before the installation that could still be sent.
    """
    setup = health.setup
    # What needs attention may itself undo a step: a refused token, say.
    is_set_up = setup.is_finished or health.state is HealthState.ATTENTION
    counts = {
        StepKind.SET_UP: int(not is_set_up),
        StepKind.FAILED: failed,
        StepKind.HELD: held,
    }
    steps = [
        *(NextStep(kind=StepKind.ALERT, alert=alert) for alert in health.alerts),
        *(NextStep(kind=kind, number=number) for kind, number in counts.items() if number),
    ]
    has_snippet = SetupStep.SNIPPET in setup.done
    orders = coverage.get(EventName.PURCHASE, {}).get(Channel.WEB)
    if orders and orders.events > orders.keys.get(_BROWSER_ID, 0) and not has_snippet:
        steps.append(NextStep(kind=StepKind.SNIPPET))
    if missed and health.state is HealthState.LIVE:
        steps.append(NextStep(kind=StepKind.MISSED, number=missed))
    gaps = sorted(_gaps(coverage), key=lambda each: -each.lacking)[:MOST_GAPS]
    return [*steps, *(NextStep(kind=StepKind.GAP, gap=gap) for gap in gaps)]


def _gaps(coverage: CoverageByChannel) -> Iterator[Gap]:
    """Yield the contact data that a winery can ask its customers for, and that many lack.

    Meta names e-mail and phone first among what it matches people by (Meta: Conversions API best
    practices, "customer information parameters").
    """
    for event, channels in coverage.items():
        for channel, each in channels.items() if event not in WEBSITE_EVENTS else ():
            for key in _CONTACT if each.events >= FEWEST_EVENTS else ():
                lacking = each.events - each.keys.get(key, 0)
                if lacking >= LACKING_SHARE * each.events:
                    yield Gap(
                        event=event, channel=channel, key=key, lacking=lacking, events=each.events
                    )
