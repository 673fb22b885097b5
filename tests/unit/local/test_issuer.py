from datetime import timedelta

import jwt
import pytest

from service.local.issuer import LocalIssuer
from tests.builders import NOW
from tests.rsa_keys import OURS


class TestATokenOfOurOwn:
    @pytest.mark.parametrize("minutes", [0, 1, 2.9, 3, 4, 60, -1])
    def test_holds_for_two_minutes_at_least(self, minutes: float) -> None:
        times = iter([NOW, later := NOW + timedelta(minutes=minutes)])
        issuer = LocalIssuer(OURS, audience="here", clock=lambda: next(times))
        issuer.mint()

        claims = jwt.decode(issuer.mint(), options={"verify_signature": False})
        issued_at, until = claims["iat"], claims["exp"]
        assert issued_at <= later.timestamp()
        assert until - later.timestamp() >= 120

    def test_serves_many_calls(self) -> None:
        issuer = LocalIssuer(OURS, audience="here", clock=lambda: NOW)

        assert issuer.mint() is issuer.mint()
