"""Whether a pixel and its token work together: the rules of the connection test. Pure.

The only proof is an event that Meta accepts. What Meta reports about a token may be wrong or
missing (a token that may send may often not read). So it only explains a refusal; by itself it
counts in one case, a report that the token is dead.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import Identity
from service.domain.events.reason import Reason
from service.domain.identity import hashed
from service.domain.tenants.tenant import is_pixel_id


class Cause(StrEnum):
    """Why a connection is not verified; the values are words for the log."""

    NO_PIXEL = "no pixel id"
    MALFORMED_PIXEL = "pixel id malformed"
    NO_TOKEN = "no token"  # noqa: S105 - a word for the log
    UNREADABLE_TOKEN = "token cannot be read"  # noqa: S105 - words
    INVALID_TOKEN = "token invalid"  # noqa: S105 - words
    EXPIRED_TOKEN = "token expired"  # noqa: S105 - words
    OTHER_PIXELS_TOKEN = "token of another pixel"  # noqa: S105 - words
    UNKNOWN_PIXEL = "pixel unknown"
    NO_PERMISSION = "no permission"
    PROOF_REQUIRED = "app secret proof required"
    THROTTLED = "throttled"
    NO_ANSWER = "no answer"
    REFUSED_EVENT = "event refused"


UNPROVEN = frozenset({Cause.THROTTLED, Cause.NO_ANSWER})
"""Causes that say nothing about the pixel or the token: they may well work."""


class Objection(StrEnum):
    """What the vendor refused, when it refused the token or the pixel and not the event."""

    INVALID_TOKEN = "invalid token"  # noqa: S105 - a word
    EXPIRED_TOKEN = "expired token"  # noqa: S105 - words
    UNKNOWN_PIXEL = "unknown pixel"
    NO_PERMISSION = "no permission"
    PROOF_REQUIRED = "app secret proof"


class TokenFacts(Struct, frozen=True, kw_only=True):
    """What the vendor reports about a token; `None` if it does not say.

    `pixel_ids` are the pixels that the token was made for.
    """

    is_valid: bool | None = None
    is_expired: bool = False
    expires_at: datetime | None = None
    pixel_ids: frozenset[str] | None = None


class ConnectionTest(Struct, frozen=True, kw_only=True):
    """The harmless event that tests a connection: of an invented person, and without a value.

    With a `test_code` it shows among the merchant's test events.
    """

    event_id: str
    at: datetime
    test_code: str = ""


TEST_IDENTITY = Identity(
    hashed_emails=(hashed("connection.test@example.com"),),
    hashed_external_ids=(hashed("1pixel-connection-test"),),
    user_agent="Mozilla/5.0 (compatible; 1Pixel connection test)",
)
"""Invented. It has no IP address: that would be a real person's, and the vendor needs none."""


class ConnectionTestAnswer(Struct, frozen=True, kw_only=True):
    """The vendor's answer to a probe, and what it objected to if it refused the credentials."""

    verdict: Verdict
    objection: Objection | None = None


class ConnectionFinding(Struct, frozen=True, kw_only=True):
    """What a test found; without a `cause` the connection is verified.

    `expires_at` is when the token ends, or ended. `verdict` is the answer to the probe, if one
    was sent.
    """

    cause: Cause | None = None
    pixel_name: str | None = None
    expires_at: datetime | None = None
    verdict: Verdict | None = None

    @property
    def is_verified(self) -> bool:
        """Tell whether pixel and token work together."""
        return self.cause is None


_DEAD: Mapping[Cause, Reason] = MappingProxyType(
    {Cause.INVALID_TOKEN: Reason.TOKEN_REFUSED, Cause.EXPIRED_TOKEN: Reason.TOKEN_EXPIRED}
)


def answer_of(finding: ConnectionFinding) -> Verdict | None:
    """Return what the finding means for deliveries; `None` if Meta was not asked.

    A token that Meta reports as dead is refused, though no event was sent.
    """
    if finding.verdict is None and finding.cause and finding.cause in _DEAD:
        return Verdict(answer=Answer.TOKEN, reason=_DEAD[finding.cause])
    return finding.verdict


def fault_of_pixel_id(pixel_id: str) -> Cause | None:
    """Return what is wrong with the form of a saved pixel id, if anything."""
    if not pixel_id:
        return Cause.NO_PIXEL
    return None if is_pixel_id(pixel_id) else Cause.MALFORMED_PIXEL


def judge_token(facts: TokenFacts) -> ConnectionFinding | None:
    """Return the finding if the vendor reports the token as dead, else `None`."""
    if facts.is_valid is not False:
        return None
    cause = Cause.EXPIRED_TOKEN if facts.is_expired else Cause.INVALID_TOKEN
    return ConnectionFinding(cause=cause, expires_at=facts.expires_at if facts.is_expired else None)


def judge_test(
    probed: ConnectionTestAnswer, *, pixel_id: str, facts: TokenFacts
) -> ConnectionFinding:
    """Return the finding after the probe was answered, or its answer was lost."""
    cause = _cause(probed, pixel_id=pixel_id, facts=facts)
    says_when = cause in {None, Cause.EXPIRED_TOKEN}
    return ConnectionFinding(
        cause=cause,
        expires_at=facts.expires_at if says_when else None,
        verdict=probed.verdict,
    )


def _cause(probed: ConnectionTestAnswer, *, pixel_id: str, facts: TokenFacts) -> Cause | None:
    match probed.verdict.answer:
        case Answer.ACCEPTED:
            return None
        case Answer.TRANSIENT:
            return Cause.NO_ANSWER
        case Answer.THROTTLED:
            return Cause.THROTTLED
        case Answer.PERMANENT:
            return Cause.REFUSED_EVENT
        case Answer.TOKEN:
            return _refused(probed.objection, pixel_id=pixel_id, facts=facts)


def _refused(objection: Objection | None, *, pixel_id: str, facts: TokenFacts) -> Cause:
    """Return why the token was refused; the list of its pixels separates two causes."""
    if objection is Objection.EXPIRED_TOKEN:
        return Cause.EXPIRED_TOKEN
    if objection is Objection.INVALID_TOKEN:
        return Cause.INVALID_TOKEN
    if objection is Objection.PROOF_REQUIRED:
        return Cause.PROOF_REQUIRED
    if facts.pixel_ids is not None:
        is_ours = pixel_id in facts.pixel_ids
        return Cause.NO_PERMISSION if is_ours else Cause.OTHER_PIXELS_TOKEN
    is_unknown = objection is Objection.UNKNOWN_PIXEL
    return Cause.UNKNOWN_PIXEL if is_unknown else Cause.NO_PERMISSION
