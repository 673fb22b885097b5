"""The rate limiters and bulkheads of one process."""

from dataclasses import dataclass, field
from datetime import timedelta

from service.infra.bulkhead import Bulkhead
from service.infra.rate_limiter import RateLimiter
from service.infra.recent_times import RecentTimes

_SECOND = timedelta(seconds=1)
# Meta answers within a second when it is well. A slow pixel gets only two threads at once, since
# the server has 16 of them for all wineries (gunicorn.conf.py).
_SENDS_TO_A_SLOW_PIXEL = 2
_SLOW, _SLOW_FOR = 1.5 * _SECOND, timedelta(minutes=1)
# All shops share one Commerce7, where a look-up may take nine seconds. This leaves half of the
# queue's concurrent calls for sends, even when Commerce7 hangs.
_SHOP_LOOKUPS = 4
# Of these, look-ups that strangers may have caused never get more than two.
_BACKGROUND_LOOKUPS = 2
# An export holds its thread for as long as the browser takes to download it.
_EXPORTS = 3


# Half of the look-ups, so that installs which strangers invent leave the others room.
_ACCESS_CHECKS = 2


def _unproven() -> RateLimiter:
    return RateLimiter(burst=60, interval=_SECOND)


def _reports_of_a_winery() -> RateLimiter:
    return RateLimiter(burst=10, interval=5 * _SECOND)


def _alarms() -> RateLimiter:
    return RateLimiter(burst=5, interval=60 * _SECOND)


def _session_checks() -> RateLimiter:
    return RateLimiter(burst=30, interval=2 * _SECOND)


def _test_requests() -> RateLimiter:
    # Enough for every button of both panels in a row, and at most 20 in any minute.
    return RateLimiter(burst=12, interval=7.5 * _SECOND)


def _sends() -> Bulkhead:
    return Bulkhead(limit=_SENDS_TO_A_SLOW_PIXEL, slow=_SLOW, memory=_SLOW_FOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessLimits:
    """The rate limiters and bulkheads of one process.

    Rate limiters: `unproven_webhooks` (per winery), `unproven_installs` (per caller's network) and
    `repeated_installs` (per winery, installs and uninstalls apart) limit calls without our login.
    `session_checks` (per caller's address) limits how often Commerce7 is asked to confirm a user.
    `test_requests` (per winery) limits connection tests and test events.
    `alarms` (per name) limits the operator's alarms that callers can cause.

    Bulkheads: `sends` (per pixel), `shop_lookups`, `background_lookups` (those that strangers may
    have caused) and `access_checks` (both within `shop_lookups`), and `exports`; all but the first
    for all wineries together.

    `refused_installs` remembers when Commerce7 refused us for a winery that is not installed.
    """

    unproven_webhooks: RateLimiter = field(default_factory=_unproven)
    unproven_installs: RateLimiter = field(default_factory=_unproven)
    repeated_installs: RateLimiter = field(default_factory=_reports_of_a_winery)
    alarms: RateLimiter = field(default_factory=_alarms)
    session_checks: RateLimiter = field(default_factory=_session_checks)
    test_requests: RateLimiter = field(default_factory=_test_requests)
    sends: Bulkhead = field(default_factory=_sends)
    shop_lookups: Bulkhead = field(default_factory=lambda: Bulkhead.at_most(_SHOP_LOOKUPS))
    background_lookups: Bulkhead = field(
        default_factory=lambda: Bulkhead.at_most(_BACKGROUND_LOOKUPS)
    )
    access_checks: Bulkhead = field(default_factory=lambda: Bulkhead.at_most(_ACCESS_CHECKS))
    exports: Bulkhead = field(default_factory=lambda: Bulkhead.at_most(_EXPORTS))
    refused_installs: RecentTimes = field(default_factory=RecentTimes)
