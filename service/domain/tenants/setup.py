"""How far a winery's set-up has come, and the one thing to do next. Pure."""

from enum import StrEnum

from msgspec import Struct


class SetupStep(StrEnum):
    """The steps, in the order in which they are done."""

    PIXEL = "pixel"
    CONNECTION = "connection"
    FIRST_EVENT = "first-event"
    ALERTS = "alerts"
    SNIPPET = "snippet"


OPTIONAL = frozenset({SetupStep.ALERTS, SetupStep.SNIPPET})


class Setup(Struct, frozen=True, kw_only=True):
    """Which steps are done. A later one may be done before an earlier one, or become undone."""

    done: frozenset[SetupStep]

    @property
    def next(self) -> SetupStep | None:
        """Return the first step that is still to do, `None` when only optional ones are left."""
        return next((step for step in SetupStep if step not in self.done | OPTIONAL), None)

    @property
    def is_finished(self) -> bool:
        """Tell whether events go to Meta without anything left to do."""
        return self.next is None


def setup_path(
    *,
    has_pixel: bool,
    is_proven: bool,
    has_sent: bool,
    has_address: bool = False,
    has_seen_snippet: bool = False,
) -> Setup:
    """Return how far the primary pixel has come, from what is known of it.

    It `has_pixel` if its id is saved, and a token that Meta has not refused. The connection
    `is_proven` by a test or by an event that was sent; without pixel and token there is none. It
    `has_address` if the winery has an address for alerts.
    """
    facts = {
        SetupStep.PIXEL: has_pixel,
        SetupStep.CONNECTION: has_pixel and is_proven,
        SetupStep.FIRST_EVENT: has_sent,
        SetupStep.ALERTS: has_address,
        SetupStep.SNIPPET: has_seen_snippet,
    }
    return Setup(done=frozenset(step for step, is_done in facts.items() if is_done))
