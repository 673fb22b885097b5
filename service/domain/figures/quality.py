"""How well Meta matches a pixel's events to people: its scores, and why there may be none. Pure.

Reference: Meta's Conversions API, "Dataset Quality API". Percentages are from 0 to 100.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from service.domain.copies import replace

ASKED_EVERY = timedelta(hours=1)
"""How long an answer is shown before the vendor is asked again."""

ANSWERED_WITHIN = timedelta(seconds=40)
"""After which an answer will not come any more; longer than all questions together may take."""

EXCELLENT_FROM, GOOD_FROM, HIGHEST_SCORE = 8.0, 6.0, 10.0


class ScoreRange(StrEnum):
    """What a score means; the values are the words for it."""

    EXCELLENT = "Excellent"
    GOOD = "Good"
    NEEDS_WORK = "Needs work"


def range_of(score: float) -> ScoreRange:
    """Return the range of a score, as it is shown: with one decimal."""
    shown = round(score, 1)
    if shown >= EXCELLENT_FROM:
        return ScoreRange.EXCELLENT
    return ScoreRange.GOOD if shown >= GOOD_FROM else ScoreRange.NEEDS_WORK


class Variant(StrEnum):
    """Which of the vendor's two lists an event's quality stands in; the values are stored."""

    WEB = "web"
    OFFLINE = "offline"


class MatchKey(Struct, frozen=True, kw_only=True):
    """One matching field: on how many of the events it was, and what more of it would bring.

    `increase` is by how much the conversions that ads are credited with may grow.
    """

    identifier: str
    coverage: float | None = None
    increase: float | None = None


class Diagnostic(Struct, frozen=True, kw_only=True):
    """A problem that the vendor sees, in its words, and the share of events that have it."""

    name: str
    description: str = ""
    solution: str = ""
    percentage: float | None = None


class DedupeKey(Struct, frozen=True, kw_only=True):
    """A key by which the vendor finds events that browser and server both report.

    `browser` and `server` are the shares of their events that have it; `overlap` is the share of
    the browser's events that the server's have the same key as.
    """

    key: str
    browser: float | None = None
    server: float | None = None
    overlap: float | None = None


class Aspect(Struct, frozen=True, kw_only=True):
    """A part of an offline score, with a score of its own and the vendor's advice."""

    name: str
    score: float | None = None
    advice: str = ""


class EventQuality(Struct, frozen=True, kw_only=True):
    """What the vendor says about one event of a pixel; `None` and empty where it says nothing.

    `score` is from 0 to 10. `coverage` is the share of the browser's events that the server
    reports too, `coverage_goal` what the vendor advises. `freshness` is how often events are sent.
    """

    event: str
    variant: Variant = Variant.WEB
    score: float | None = None
    keys: tuple[MatchKey, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    dedupe_keys: tuple[DedupeKey, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    coverage: float | None = None
    coverage_goal: float | None = None
    freshness: str = ""

    @property
    def key(self) -> str:
        """Return the name by which the days' scores are kept."""
        return f"{self.variant}:{self.event}"


class OfflineEvents(StrEnum):
    """Whether a dataset takes events from outside the web, such as sales in the tasting room.

    `UNTOLD` means that the vendor does not tell this token. The values are stored. Reference:
    Meta's Conversions API, "Sending Offline Events" (`is_consolidated_container`).
    """

    TAKEN = "taken"
    NOT_TAKEN = "not taken"
    UNTOLD = "untold"


class QualityFault(StrEnum):
    """Why the vendor's scores could not be read; the values are stored."""

    NO_ANSWER = "no answer"
    THROTTLED = "throttled"
    DEAD_TOKEN = "token invalid"  # noqa: S105 - a word
    UNREADABLE_TOKEN = "token cannot be read"  # noqa: S105 - words
    NOT_ALLOWED = "no permission"
    UNKNOWN_PIXEL = "pixel unknown"
    REFUSED = "refused"


class QualityAnswer(Struct, frozen=True, kw_only=True):
    """The vendor's answer to one question; without a `fault` the `events` are all that it has.

    `code` is the vendor's own number for the fault.
    """

    events: tuple[EventQuality, ...] = ()
    fault: QualityFault | None = None
    code: int | None = None

    @property
    def is_final(self) -> bool:
        """Tell whether another question with this token would get no answer now."""
        return self.fault in _FINAL


_FINAL = frozenset(
    {
        QualityFault.NO_ANSWER,
        QualityFault.THROTTLED,
        QualityFault.DEAD_TOKEN,
        QualityFault.UNREADABLE_TOKEN,
    }
)


class QualityReport(Struct, frozen=True, kw_only=True):
    """What is known of a pixel's quality, and when it was asked for.

    `token_version` tells the token that was used from others. `events` are those of the last
    answer with scores, at `answered_at`; `fault` is why the last question had none. `is_open` means
    that the question of `asked_at` has no answer yet. `offline` is the last answer about events
    from outside the web, `None` if the vendor was never asked.
    """

    pixel_id: str
    token_version: str
    asked_at: datetime
    answered_at: datetime | None = None
    events: tuple[EventQuality, ...] = ()
    fault: QualityFault | None = None
    code: int | None = None
    is_open: bool = True
    offline: OfflineEvents | None = None

    def is_due(self, now: datetime, *, pixel_id: str, token_version: str) -> bool:
        """Tell whether the vendor is to be asked: after an hour, or about other credentials."""
        is_same = (self.pixel_id, self.token_version) == (pixel_id, token_version)
        return not is_same or now >= self.asked_at + ASKED_EVERY

    def is_awaited(self, now: datetime) -> bool:
        """Tell whether the answer may still come: the process that asked may have ended."""
        return self.is_open and now < self.asked_at + ANSWERED_WITHIN

    def asked_again(self, now: datetime, *, token_version: str) -> "QualityReport":
        """Return the report while the vendor is asked, by this token."""
        return replace(self, asked_at=now, token_version=token_version, is_open=True)

    def answered(
        self, answer: QualityAnswer, *, offline: OfflineEvents | None = None, at: datetime
    ) -> "QualityReport":
        """Return the report after the answers; a fault leaves the scores of the last answer."""
        known = replace(self, offline=offline or self.offline, is_open=False)
        if answer.fault:
            return replace(known, fault=answer.fault, code=answer.code)
        return replace(known, events=answer.events, answered_at=at, fault=None, code=None)


def scores_of(events: Sequence[EventQuality]) -> dict[str, float]:
    """Return the score of each event that has one, by the event's key."""
    return {each.key: each.score for each in events if each.score is not None}
