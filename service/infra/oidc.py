"""Verification of the OIDC tokens with which Cloud Tasks and Cloud Scheduler call our handlers.

Reference: Google Cloud, "Create HTTP target tasks". Headers such as `X-CloudTasks-TaskName`
prove nothing, since any client can send them; only the token's signature does.
"""

from collections.abc import Callable

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from service.ports import NotAllowedCallerError, NotOurQueueError

ALGORITHM = "RS256"
_CLOCK_SKEW_SECONDS = 30


class OidcCallers:
    """Port `Callers`: checks signature, issuer, audience, expiry and the account's e-mail."""

    def __init__(
        self,
        *,
        issuers: tuple[str, ...],
        audience: str,
        account: str,
        key_for: Callable[[str], RSAPublicKey],
    ) -> None:
        """`key_for` returns the issuer's public key for the id in a token's header."""
        self._issuers = issuers
        self._audience = audience
        self._account = account
        self._key_for = key_for

    def verify(self, token: str) -> None:
        """Return if the token belongs to our queue's account.

        Raises:
            NotOurQueueError: the token is missing, forged, expired, or made for another audience.
            NotAllowedCallerError: the token is genuine, but belongs to another account.
        """
        try:
            key_id = str(jwt.get_unverified_header(token).get("kid", ""))
            claims = jwt.decode(
                token,
                self._key_for(key_id),
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuers,
                leeway=_CLOCK_SKEW_SECONDS,
                options={"require": ["exp", "iat", "aud", "iss", "email"]},
            )
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            # The message does not name the cause, which would help a forger.
            raise NotOurQueueError("the caller's token does not hold") from error
        if claims["email"] != self._account or claims.get("email_verified") is not True:
            raise NotAllowedCallerError("this account may not call the task handlers")
