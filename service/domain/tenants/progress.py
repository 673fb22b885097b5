"""A winery's progress with its set-up: what has been seen to work."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

TEST_CODE_FOR = timedelta(hours=24)
"""How long testing may well take, after which the Test Event Code seems forgotten."""

_MARK = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A pixel and a token that Meta took an event with, and when.

    `mark` is the token's fingerprint. `expires_at` is when the token expires, as Meta reported it
    then; of an expired token Meta does not report it.
    """

    at: datetime
    pixel_id: str
    mark: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What has been seen to work; none of it is a setting.

    `tested` holds the last successful test of each role's connection. `first_sent_at` is when Meta
    accepted the first event that was not a test. `snippet_seen_at` is when the website's snippet
    last called, and `snippet_seen_host` from which host. `test_code_saved_at` is when the current
    Test Event Code was saved, `None` while there is none.
    """

    tested: Mapping[str, Verified] = field(default_factory=dict)
    first_sent_at: datetime | None = None
    snippet_seen_at: datetime | None = None
    snippet_seen_host: str | None = None
    test_code_saved_at: datetime | None = None

    def tested_for(self, role: str, *, pixel_id: str, token: str) -> Verified | None:
        """Return the role's last successful test, if it was of this pixel and token."""
        tested = self.tested.get(role)
        is_same = tested and (tested.pixel_id, tested.mark) == (pixel_id, token_fingerprint(token))
        return tested if is_same else None

    def with_test(self, role: str, tested: Verified) -> "Progress":
        """Return the progress after a successful test of the role's connection."""
        return replace(self, tested={**self.tested, role: tested})

    def has_old_test_code(self, now: datetime) -> bool:
        """Tell whether a Test Event Code has been set for so long that it seems forgotten."""
        saved_at = self.test_code_saved_at
        return saved_at is not None and now >= saved_at + TEST_CODE_FOR

    def with_first_sent(self, at: datetime) -> "Progress":
        """Return the progress after an event was sent; only the first one counts."""
        return self if self.first_sent_at else replace(self, first_sent_at=at)


def token_fingerprint(token: str) -> str:
    """Return the token's fingerprint: a part of its hash, which does not reveal the token."""
    return sha256(token.encode()).hexdigest()[:_MARK]
