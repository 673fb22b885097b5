"""The rate limiters, bulkheads and memories of one process."""

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from threading import BoundedSemaphore

from msgspec import Struct, field

from service.domain.tenants.session import SESSION_FOR
from service.infra.bulkhead import Bulkhead
from service.infra.rate_limiter import RateLimiter
from service.infra.recent_keys import RecentKeys
from service.infra.shared_answer import SharedAnswer

_SECOND = timedelta(seconds=1)
# Meta answers within a second when it is well. A slow pixel gets only two threads at once, since
# the server has 16 of them for all wineries (gunicorn.conf.py).
_SENDS_TO_A_SLOW_PIXEL = 2
_SLOW, _SLOW_FOR = 1.5 * _SECOND, timedelta(minutes=1)
# All shops share one Commerce7, where a look-up may take nine seconds. This leaves half of the
# queues' concurrent calls (deploy/setup.sh) for sends, even when Commerce7 hangs.
_SHOP_LOOKUPS = 4
# Of these, look-ups that strangers may have caused never get more than two.
_BACKGROUND_LOOKUPS = 2
# Meta may take eight seconds for each of four questions about match quality and offline events.
_QUALITY_READS = 3
# An export holds its thread for as long as the browser takes to download it.
_EXPORTS = 3
# Questions about staff take up to nine seconds each when Commerce7 hangs. One of the four threads
# is kept for people whom it has confirmed before, so that strangers cannot take all of them.
_STAFF_CHECKS, _STRANGERS_CHECKS = 4, 3
# Longer than a day's work, in which the same people open the dashboard again and again.
_CONFIRMED_FOR, _REFUSED_FOR = timedelta(hours=12), timedelta(minutes=1)
_MOST_KEYS = 10_000
_SIGNAL_KEPT_FOR = timedelta(minutes=1)
_BROWSER_KNOWN_FOR = timedelta(days=1)
_INSTALL_REFUSED_FOR = timedelta(days=1)


# Half of the look-ups, so that installs which strangers invent leave the others room.
_ACCESS_CHECKS = 2


class Ping(Struct, frozen=True):
    """What a port answered to a ping, and after how many seconds."""

    answer: str
    seconds: float


def _unproven() -> RateLimiter:
    return RateLimiter(burst=60, interval=_SECOND)


def _reports_of_a_winery() -> RateLimiter:
    return RateLimiter(burst=10, interval=5 * _SECOND)


def _alarms() -> RateLimiter:
    return RateLimiter(burst=5, interval=60 * _SECOND)


def _session_checks() -> RateLimiter:
    return RateLimiter(burst=30, interval=2 * _SECOND)


def _strangers() -> RateLimiter:
    # At most 27 in any minute: Commerce7 allows 100, of which our look-ups may take 90.
    return RateLimiter(burst=15, interval=5 * _SECOND)


def _readiness() -> SharedAnswer[Mapping[str, Ping]]:
    return SharedAnswer(kept_for=_SECOND)


def _test_requests() -> RateLimiter:
    # Enough for every button of both panels in a row, and at most 20 in any minute.
    return RateLimiter(burst=12, interval=7.5 * _SECOND)


def _shop_questions() -> RateLimiter:
    # At most 14 in any minute, of the 96 requests that a winery may have at Commerce7.
    return RateLimiter(burst=8, interval=10 * _SECOND)


def _beacons() -> RateLimiter:
    # A person clicks less than twice a second; a family or an office shares an address.
    return RateLimiter(burst=120, interval=_SECOND / 2)


def _tenant_beacons() -> RateLimiter:
    return RateLimiter(burst=1200, interval=_SECOND / 20)


def _refused_sites() -> RateLimiter:
    return RateLimiter(burst=1, interval=600 * _SECOND)


def _recent(kept_for: timedelta) -> RecentKeys:
    return RecentKeys(kept_for=kept_for, most=_MOST_KEYS)


def _sends() -> Bulkhead:
    return Bulkhead(limit=_SENDS_TO_A_SLOW_PIXEL, slow=_SLOW, memory=_SLOW_FOR)


class ProcessLimits(Struct, frozen=True, kw_only=True):
    """The rate limiters, bulkheads and memories of one process.

    Rate limiters: `unproven_webhooks` (per winery), `unproven_installs` (per caller's network) and
    `repeated_installs` (per winery, installs and uninstalls apart) limit calls without our login.
    How often Commerce7 is asked to confirm a user is limited by `session_checks` (per caller's
    network) and `strangers` (per winery) for people whom it has not confirmed before, and by
    `known_staff` (per person) for the others. `test_requests` (per winery) limits connection tests
    and test events, and `shop_questions` (per winery) how often staff have Commerce7 asked: for an
    order, or whose waiting events are. `beacons` (per caller's network) and `tenant_beacons` limit
    the storefront's hits, and `refused_sites` (per winery and host) how often a refused site is
    recorded. `alarms` (per name) limits the log lines that callers can cause.

    Threads that a slow party may hold: `sends` (per pixel); and for all wineries together
    `shop_lookups`, of which `background_lookups` (those that strangers may have caused) and
    `access_checks` are parts, `exports`, `quality_reads` (questions to Meta about match quality),
    and `staff_checks`, of which `strangers_checks` are those for people not confirmed before.

    Memories: `confirmed` and `refused` account tokens and `ended` sessions, as keyed hashes;
    `kept_signals`, the keys of browser signals that were written a moment ago;
    `browsers`, hashes of user agents that are no crawler's;
    `refused_installs`, the wineries for which Commerce7 refused us while none was installed; and
    `readiness`, the last answer of `/readyz`.
    """

    unproven_webhooks: RateLimiter = field(default_factory=_unproven)
    unproven_installs: RateLimiter = field(default_factory=_unproven)
    repeated_installs: RateLimiter = field(default_factory=_reports_of_a_winery)
    alarms: RateLimiter = field(default_factory=_alarms)
    session_checks: RateLimiter = field(default_factory=_session_checks)
    strangers: RateLimiter = field(default_factory=_strangers)
    known_staff: RateLimiter = field(default_factory=_session_checks)
    test_requests: RateLimiter = field(default_factory=_test_requests)
    shop_questions: RateLimiter = field(default_factory=_shop_questions)
    beacons: RateLimiter = field(default_factory=_beacons)
    tenant_beacons: RateLimiter = field(default_factory=_tenant_beacons)
    refused_sites: RateLimiter = field(default_factory=_refused_sites)
    sends: Bulkhead = field(default_factory=_sends)
    shop_lookups: BoundedSemaphore = field(default_factory=partial(BoundedSemaphore, _SHOP_LOOKUPS))
    background_lookups: BoundedSemaphore = field(
        default_factory=partial(BoundedSemaphore, _BACKGROUND_LOOKUPS)
    )
    access_checks: BoundedSemaphore = field(
        default_factory=partial(BoundedSemaphore, _ACCESS_CHECKS)
    )
    exports: BoundedSemaphore = field(default_factory=partial(BoundedSemaphore, _EXPORTS))
    quality_reads: BoundedSemaphore = field(
        default_factory=partial(BoundedSemaphore, _QUALITY_READS)
    )
    staff_checks: BoundedSemaphore = field(default_factory=partial(BoundedSemaphore, _STAFF_CHECKS))
    strangers_checks: BoundedSemaphore = field(
        default_factory=partial(BoundedSemaphore, _STRANGERS_CHECKS)
    )
    confirmed: RecentKeys = field(default_factory=lambda: _recent(_CONFIRMED_FOR))
    kept_signals: RecentKeys = field(default_factory=lambda: _recent(_SIGNAL_KEPT_FOR))
    browsers: RecentKeys = field(default_factory=lambda: _recent(_BROWSER_KNOWN_FOR))
    refused: RecentKeys = field(default_factory=lambda: _recent(_REFUSED_FOR))
    ended: RecentKeys = field(default_factory=lambda: _recent(SESSION_FOR))
    readiness: SharedAnswer[Mapping[str, Ping]] = field(default_factory=_readiness)
    refused_installs: RecentKeys = field(default_factory=lambda: _recent(_INSTALL_REFUSED_FOR))
