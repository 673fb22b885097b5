"""The documentation's pictures, taken from the running dashboard.

They are saved in `.screens/docs/`; with PICTURES=1 in `static/img/docs/`, which the pages use.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from service.web.dashboard.docs import PICTURES
from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.launch import ROOT

pytestmark = pytest.mark.browser

PATIENCE_MS = 15_000
FOLDER = ROOT / ("static/img/docs" if os.environ.get("PICTURES") else ".screens/docs")


def take(part: Locator, name: str) -> Path:
    """Take a picture of a part of the page, without a margin."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    part.screenshot(path=path)
    return path


def go_to(desk: Desk, tab: str) -> None:
    desk.frame.get_by_role("link", name=tab, exact=True).first.click()
    expect(desk.frame.get_by_role("heading", name=tab, level=1)).to_be_visible()


def test_every_picture_can_be_taken(site: Site, desk: Desk) -> None:
    desk.page.set_viewport_size({"width": 1100, "height": 1600})
    desk.page.add_style_tag(content="iframe { height: 3000px !important; }")
    frame, taken = desk.frame, []
    site.service.configure("--set", 'test_event_code="TEST1"')
    desk.open(theme="light")
    desk.page.add_style_tag(content="iframe { height: 3000px !important; }")
    taken.append(take(frame.locator("#setup"), "setup"))

    go_to(desk, "Configuration")
    frame.get_by_role("button", name="Test Connection").first.click()
    expect(frame.get_by_text("Pixel credentials verified").first).to_be_visible(timeout=PATIENCE_MS)
    taken.append(take(frame.locator("section[aria-labelledby=primary-title]"), "connection"))
    for part, picture in (("#secondary-pixel", "second-pixel"), ("#snippet", "snippet")):
        frame.locator(f"{part} > summary").click()
        taken.append(take(frame.locator(part), picture))
    frame.get_by_role("button", name="Lead", exact=True).click()
    expect(frame.locator("#simulate-result").get_by_text("Meta").first).to_be_visible(
        timeout=PATIENCE_MS
    )
    taken.append(take(frame.locator("#simulate-panel"), "simulate"))

    for kind in ("web", "pos", "book", "join", "unpaid", "signup"):
        site.commerce7.perform(kind)
    go_to(desk, "Event Log")
    expect(frame.locator("tbody.event")).to_have_count(6, timeout=PATIENCE_MS)
    taken.append(take(frame.locator("#eventlog"), "log"))
    row = frame.locator("tbody.event").filter(has_text="Web").last
    row.locator(".opener").click()
    expect(row.get_by_text("Timeline")).to_be_visible()
    taken.append(take(row, "row"))
    row.get_by_role("link", name="Print or share this event").click()
    receipt = frame.get_by_role("region", name="Meta received this event")
    expect(receipt).to_be_visible()
    taken.append(take(receipt, "receipt"))

    assert {path.stem for path in taken} == set(PICTURES)


def test_every_picture_is_in_the_documentation() -> None:
    there = {path.stem for path in (ROOT / "static/img/docs").glob("*.png")}
    assert there == set(PICTURES)
