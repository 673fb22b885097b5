"""The issuer of the local queue's caller tokens, signed with a key of this machine."""

from collections.abc import Callable
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from service.infra.oidc import ALGORITHM

ISSUER = "https://issuer.localhost"
ACCOUNT = "queue@issuer.localhost"
_KEY_ID = "local"
_LIFE = timedelta(minutes=5)
_REUSED_FOR = timedelta(minutes=3)


class LocalIssuer:
    """Makes tokens with the same claims as those that Cloud Tasks gets from Google."""

    def __init__(self, key: RSAPrivateKey, *, audience: str, clock: Callable[[], datetime]) -> None:
        self._key = key
        self._public_keys = {_KEY_ID: key.public_key()}
        self._audience = audience
        self._clock = clock
        self._minted: tuple[str, datetime] | None = None

    def mint(self) -> str:
        """Return a token that authenticates our queue for two to five minutes.

        It serves many calls, since a signature takes 0.4 ms.
        """
        now = self._clock()
        if self._minted is None or not self._minted[1] <= now < self._minted[1] + _REUSED_FOR:
            self._minted = self._signed(now), now
        return self._minted[0]

    def _signed(self, now: datetime) -> str:
        claims = {
            "iss": ISSUER,
            "aud": self._audience,
            "sub": "local-queue",
            "email": ACCOUNT,
            "email_verified": True,
            "iat": now,
            "exp": now + _LIFE,
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM, headers={"kid": _KEY_ID})

    def key_for(self, key_id: str) -> RSAPublicKey:
        """Return the public key of this id.

        Raises:
            KeyError: there is no such key.
        """
        return self._public_keys[key_id]
