"""The snippet's card in the Configuration tab: its code, and its test while hits come in."""

import pytest
import requests
from playwright.sync_api import expect

from tests.beacons import PHONE, beacon, hit
from tests.e2e import axe
from tests.e2e.browser import Desk
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually
from tests.e2e.screens import take

SHOP, OTHER = "https://shop.example.com", "https://other.example.com"

pytestmark = pytest.mark.browser


def report(site: Site, number: int, *, origin: str = SHOP, name: str = "PageView") -> None:
    """Report a hit as a shop's page does."""
    one = beacon(hit(number, name=name, url=f"{origin}/"), tenant=TENANT)
    headers = {"Origin": origin, "User-Agent": PHONE}
    answer = requests.post(f"{site.service.url}/collect", json=one, headers=headers, timeout=5)
    assert answer.status_code == 204


@pytest.fixture
def opened(site: Site, desk: Desk) -> Desk:
    """Return the owner's desk with the card open, and the shop's address known."""
    site.service.command("configure", TENANT, "--set", f'shop_domains=["{SHOP}"]')
    desk.open()
    open_card(desk)
    return desk


def open_card(desk: Desk) -> None:
    desk.frame.get_by_role("link", name="Configuration", exact=True).click()
    desk.frame.get_by_role("heading", name="Website Pixel Snippet").click()


class TestTheSnippetPanel:
    def test_copies_its_code_or_selects_it(self, site: Site, opened: Desk) -> None:
        desk = opened
        desk.frame.get_by_role("button", name="Copy the code").click()
        expect(desk.frame.get_by_text("Copied.")).to_be_visible()
        # The copied code, as it appears when pasted.
        code = f'<script src="{site.service.url}/snippet/{TENANT}.js" async></script>'
        desk.frame.get_by_label("Shop domains").fill("")
        desk.frame.get_by_label("Shop domains").press("ControlOrMeta+V")
        assert desk.frame.get_by_label("Shop domains").input_value().strip() == code

    def test_shows_the_hits_of_a_test_as_they_come_and_allows_a_refused_site(
        self, site: Site, opened: Desk
    ) -> None:
        frame = opened.frame
        test = frame.locator("#snippet-test")
        test.get_by_role("button", name="Test it").click()
        expect(test.get_by_role("link", name="shop.example.com")).to_have_attribute(
            "href", f"{SHOP}/?onepixel=test"
        )
        expect(test.get_by_text("Waiting for the first page")).to_be_visible()
        report(site, 1)
        expect(test.get_by_text("PageView")).to_be_visible()
        report(site, 2, name="AddToCart")
        report(site, 3, origin=OTHER)
        expect(test.get_by_text("AddToCart")).to_be_visible()
        expect(test.get_by_text("Refused:")).to_be_visible()
        expect(test.get_by_text("sent")).to_have_count(2)
        assert axe.violations(opened.page.frames[1]) == []
        take(opened.page, "snippet-card")

        test.get_by_role("button", name="Allow other.example.com").click()
        expect(frame.get_by_label("Shop domains")).to_have_value(
            "shop.example.com\nother.example.com"
        )
        report(site, 4, origin=OTHER, name="ViewContent")
        eventually(lambda: "ViewContent" in {each["event_name"] for each in site.meta.events()})
        expect(frame.locator("#snippet").get_by_text("1 page view today.")).to_be_attached()
