"""A winery's progress with its set-up: what has been seen to work."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.tenants.snippet_sites import OtherPixel, SnippetSite, with_site

TEST_CODE_FOR = timedelta(hours=24)
"""How long testing may well take, after which the Test Event Code seems forgotten."""

_MARK = 16


class Verified(Struct, frozen=True, kw_only=True):
    """A pixel and a token that Meta took an event with, and when.

    `mark` is the token's fingerprint. `expires_at` is when the token expires, as Meta reported it
    then; of an expired token Meta does not report it.
    """

    at: datetime
    pixel_id: str
    mark: str
    expires_at: datetime | None = None


class Progress(Struct, frozen=True, kw_only=True):
    """What has been seen to work; none of it is a setting.

    `tested` holds what last proved each role's connection: a successful test, or the first event
    that was sent with its pixel and token. `first_sent_at` is when Meta accepted the first event
    that was not a test. `snippet_sites` are the winery's sites from which
    the snippet called, the newest first. `test_code_saved_at` is when the current Test Event Code
    was saved, `None` while there is none. `webhooks_at` is when each of Commerce7's webhooks last
    arrived (`service/domain/tenants/webhook_arrivals.py`).
    """

    tested: Mapping[str, Verified] = field(default_factory=dict)
    first_sent_at: datetime | None = None
    snippet_sites: tuple[SnippetSite, ...] = ()
    test_code_saved_at: datetime | None = None
    webhooks_at: Mapping[str, datetime] = field(default_factory=dict)

    def tested_for(self, role: str, *, pixel_id: str, token: str) -> Verified | None:
        """Return the role's last proof, if it was of this pixel and token."""
        tested = self.tested.get(role)
        is_same = tested and (tested.pixel_id, tested.mark) == (pixel_id, token_fingerprint(token))
        return tested if is_same else None

    def with_test(self, role: str, tested: Verified) -> "Progress":
        """Return the progress after a successful test of the role's connection."""
        return replace(self, tested={**self.tested, role: tested})

    def is_proven(self, role: str, *, pixel_id: str, token: str) -> bool:
        """Tell whether Meta has accepted an event with this pixel and token.

        Older releases recorded sent events without their token: where the role has no proof yet,
        any sent event counts, until the next one is recorded with its token.
        """
        if role in self.tested:
            return self.tested_for(role, pixel_id=pixel_id, token=token) is not None
        return self.first_sent_at is not None

    def has_old_test_code(self, now: datetime) -> bool:
        """Tell whether a Test Event Code has been set for so long that it seems forgotten."""
        saved_at = self.test_code_saved_at
        return saved_at is not None and now >= saved_at + TEST_CODE_FOR

    def with_sent(self, role: str, sent: Verified) -> "Progress":
        """Return the progress after an event was sent; equal if that proves nothing new."""
        known = self.tested.get(role)
        is_known = known and (known.pixel_id, known.mark) == (sent.pixel_id, sent.mark)
        tested = self.tested if is_known else {**self.tested, role: sent}
        return replace(self, first_sent_at=self.first_sent_at or sent.at, tested=tested)

    def has_seen_snippet_since(self, at: datetime) -> bool:
        """Tell whether the snippet has called since then."""
        return any(each.seen_at >= at for each in self.snippet_sites)

    def with_snippet_seen(self, host: str, pixel: OtherPixel, *, at: datetime) -> "Progress":
        """Return the progress after the snippet called; equal if that tells no news."""
        return replace(self, snippet_sites=with_site(self.snippet_sites, host, pixel, at=at))


def token_fingerprint(token: str) -> str:
    """Return the token's fingerprint: a part of its hash, which does not reveal the token."""
    return sha256(token.encode()).hexdigest()[:_MARK]
