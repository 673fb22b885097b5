"""Signed sessions: the tokens by which the dashboard's requests name their user."""

from collections.abc import Sequence

import msgspec
from itsdangerous import BadData

from service.domain.tenants.session import Session
from service.infra.signed_texts import serializer
from service.ports import NoSessionError

# Binds the signature to its purpose: text that the keys sign for another one is no session.
_AUDIENCE = "1pixel.dashboard.session"
_LONGEST = 4096
_SESSION = msgspec.json.Decoder(Session)


class SignedSessions:
    """Port `Sessions`. The first key signs, every key verifies."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._serializer = serializer(keys, purpose=_AUDIENCE)

    def sign(self, session: Session) -> str:
        """Return the session as signed text."""
        return self._serializer.dumps(msgspec.to_builtins(session))

    def read(self, text: str) -> Session:
        """Return the session in this text. Its expiry is not checked here.

        Raises:
            NoSessionError: the text is not ours, or not a session.
        """
        if len(text) > _LONGEST:
            raise NoSessionError("this is no session of ours")
        try:
            return _SESSION.decode(msgspec.json.encode(self._serializer.loads(text)))
        except (BadData, msgspec.ValidationError, UnicodeError) as error:
            raise NoSessionError("this is no session of ours") from error
