"""How much this process takes of what may be asked too often, or holds a thread too long."""

from dataclasses import dataclass, field
from datetime import timedelta

from service.infra.bulkhead import Bulkhead
from service.infra.rate_limiter import RateLimiter

_SECOND = timedelta(seconds=1)
# Meta answers within a second, or is ill. A pixel that keeps us waiting gets so few threads at
# once: the server has 16 of them for all wineries (gunicorn.conf.py).
_SENDS_TO_A_SLOW_PIXEL = 2
_SLOW, _SLOW_FOR = 1.5 * _SECOND, timedelta(minutes=1)
# One Commerce7 stands behind all shops, and may keep a question waiting for nine seconds: half of
# the calls that the queue has under way are for sends, whether it hangs or not.
_SHOP_LOOKUPS = 4
# A file keeps its thread for as long as the browser takes to fetch it.
_EXPORTS = 3


def _unproven() -> RateLimiter:
    return RateLimiter(burst=60, interval=_SECOND)


def _session_checks() -> RateLimiter:
    return RateLimiter(burst=30, interval=2 * _SECOND)


def _test_requests() -> RateLimiter:
    # Every button of both panels in a row, and at most 20 in any minute.
    return RateLimiter(burst=12, interval=7.5 * _SECOND)


def _sends() -> Bulkhead:
    return Bulkhead(limit=_SENDS_TO_A_SLOW_PIXEL, slow=_SLOW, memory=_SLOW_FOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits of one process; new ones have nothing under way.

    Rate limiters: `unproven_webhooks` for each winery and `unproven_installs` for all together
    count what came without our login. `session_checks` counts, for each address, the questions to
    Commerce7 who a person is. `test_requests` counts, for each winery, what its staff have Meta
    asked by hand.

    Bulkheads: `sends` for each pixel, `shop_lookups` and `exports` for all wineries together.
    """

    unproven_webhooks: RateLimiter = field(default_factory=_unproven)
    unproven_installs: RateLimiter = field(default_factory=_unproven)
    session_checks: RateLimiter = field(default_factory=_session_checks)
    test_requests: RateLimiter = field(default_factory=_test_requests)
    sends: Bulkhead = field(default_factory=_sends)
    shop_lookups: Bulkhead = field(default_factory=lambda: Bulkhead.at_most(_SHOP_LOOKUPS))
    exports: Bulkhead = field(default_factory=lambda: Bulkhead.at_most(_EXPORTS))
