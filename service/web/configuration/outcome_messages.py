"""What a save has brought, in words: the connection, and the events that waited for it."""

from msgspec import Struct

from service.domain.tenants.connection import Cause, ConnectionFinding
from service.domain.tenants.tenant import Role
from service.usecases.tenants.follow_waiting import MOST_FOLLOWED, Followed
from service.web.configuration.connection_messages import GOOD, WARN, connection_result


class Outcome(Struct, frozen=True, kw_only=True):
    """One sentence about a save; a `tone` other than good stays until the next action."""

    tone: str
    sentence: str


NO_MAIL = "No e-mail can be sent yet, because e-mail is not set up for 1Pixel. Contact support."
"""What a save says of an address or a report where the service has no mail server."""

_PREFIX = {Role.PRIMARY: "", Role.SECONDARY: "Secondary pixel: "}
_UNTESTED = {
    Cause.NO_ANSWER: "The connection is not tested yet, because Meta did not respond. "
    "Test it in a minute.",
    Cause.THROTTLED: "The connection is not tested yet, because Meta is limiting requests. "
    "Test it in five minutes.",
}


def connection_outcome(role: Role, finding: ConnectionFinding) -> Outcome:
    """Return what the connection test after a save has found."""
    result = connection_result(finding)
    if finding.is_verified:
        name = finding.pixel_name or f"the {role} pixel"
        sentence = f"Connected to {name}."
    elif finding.cause in _UNTESTED:
        sentence = _UNTESTED[finding.cause]
    else:
        sentence = f"Not connected: {result.title}."
    return Outcome(tone=result.tone, sentence=_PREFIX[role] + sentence)


def untested_outcome(role: Role) -> Outcome:
    """Return the outcome where the service was asked for too many tests."""
    sentence = "The connection is not tested yet. Test it in a minute."
    return Outcome(tone=WARN, sentence=_PREFIX[role] + sentence)


def waiting_outcome(followed: Followed, *, is_more: bool, is_over: bool) -> Outcome:
    """Return what has become of the events that waited.

    With `is_more` there are more than are followed; if it `is_over`, no more is to be expected.
    """
    if is_more:
        return Outcome(tone=GOOD, sentence=f"Sending more than {MOST_FOLLOWED} waiting events.")
    if followed.sent == followed.total:
        sentence = f"{_events(followed.total)} sent." if followed.total else ""
        return Outcome(tone=GOOD, sentence=sentence)
    if not is_over:
        return Outcome(tone=GOOD, sentence=f"Sending {_events(followed.total)} …")
    sent = f"{followed.sent} of {_events(followed.total)} sent. " if followed.sent else ""
    return Outcome(tone=WARN, sentence=sent + _left(followed.under_way + followed.left))


def _events(number: int) -> str:
    return f"{number} waiting event{'' if number == 1 else 's'}"


def _left(number: int) -> str:
    events = "1 event is" if number == 1 else f"{number} events are"
    return f"{events} still not sent. See the reason in the Event Log."
