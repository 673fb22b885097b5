from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from service.local.issuer import LocalIssuer
from tests.builders import NOW

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class TestATokenOfOurOwn:
    @pytest.mark.parametrize("minutes", [0, 1, 2.9, 3, 4, 60, -1])
    def test_holds_for_two_minutes_at_least(self, minutes: float) -> None:
        times = iter([NOW, later := NOW + timedelta(minutes=minutes)])
        issuer = LocalIssuer(KEY, audience="here", clock=lambda: next(times))
        issuer.mint()

        claims = jwt.decode(issuer.mint(), options={"verify_signature": False})
        issued_at, until = claims["iat"], claims["exp"]
        assert issued_at <= later.timestamp()
        assert until - later.timestamp() >= 120

    def test_serves_many_calls(self) -> None:
        issuer = LocalIssuer(KEY, audience="here", clock=lambda: NOW)

        assert issuer.mint() is issuer.mint()
