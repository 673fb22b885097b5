"""Limits of the questions to Commerce7 about who opens the dashboard.

Anyone can cause such a question in any winery's name, with an invented account token. So people
whom Commerce7 has confirmed before, and those who renew a session, have limits of their own, which
a stranger cannot use up (docs/adr/0012-sessions-live-in-the-page.md).
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum

from msgspec import Struct

from service.commerce7.account_token import claimed_user, may_be_account_token
from service.domain.tenants.session import Session
from service.infra.keyed_hash import KeyedHash
from service.usecases.tenants.open_session import NoSession
from service.web.request.caller import client_network
from service.web.request.current import limits, now, settings
from service.web.request.room import take_place


class NotAsked(StrEnum):
    """Why Commerce7 was not asked; the values are for the log."""

    TOO_MANY = "asked too often"
    BUSY = "others are being asked about"


class _Question(Struct, frozen=True, kw_only=True):
    """Keyed hashes of what a question is about: the token, and the user that it claims."""

    tenant_id: str
    token: str
    user: str | None
    renews: bool

    @property
    def person(self) -> str | None:
        """Return the key of a person who was confirmed before; `None` for a stranger."""
        if self.renews:
            return self.user
        known = (key for key in (self.user, self.token) if key)
        return next((key for key in known if limits().confirmed.knows(key, now=now())), None)


def check_staff(
    tenant_id: str,
    account_token: str,
    ask: Callable[[], Session | NoSession],
    *,
    renewed: Session | None = None,
) -> Session | NoSession | NotAsked:
    """Return the answer of `ask`, which asks Commerce7, if that is within the limits.

    `renewed` is the valid session that is to be renewed. A text that can be no account token, and
    one that Commerce7 refused within the last minute, are refused without asking.
    """
    question = _question(tenant_id, account_token, renewed)
    if not may_be_account_token(account_token):
        return NoSession.UNAUTHORIZED
    if limits().refused.knows(question.token, now=now()):
        return NoSession.UNAUTHORIZED
    person = question.person
    with _thread(is_stranger=person is None) as is_free:
        if not is_free:
            return NotAsked.BUSY
        if _is_over_limit(question, person):
            return NotAsked.TOO_MANY
        answer = ask()
    _remember(question, answer)
    return answer


def _question(tenant_id: str, account_token: str, renewed: Session | None) -> _Question:
    user = renewed.staff.id if renewed else claimed_user(account_token)
    return _Question(
        tenant_id=tenant_id,
        token=_hash("token", tenant_id, account_token),
        user=_hash("user", tenant_id, user) if user else None,
        renews=renewed is not None,
    )


@contextmanager
def _thread(*, is_stranger: bool) -> Iterator[bool]:
    """Hold one of the threads for questions, if one is free; yield whether it was."""
    wanted = [limits().staff_checks, *([limits().strangers_checks] if is_stranger else [])]
    with ExitStack() as held:
        yield all(take_place(each, held) for each in wanted)


def _is_over_limit(question: _Question, person: str | None) -> bool:
    if person:
        return limits().known_staff.retry_after(person, now=now()) is not None
    # The caller's own limit first, so that a refused caller spends nothing of the winery's.
    spent = ((limits().session_checks, client_network()), (limits().strangers, question.tenant_id))
    return any(limiter.retry_after(key, now=now()) for limiter, key in spent)


def _remember(question: _Question, answer: Session | NoSession) -> None:
    if answer is NoSession.UNAUTHORIZED:
        limits().confirmed.forget(question.token)
        limits().refused.note(question.token, now=now())
    if isinstance(answer, Session):
        confirmed = _hash("user", question.tenant_id, answer.staff.id)
        for key in (question.token, confirmed):
            limits().confirmed.note(key, now=now())


def _hash(*parts: str) -> str:
    return KeyedHash(settings().session_keys[0], purpose="1pixel.staff-check").of(*parts)
