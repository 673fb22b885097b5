"""The Overview's figures in a browser: in both themes, by keyboard, and beside the tab's polls."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from playwright.sync_api import Locator, expect

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.events.event import ActionSource, CustomData, EventName
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Channel
from service.domain.tenants.counting import Counting
from service.domain.tenants.tenant import Role
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from service.local.tenants import SqliteTenants
from tests.builders import a_delivery, a_record
from tests.e2e import axe
from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.e2e.screens import take
from tests.e2e.themes import look_at
from tests.tenants import put

pytestmark = pytest.mark.browser

DAY = timedelta(days=1)
READABLE = 11
SALES = (
    (EventName.PURCHASE, Channel.POS, ("email", "first name", "last name", "postcode")),
    (EventName.PURCHASE, Channel.POS, ("email", "phone", "first name", "last name", "postcode")),
    (EventName.PURCHASE, Channel.WEB, ("email", "phone", "city", "browser id", "click id")),
    (EventName.PURCHASE, Channel.CLUB, ("email", "phone", "first name", "last name", "city")),
    (EventName.LEAD, None, ("email", "phone", "first name")),
    (EventName.PAGE_VIEW, None, ("IP address", "browser", "browser id")),
)


def a_sale(number: int, at: datetime, random: Random) -> EventRecord:
    name, channel, keys = random.choice(SALES)
    took = timedelta(seconds=random.choice((2, 3, 4, 4, 6, 9, 20, 200)))
    sent = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=at)
    record = a_record(
        tenant_id=TENANT,
        key=f"sale-{number}",
        name=name,
        channel=channel,
        object_number=str(number),
        received_at=at - took / 2,
        updated_at=at,
        occurred_at=at - took,
        action_source=ActionSource.WEBSITE,
        deliveries={Role.PRIMARY: sent},
        match_keys=keys,
        custom=CustomData(value=Money(minor=random.randint(2500, 48000), currency="USD")),
    )
    if number % 11 == 0:
        return replace(record, deliveries={}, state=Status.SKIPPED, reason=Reason.CANCELLED)
    if number % 47 == 0:
        failed = replace(sent, status=DeliveryStatus.ERROR, reason=Reason.META_UNABLE)
        return replace(record, deliveries={Role.PRIMARY: failed})
    return record


def fill(site: Site, days: int, *, each: int = 12) -> None:
    """Write the records of that many busy days, as the service has, up to now."""
    random, now = Random(7), datetime.now(UTC)
    times = [now - random.random() * days * DAY for _ in range(days * each)]
    with closing(SqliteFile(str(site.service.folder / "data" / "1pixel.db"))) as file:
        for number, at in enumerate(sorted(times), start=1):
            assert SqliteEvents(file).add(a_sale(number, at, random))
        counting = Counting(at=now + DAY, since=now - 90 * DAY)
        put(SqliteTenants(file), TENANT, counting=counting)


def figures_of(desk: Desk, title: str = "Last 7 days") -> Locator:
    found = desk.frame.locator("#figures")
    expect(found.get_by_role("heading", name=title)).to_be_visible()
    return found


def smallest_text(desk: Desk) -> float:
    """Return the height in pixels of the smallest line of text in a chart."""
    heights = "each => each.map(text => text.getBoundingClientRect().height).filter(Boolean)"
    found: list[float] = desk.frame.locator(".chart text").evaluate_all(heights)
    return min(found)


def test_figures_are_fit_for_everybody(site: Site, shut_desk: Desk) -> None:
    fill(site, 62)
    shut_desk.page.set_viewport_size({"width": 1280, "height": 900})
    desk = shut_desk.open()
    figures = figures_of(desk)
    expect(figures.get_by_text("of tasting-room sales have no phone number.")).to_be_visible()
    found = look_at(desk.page, "figures")
    for title in ("24 hours", "30 days"):
        figures.get_by_role("button", name=title).click()
        figures = figures_of(desk, f"Last {title}")
        found += look_at(desk.page, f"figures-{title.replace(' ', '-')}")
    for opened in figures.locator("summary").all():
        opened.click()
    expect(figures.get_by_role("cell", name="ZIP code").first).to_be_visible()
    found += look_at(desk.page, "figures-opened")
    for width in (640, 320):
        desk.page.locator("iframe").evaluate(
            "(element, width) => { element.style.width = `${width}px` }", width
        )
        if by := axe.overflow(desk.page.frames[1]):
            found.append(f"{by} px too wide at {width}")
        if (height := smallest_text(desk)) < READABLE:
            found.append(f"a chart's words are {height} px high at {width}")
    assert found == []
    assert desk.complaints == []


@pytest.mark.usefixtures("site")
def test_a_winery_without_events_sees_figures_too(shut_desk: Desk) -> None:
    desk = shut_desk.open()
    figures = figures_of(desk)
    expect(figures.get_by_text("No events in this time")).to_be_visible()
    expect(figures.get_by_role("heading", name="What to do next")).to_have_count(0)
    take(desk.page, "figures-empty")
    assert axe.violations(desk.page.frames[1]) == []


def test_figures_are_used_by_keyboard_and_stay_while_the_tab_is_polled(
    site: Site, shut_desk: Desk
) -> None:
    fill(site, 9)
    desk = shut_desk.open()
    figures = figures_of(desk)
    button = figures.get_by_role("button", name="24 hours")
    button.focus()
    desk.page.keyboard.press("Enter")
    figures = figures_of(desk, "Last 24 hours")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-pressed", "true")
    summary = figures.locator("summary").first
    summary.focus()
    desk.page.keyboard.press("Enter")
    expect(figures.get_by_role("table").first).to_be_visible()
    rows = desk.frame.locator("tbody.event")
    newest = rows.first.get_attribute("id")
    assert newest
    site.commerce7.perform("web")
    eventually(site.meta.events)
    expect(rows.first).not_to_have_id(newest, timeout=15_000)
    expect(figures.get_by_role("heading", name="Last 24 hours")).to_be_visible()
    expect(figures.get_by_role("table").first).to_be_visible()
    expect(summary).to_be_focused()
    assert desk.complaints == []
