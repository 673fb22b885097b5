"""How far a winery has come with its set-up: what we have seen to work."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

TEST_CODE_FOR = timedelta(hours=24)
"""For how long somebody may well be testing."""

_MARK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A pixel and a token that Meta took an event with, and when.

    `mark` tells that token from every other and gives nothing of it away. `expires_at` is when
    Meta says that it ends; Meta does not say so of a token that has ended.
    """

    at: datetime
    pixel_id: str
    mark: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What has been seen to work; nothing in here is a choice of anybody's.

    `tested` holds the last successful test of each role's connection. `first_sent_at` is when Meta
    took the first event that was no test. `snippet_seen_at` is when the website's snippet last
    called, and `snippet_seen_host` from where. `test_code_saved_at` is since when the Test Event
    Code has been what it is, `None` while there is none.
    """

    tested: Mapping[str, Verified] = field(default_factory=dict)
    first_sent_at: datetime | None = None
    snippet_seen_at: datetime | None = None
    snippet_seen_host: str | None = None
    test_code_saved_at: datetime | None = None

    def tested_for(self, role: str, *, pixel_id: str, token: str) -> Verified | None:
        """Return the role's test, if it was one of this very pixel and token."""
        tested = self.tested.get(role)
        is_same = tested and (tested.pixel_id, tested.mark) == (pixel_id, token_fingerprint(token))
        return tested if is_same else None

    def with_test(self, role: str, tested: Verified) -> "Progress":
        """Return the progress after a successful test of the role's connection."""
        return replace(self, tested={**self.tested, role: tested})

    def has_old_test_code(self, now: datetime) -> bool:
        """Tell whether a Test Event Code has been left behind after the testing."""
        saved_at = self.test_code_saved_at
        return saved_at is not None and now >= saved_at + TEST_CODE_FOR

    def with_first_sent(self, at: datetime) -> "Progress":
        """Return the progress after an event was sent; only the first one counts."""
        return self if self.first_sent_at else replace(self, first_sent_at=at)


def token_fingerprint(token: str) -> str:
    """Return what tells this token from others: part of a hash, of no use to a thief."""
    return sha256(token.encode()).hexdigest()[:_MARK]
