"""Scenarios of a winery: invalid tokens, new pixels, switched-off events, uninstalls and so on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from service.domain.copies import replace
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.shop.public_settings import Shop
from service.domain.tenants.tenant import Role
from tests.sim.commerce7 import Commerce7Account
from tests.sim.instance import Fleet
from tests.sim.loop import Loop
from tests.sim.meta import SimMeta, SimPixel
from tests.sim.staff import SimStaff
from tests.sim.tenant import SimTenant

DAY = 86400.0
DOMAIN = "shop.example.com"
SHOP = Shop(name="Anything Winery", currency="USD", domain=DOMAIN)
"""The public settings of a shop."""

_FAILING = Verdict(answer=Answer.TRANSIENT, reason=Reason.META_UNABLE, code=1)


@dataclass
class ScenarioContext:
    """The parts of the simulation that a scenario may change."""

    loop: Loop
    rng: Random
    meta: SimMeta
    accounts: dict[str, Commerce7Account]
    fleet: Callable[[], Fleet]
    staff: SimStaff
    span: float

    def call_within(self, most: float, act: Callable[[], object]) -> float:
        """Schedule this at a random time within `most` seconds, and return after how many."""
        seconds = most * self.rng.random()
        self.loop.call_later(seconds, act)
        return seconds


def undisturbed(_tenant: SimTenant, _context: ScenarioContext) -> None:
    """Do nothing."""


def expired_token(tenant: SimTenant, context: ScenarioContext) -> None:
    """Invalidate a token; the winery enters a new one some time later."""
    role = context.rng.choice(tenant.settings.roles())
    invalidation = context.call_within(
        context.span, lambda: setattr(_pixel(tenant, role, context), "token", None)
    )
    replacement = (
        invalidation + context.rng.choice((60.0, 3600.0, DAY, 4 * DAY)) * context.rng.random()
    )
    context.loop.call_later(replacement, lambda: context.staff.save_new_token(tenant, role))


def unreplaced_token(tenant: SimTenant, context: ScenarioContext) -> None:
    """Invalidate a token; the winery never enters a new one."""
    tenant.must_deliver = False
    context.call_within(context.span, lambda: _invalidate_tokens(tenant, context))


def temporarily_refused_token(tenant: SimTenant, context: ScenarioContext) -> None:
    """Make Meta refuse a valid token for a while."""
    role = context.rng.choice(tenant.settings.roles())
    token = tenant.tokens[role]
    start = context.span * context.rng.random()
    end = start + context.rng.choice((600.0, DAY)) * context.rng.random()
    context.loop.call_later(start, lambda: setattr(_pixel(tenant, role, context), "token", None))
    context.loop.call_later(end, lambda: setattr(_pixel(tenant, role, context), "token", token))
    tenant.recovered_at = context.loop.now + timedelta(seconds=end)


def failing_pixel(tenant: SimTenant, context: ScenarioContext) -> None:
    """Make a pixel answer with errors for a long time."""
    role = context.rng.choice(tenant.settings.roles())
    start = context.span * context.rng.random()
    end = start + context.rng.choice((1200.0, DAY, 9 * DAY)) * context.rng.random()
    pixel = _pixel(tenant, role, context)
    context.loop.call_later(start, lambda: setattr(pixel, "failure", lambda: _FAILING))
    context.loop.call_later(end, lambda: setattr(pixel, "failure", lambda: None))
    tenant.recovered_at = context.loop.now + timedelta(seconds=end)


def replaced_pixel(tenant: SimTenant, context: ScenarioContext) -> None:
    """Replace a pixel of the winery by another one with its own token."""
    role = context.rng.choice(tenant.settings.roles())
    tenant.must_deliver = False  # which of the two got an event depends on the moment
    for _ in range(context.rng.randint(1, 3)):
        context.call_within(context.span, lambda: context.staff.save_new_pixel(tenant, role))


def events_switched_off(tenant: SimTenant, context: ScenarioContext) -> None:
    """Switch an event, or all events, off and later on again."""
    tenant.must_deliver = False
    is_all = context.rng.random() < 0.5

    def off() -> None:
        events = {**tenant.settings.events, EventName.PURCHASE: False}
        changed = replace(tenant.settings, enabled=not is_all, events=events)
        context.staff.save_settings(tenant, changed)

    def on() -> None:
        events = dict.fromkeys(EventName, True)
        context.staff.save_settings(tenant, replace(tenant.settings, enabled=True, events=events))

    start = context.call_within(context.span, off)
    context.loop.call_later(start + context.span * context.rng.random(), on)


def secondary_pixel_changed(tenant: SimTenant, context: ScenarioContext) -> None:
    """Add the secondary pixel, or remove it."""
    tenant.must_deliver = False
    has_two = Role.SECONDARY in tenant.settings.roles()
    act = context.staff.remove_pixel if has_two else context.staff.save_new_pixel
    context.call_within(context.span, lambda: act(tenant, Role.SECONDARY))


def unknown_shop(tenant: SimTenant, context: ScenarioContext) -> None:
    """Omit currency and address from the shop's public settings for a while."""
    tenant.settings = replace(tenant.settings, currency=None, shop_domains=())
    account = context.accounts[tenant.tenant_id]
    account.shop = Shop(name="Anything Winery")
    duration = context.rng.choice((600.0, DAY)) * context.rng.random()
    if context.rng.random() < 0.5:
        account.unavailable_until = context.loop.now + timedelta(seconds=duration)
        account.shop = SHOP
        tenant.recovered_at = account.unavailable_until
        return
    # Public settings are kept for a day; then the service reads them again.
    context.loop.call_later(duration, lambda: setattr(account, "shop", SHOP))
    tenant.recovered_at = context.loop.now + timedelta(seconds=duration + DAY + 1800)


def uninstall(tenant: SimTenant, context: ScenarioContext) -> None:
    """Uninstall the app."""
    tenant.must_deliver = False
    account = context.accounts[tenant.tenant_id]

    def uninstall_app() -> None:
        account.accepts_login = False
        _send_uninstall(tenant, context)

    context.call_within(context.span, uninstall_app)


def false_uninstall(tenant: SimTenant, context: ScenarioContext) -> None:
    """Send a false uninstall call, while Commerce7's API does not answer."""
    account = context.accounts[tenant.tenant_id]

    def send_uninstall() -> None:
        account.unavailable_until = context.loop.now + timedelta(seconds=outage)
        _send_uninstall(tenant, context)

    outage = context.rng.choice((0.0, 600.0, DAY)) * context.rng.random()
    start = context.call_within(context.span, send_uninstall)
    tenant.recovered_at = context.loop.now + timedelta(seconds=start + outage + 3600)


SCENARIOS: Mapping[str, tuple[int, Callable[[SimTenant, ScenarioContext], None]]] = {
    "undisturbed": (6, undisturbed),
    "expired token": (6, expired_token),
    "unreplaced token": (1, unreplaced_token),
    "temporarily refused token": (2, temporarily_refused_token),
    "failing pixel": (3, failing_pixel),
    "replaced pixel": (2, replaced_pixel),
    "events switched off": (2, events_switched_off),
    "secondary pixel changed": (2, secondary_pixel_changed),
    "unknown shop": (2, unknown_shop),
    "uninstall": (1, uninstall),
    "false uninstall": (2, false_uninstall),
}
"""Every scenario, with its weight in the random choice."""


def _pixel(tenant: SimTenant, role: Role, context: ScenarioContext) -> SimPixel:
    return context.meta.pixels[tenant.settings.pixel_of(role)]


def _invalidate_tokens(tenant: SimTenant, context: ScenarioContext) -> None:
    for role in tenant.settings.roles():
        _pixel(tenant, role, context).token = None


def _send_uninstall(tenant: SimTenant, context: ScenarioContext) -> None:
    body = json.dumps({"tenantId": tenant.tenant_id}).encode()

    def on_response(status: int | None, _answer: bytes) -> None:
        if status != 200:
            context.loop.call_later(60, lambda: _send_uninstall(tenant, context))

    context.fleet().post("/auth/uninstall", body, login="", on_response=on_response)
