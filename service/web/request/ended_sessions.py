"""Sessions that a renewal has ended before they expire.

A signed text cannot be taken back, so this process remembers for as long as one is valid. Other
processes refuse it when it expires, a quarter of an hour after Commerce7's last confirmation.
"""

from service.domain.tenants.session import Session
from service.infra.keyed_hash import KeyedHash
from service.web.request.current import limits, now, settings


def end(session: Session) -> None:
    """Refuse the session from now on: Commerce7 no longer confirms it."""
    limits().ended.note(_key(session), now=now())


def replace_by(renewed: Session, *, session: Session) -> None:
    """Let the renewed session take the place of the other, whose role may have been another."""
    limits().ended.forget(_key(renewed))
    if renewed.staff.role != session.staff.role:
        end(session)


def has_ended(session: Session) -> bool:
    """Tell whether a renewal has ended the session."""
    return limits().ended.knows(_key(session), now=now())


def _key(session: Session) -> str:
    hashes = KeyedHash(settings().session_keys[0], purpose="1pixel.ended-session")
    opened_at = str(session.opened_at.timestamp())
    return hashes.of(session.tenant_id, session.staff.id, opened_at, session.staff.role)
