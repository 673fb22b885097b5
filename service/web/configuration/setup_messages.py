"""The set-up path in words: each step, why it matters, and where its button leads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.tenants.setup import OPTIONAL, Setup, SetupStep


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWords:
    """One step: `sentence` says what to do; `done` replaces it once the step is done."""

    title: str
    sentence: str
    done: str
    button: str
    path: str


WORDS: Mapping[SetupStep, StepWords] = {
    SetupStep.PIXEL: StepWords(
        title="Name your pixel",
        sentence="In Meta Events Manager choose your pixel, then Settings, and copy the Pixel ID.",
        done="Your pixel is saved.",
        button="Enter the Pixel ID",
        path="/configuration#primary_pixel_id",
    ),
    SetupStep.TOKEN: StepWords(
        title="Add its access token",
        sentence="On the same page of Events Manager choose Generate access token, and copy it.",
        done="An access token is saved; nobody can read it back.",
        button="Enter the Access Token",
        path="/configuration#primary_token",
    ),
    SetupStep.CONNECTION: StepWords(
        title="Test the connection",
        sentence="We ask Meta whether pixel and token work together. It takes a few seconds.",
        done="Meta has taken an event with this pixel and token.",
        button="Go to Test Connection",
        path="/configuration#connection-panel-primary",
    ),
    SetupStep.FIRST_EVENT: StepWords(
        title="See the first event arrive",
        sentence="The next order, booking or sign-up in Commerce7 is sent within seconds.",
        done="Events go to Meta by themselves.",
        button="Watch the Event Log",
        path="/activity",
    ),
    SetupStep.SNIPPET: StepWords(
        title="Add the website snippet",
        sentence="It tells Meta what happens before an order, and who came from an ad.",
        done="Your website carries the snippet.",
        button="See the Website Pixel Snippet",
        path="/configuration#snippet",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step, ready to print; only the next one shows its button."""

    words: StepWords
    is_done: bool
    is_next: bool
    is_optional: bool


def setup_rows(setup: Setup) -> Sequence[StepRow]:
    """Return the path's steps in their order."""
    return [
        StepRow(
            words=WORDS[step],
            is_done=step in setup.done,
            is_next=step is setup.next,
            is_optional=step in OPTIONAL,
        )
        for step in SetupStep
    ]
