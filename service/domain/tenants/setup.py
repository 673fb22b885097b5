"""How far a winery's set-up has come, and the one thing to do next."""

from dataclasses import dataclass
from enum import StrEnum


class SetupStep(StrEnum):
    """The steps, in the order in which they are done."""

    PIXEL = "pixel"
    TOKEN = "token"  # noqa: S105 - a step's name
    CONNECTION = "connection"
    FIRST_EVENT = "first-event"
    SNIPPET = "snippet"


OPTIONAL = frozenset({SetupStep.SNIPPET})


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
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
    *, pixel_id: str, has_token: bool, is_tested: bool, has_sent: bool, has_seen_snippet: bool
) -> Setup:
    """Return how far the primary pixel has come, from what is known of it.

    An event that was sent proves more than a test of the connection, so it completes that step
    too.
    """
    facts = {
        SetupStep.PIXEL: bool(pixel_id),
        SetupStep.TOKEN: has_token,
        SetupStep.CONNECTION: is_tested or has_sent,
        SetupStep.FIRST_EVENT: has_sent,
        SetupStep.SNIPPET: has_seen_snippet,
    }
    return Setup(done=frozenset(step for step, is_done in facts.items() if is_done))
