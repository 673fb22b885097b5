from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from service.infra.oidc import OidcCallers
from service.local.issuer import ACCOUNT, ISSUER, LocalIssuer
from service.ports import NotAllowedCallerError, NotOurQueueError
from tests.rsa_keys import ANOTHER, OURS

AUDIENCE = "http://localhost:8080/tasks"
KEY, STRANGER = OURS, ANOTHER


def now() -> datetime:
    return datetime.now(UTC)


ISSUED_BY_US = LocalIssuer(KEY, audience=AUDIENCE, clock=now)
CALLERS = OidcCallers(
    issuers=(ISSUER,), audience=AUDIENCE, account=ACCOUNT, key_for=ISSUED_BY_US.key_for
)


def a_token(*, key: rsa.RSAPrivateKey = KEY, kid: str = "local", **changes: object) -> str:
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "email": ACCOUNT,
        "email_verified": True,
        "iat": now(),
        "exp": now() + timedelta(hours=2),  # a long test run uses it long after it was made
    }
    return jwt.encode(claims | changes, key, algorithm="RS256", headers={"kid": kid})


class TestVerify:
    def test_accepts_our_queue(self) -> None:
        CALLERS.verify(ISSUED_BY_US.mint())
        CALLERS.verify(a_token())

    def test_forgives_a_clock_that_is_a_little_off(self) -> None:
        CALLERS.verify(a_token(exp=now() - timedelta(seconds=15)))
        CALLERS.verify(a_token(iat=now() + timedelta(seconds=15)))
        with pytest.raises(NotOurQueueError):
            CALLERS.verify(a_token(exp=now() - timedelta(seconds=31)))

    @pytest.mark.parametrize("claim", ["exp", "iat", "aud", "iss", "email"])
    def test_refuses_a_token_without_a_claim(self, claim: str) -> None:
        claims = jwt.decode(a_token(), options={"verify_signature": False})
        del claims[claim]
        token = jwt.encode(claims, KEY, algorithm="RS256", headers={"kid": "local"})
        with pytest.raises(NotOurQueueError):
            CALLERS.verify(token)

    @pytest.mark.parametrize(
        "token",
        [
            "",
            "nonsense",
            a_token(key=STRANGER),
            a_token(kid="another"),
            a_token(iss="https://accounts.example"),
            a_token(aud="http://localhost:8080"),
            a_token(exp=now() - timedelta(minutes=1)),
            a_token(iat=now() + timedelta(hours=1)),
            a_token(email=None),
            a_token().rsplit(".", 1)[0] + ".",
            a_token().rsplit(".", 1)[0] + ".SIGNATURE_REMOVED_BY_GOOGLE",
            jwt.encode({"iss": ISSUER, "aud": AUDIENCE}, "", algorithm="none"),
            jwt.encode({"iss": ISSUER, "aud": AUDIENCE}, "x" * 32, headers={"kid": "local"}),
        ],
    )
    def test_refuses_invalid_tokens(self, token: str) -> None:
        with pytest.raises(NotOurQueueError):
            CALLERS.verify(token)

    @pytest.mark.parametrize(
        "token",
        [
            a_token(email="other@issuer.localhost"),
            a_token(email_verified=False),
            a_token(email_verified="true"),
            a_token(email_verified=None),
        ],
    )
    def test_refuses_other_accounts(self, token: str) -> None:
        with pytest.raises(NotAllowedCallerError):
            CALLERS.verify(token)

    def test_refuses_a_token_after_five_minutes(self) -> None:
        earlier = LocalIssuer(KEY, audience=AUDIENCE, clock=lambda: now() - timedelta(minutes=6))
        with pytest.raises(NotOurQueueError):
            CALLERS.verify(earlier.mint())
