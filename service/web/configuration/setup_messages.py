"""The set-up path in words: each step, why it matters, and where its button leads."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from service.domain.copies import replace
from service.domain.tenants.setup import OPTIONAL, Setup, SetupStep

EVENTS_MANAGER = "https://business.facebook.com/events_manager2"


class StepWords(Struct, frozen=True, kw_only=True):
    """One step: `sentence` says what to do; `done` replaces it once the step is done.

    `outside` is a page of Meta's that the step needs.
    """

    title: str
    sentence: str
    done: str
    button: str
    path: str
    outside: str = ""


WORDS: Mapping[SetupStep, StepWords] = {
    SetupStep.PIXEL: StepWords(
        title="Enter your Pixel ID and access token",
        sentence="In Events Manager choose your pixel, then Settings. Copy the Pixel ID. Under "
        "Conversions API choose Generate access token, and copy the token.",
        done="Pixel ID saved. Access token saved and encrypted.",
        button="Enter both",
        path="/configuration#primary_pixel_id",
        outside=EVENTS_MANAGER,
    ),
    SetupStep.CONNECTION: StepWords(
        title="Connect to Meta",
        sentence="The connection is tested when you save. You can test it again at any time.",
        done="Meta accepted an event with this pixel and token.",
        button="Go to Test Connection",
        path="/configuration#connection-panel-primary",
    ),
    SetupStep.FIRST_EVENT: StepWords(
        title="See the first event arrive",
        sentence="The next order, booking or sign-up in Commerce7 is sent within seconds.",
        done="The first event was sent to Meta.",
        button="Watch the Event Log",
        path="/activity",
    ),
    SetupStep.ALERTS: StepWords(
        title="Choose where alerts go",
        sentence="Get an e-mail when events cannot be sent, for example after a token expires.",
        done="Alerts are sent by e-mail.",
        button="Enter an e-mail address",
        path="/configuration#alert_email",
    ),
    SetupStep.SNIPPET: StepWords(
        title="Add the website snippet",
        sentence="Sends website visits to Meta, and links orders to the ads that led to them.",
        done="The snippet is on your website.",
        button="See the Website Pixel Snippet",
        path="/configuration#snippet",
    ),
}


class StepRow(Struct, frozen=True, kw_only=True):
    """One step, ready to print; only the next one shows its button."""

    words: StepWords
    is_done: bool
    is_next: bool
    is_optional: bool


_TOKEN_STEP = replace(
    WORDS[SetupStep.PIXEL],
    title="Enter an access token",
    sentence="In Events Manager choose your pixel, then Settings. Under Conversions API choose "
    "Generate access token, and copy the token.",
    button="Enter the access token",
    path="/configuration#primary_token",
)
"""The first step where only the token is missing."""

_NEW_TOKEN_STEP = replace(_TOKEN_STEP, title="Enter a new access token")
"""The first step where the token was refused."""


def setup_rows(
    setup: Setup, *, has_pixel_id: bool, is_refused: bool, sends_mail: bool
) -> Sequence[StepRow]:
    """Return the path's steps in their order; alerts only where e-mail can be sent.

    `is_refused` says that there is a token that cannot be used.
    """
    token_step = _NEW_TOKEN_STEP if is_refused else _TOKEN_STEP
    lacks_token = has_pixel_id and SetupStep.PIXEL not in setup.done
    return [
        StepRow(
            words=token_step if lacks_token and step is SetupStep.PIXEL else WORDS[step],
            is_done=step in setup.done,
            is_next=step is setup.next,
            is_optional=step in OPTIONAL,
        )
        for step in SetupStep
        if sends_mail or step is not SetupStep.ALERTS
    ]


def earlier_words(number: int, *, is_least: bool) -> str:
    """Return how many events from before the set-up can still be sent; empty for none."""
    if not number:
        return ""
    counted = f"{'At least ' if is_least else ''}{number} event{'' if number == 1 else 's'}"
    return f"{counted} from before can still be sent."
