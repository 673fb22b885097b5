"""Fates of a winery: dead tokens, new pixels, switched-off events, uninstalls and so on."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.event import EventName
from service.domain.events.reason import Reason
from service.domain.shop.public_settings import Shop
from service.domain.tenants.tenant import Role
from tests.sim.client import Client
from tests.sim.instance import Fleet
from tests.sim.loop import Loop
from tests.sim.meta import Pixel, SimMeta
from tests.sim.office import Office
from tests.sim.shop import Winery

DAY = 86400.0
DOMAIN = "shop.example.com"
TOLD = Shop(name="Anything Winery", currency="USD", domain=DOMAIN)
"""What a shop tells of itself."""

_BROKEN = Verdict(answer=Answer.TRANSIENT, reason=Reason.META_UNABLE, code=1)


@dataclass
class Stage:
    """The parts of the simulation that a fate may change."""

    loop: Loop
    rng: Random
    meta: SimMeta
    wineries: dict[str, Winery]
    fleet: Callable[[], Fleet]
    office: Office
    span: float

    def later(self, most: float, act: Callable[[], object]) -> float:
        """Schedule this at a random time within `most` seconds, and return after how many."""
        seconds = most * self.rng.random()
        self.loop.after(seconds, act)
        return seconds


def calm(_client: Client, _stage: Stage) -> None:
    """Do nothing."""


def dead_token(client: Client, stage: Stage) -> None:
    """Invalidate a token; the winery enters a new one some time later."""
    role = stage.rng.choice(client.settings.roles())
    death = stage.later(stage.span, lambda: setattr(_pixel(client, role, stage), "token", None))
    repair = death + stage.rng.choice((60.0, 3600.0, DAY, 4 * DAY)) * stage.rng.random()
    stage.loop.after(repair, lambda: stage.office.reconnect(client, role))


def lost_token(client: Client, stage: Stage) -> None:
    """Invalidate a token; the winery never enters a new one."""
    client.is_reliable = False
    stage.later(stage.span, lambda: _kill_tokens(client, stage))


def recovering_token(client: Client, stage: Stage) -> None:
    """Make Meta refuse a valid token for a while."""
    role = stage.rng.choice(client.settings.roles())
    token = client.tokens[role]
    start = stage.span * stage.rng.random()
    end = start + stage.rng.choice((600.0, DAY)) * stage.rng.random()
    stage.loop.after(start, lambda: setattr(_pixel(client, role, stage), "token", None))
    stage.loop.after(end, lambda: setattr(_pixel(client, role, stage), "token", token))
    client.healed_at = stage.loop.now + timedelta(seconds=end)


def broken_pixel(client: Client, stage: Stage) -> None:
    """Make a pixel answer with errors for a long time."""
    role = stage.rng.choice(client.settings.roles())
    start = stage.span * stage.rng.random()
    end = start + stage.rng.choice((1200.0, DAY, 9 * DAY)) * stage.rng.random()
    pixel = _pixel(client, role, stage)
    stage.loop.after(start, lambda: setattr(pixel, "broken", lambda: _BROKEN))
    stage.loop.after(end, lambda: setattr(pixel, "broken", lambda: None))
    client.healed_at = stage.loop.now + timedelta(seconds=end)


def moved_pixel(client: Client, stage: Stage) -> None:
    """Replace a pixel of the winery by another one with its own token."""
    role = stage.rng.choice(client.settings.roles())
    client.is_reliable = False  # which of the two got an event depends on the moment
    for _ in range(stage.rng.randint(1, 3)):
        stage.later(stage.span, lambda: stage.office.move(client, role))


def holiday(client: Client, stage: Stage) -> None:
    """Switch an event, or all events, off and later on again."""
    client.is_reliable = False
    is_all = stage.rng.random() < 0.5

    def off() -> None:
        events = {**client.settings.events, EventName.PURCHASE: False}
        changed = replace(client.settings, enabled=not is_all, events=events)
        stage.office.configure(client, changed)

    def on() -> None:
        events = dict.fromkeys(EventName, True)
        stage.office.configure(client, replace(client.settings, enabled=True, events=events))

    start = stage.later(stage.span, off)
    stage.loop.after(start + stage.span * stage.rng.random(), on)


def second_pixel(client: Client, stage: Stage) -> None:
    """Add the secondary pixel, or remove it."""
    client.is_reliable = False
    has_two = Role.SECONDARY in client.settings.roles()
    act = stage.office.remove if has_two else stage.office.move
    stage.later(stage.span, lambda: act(client, Role.SECONDARY))


def unknown_shop(client: Client, stage: Stage) -> None:
    """Omit currency and address from the shop's public settings for a while."""
    client.settings = replace(client.settings, currency=None, shop_domains=())
    winery = stage.wineries[client.tenant_id]
    winery.facts = Shop(name="Anything Winery")
    known = stage.rng.choice((600.0, DAY)) * stage.rng.random()
    if stage.rng.random() < 0.5:
        winery.silent_until = stage.loop.now + timedelta(seconds=known)
        winery.facts = TOLD
        client.healed_at = winery.silent_until
        return
    # Public settings are kept for a day; then the service reads them again.
    stage.loop.after(known, lambda: setattr(winery, "facts", TOLD))
    client.healed_at = stage.loop.now + timedelta(seconds=known + DAY + 1800)


def uninstall(client: Client, stage: Stage) -> None:
    """Uninstall the app."""
    client.is_reliable = client.stays = False
    winery = stage.wineries[client.tenant_id]

    def leave() -> None:
        winery.admits = False
        _tell_uninstall(client, stage)

    stage.later(stage.span, leave)


def false_alarm(client: Client, stage: Stage) -> None:
    """Send a false uninstall call, while Commerce7's API does not answer."""
    winery = stage.wineries[client.tenant_id]

    def tell() -> None:
        winery.silent_until = stage.loop.now + timedelta(seconds=silence)
        _tell_uninstall(client, stage)

    silence = stage.rng.choice((0.0, 600.0, DAY)) * stage.rng.random()
    start = stage.later(stage.span, tell)
    client.healed_at = stage.loop.now + timedelta(seconds=start + silence + 3600)


FATES: Mapping[str, tuple[int, Callable[[Client, Stage], None]]] = {
    "calm": (6, calm),
    "dead token": (6, dead_token),
    "lost token": (1, lost_token),
    "recovering token": (2, recovering_token),
    "broken pixel": (3, broken_pixel),
    "moved pixel": (2, moved_pixel),
    "holiday": (2, holiday),
    "second pixel": (2, second_pixel),
    "unknown shop": (2, unknown_shop),
    "uninstall": (1, uninstall),
    "false alarm": (2, false_alarm),
}
"""Every fate, with its weight in the random choice."""


def _pixel(client: Client, role: Role, stage: Stage) -> Pixel:
    return stage.meta.pixels[client.settings.pixel_of(role)]


def _kill_tokens(client: Client, stage: Stage) -> None:
    for role in client.settings.roles():
        _pixel(client, role, stage).token = None


def _tell_uninstall(client: Client, stage: Stage) -> None:
    body = json.dumps({"tenantId": client.tenant_id}).encode()

    def heard(status: int | None, _answer: bytes) -> None:
        if status != 200:
            stage.loop.after(60, lambda: _tell_uninstall(client, stage))

    stage.fleet().post("/auth/uninstall", body, login="", heard=heard)
