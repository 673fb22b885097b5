"""The snippet beside a shop's own pixel, with Meta's base code and a stand-in for Meta's script."""

from collections.abc import Iterator
from threading import Event

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.storefront import Shop, a_shop, a_shopper

CART = "0f8fad5b-d9cb-469f-a165-70867728950e"
TAG = '<script async src="SNIPPET"></script>'
EARLY = '<script src="SNIPPET"></script>'
PLACES = {"before": {"BEFORE": EARLY, "AFTER": ""}, "after": {"BEFORE": "", "AFTER": TAG}}
LATE = {"BEFORE": "", "AFTER": ""}
PUSH = "entry => (window.onepixel = window.onepixel || []).push(entry)"

pytestmark = pytest.mark.browser


@pytest.fixture
def shop() -> Iterator[Shop]:
    with a_shop() as shop:
        shop.kind = "pixel"
        yield shop


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_shopper(browser.new_context()) as page:
        yield page


def visit(shop: Shop, page: Page, *, place: str, own: str) -> None:
    """Open a product, where Meta's script comes after the first hits."""
    shop.replaced = {"OWN": own, **PLACES[place]}
    released = shop.held["fbevents"] = Event()
    page.goto(f"{shop.url}/product/pinot", wait_until="commit")
    shop.wait_for("PageView", "ViewContent")
    released.set()
    page.wait_for_load_state()


def ids(shop: Shop) -> dict[str, str | None]:
    return {event["name"]: event["id"] for event in shop.events()}


def sent(page: Page) -> dict[str, str | None]:
    """Return the ids under which Meta's script was told of each event."""
    page.wait_for_function("window.sent?.length >= 2")
    told: list[tuple[str, str | None]] = page.evaluate("sent")
    assert len(told) == len({name for name, *_ in told})
    return dict(told)


@pytest.mark.parametrize("place", PLACES)
class TestBesideAnotherPixel:
    def test_without_ids_each_event_has_one(self, shop: Shop, page: Page, place: str) -> None:
        visit(shop, page, place=place, own="false")
        page.click("#add")
        page.click("#checkout")
        shop.wait_for("AddToCart", "InitiateCheckout", "PageView", "ViewContent")
        assert sent(page) == ids(shop)
        assert {hit["pixel"] for hit in shop.hits} == {1}
        assert all(
            event["products"] == [{"id": "PN-19"}]
            for event in shop.events()
            if event["name"] != "PageView"
        )

    def test_with_ids_they_are_ours(self, shop: Shop, page: Page, place: str) -> None:
        visit(shop, page, place=place, own="true")
        page.click("#add")
        page.click("#checkout")
        shop.wait_for("AddToCart", "InitiateCheckout", "PageView", "ViewContent")
        assert sent(page) == ids(shop)
        assert ids(shop) == {
            "PageView": "pv.1", "ViewContent": "view_1",
            "AddToCart": "add-1", "InitiateCheckout": "check-1",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("own", "event_id", "flag"), [("false", f"c7-order-{CART}", 1), ("true", "1042", 2)]
    )
    def test_a_purchase_is_the_pixels_alone(
        self, shop: Shop, page: Page, place: str, own: str, event_id: str, flag: int
    ) -> None:
        visit(shop, page, place=place, own=own)
        page.evaluate(PUSH, ["cart", CART])
        page.click("#buy")
        page.evaluate(PUSH, ["order", "1042"])
        shop.wait(lambda: shop.hits[-1].get("order") == "1042")
        assert shop.hits[-1]["pixel"] == flag
        assert sent(page)["Purchase"] == event_id
        assert sorted(shop.names()) == ["PageView", "ViewContent"]


class TestAPixelThatWasFirst:
    def test_has_told_of_its_page_view_alone(self, shop: Shop, page: Page) -> None:
        shop.replaced = {"OWN": "false", **LATE}
        page.goto(f"{shop.url}/product/pinot")
        assert sent(page) == {"PageView": None, "ViewContent": None}
        page.add_script_tag(url=f"{shop.service}/snippet/estate.js")
        shop.wait_for("PageView", "ViewContent")
        page.click("#add")
        shop.wait_for("PageView", "ViewContent", "AddToCart")
        # The server leaves out what has no id: Meta counts the pixel's.
        assert ids(shop) == {**sent(page), "PageView": None, "ViewContent": None}
        assert sent(page)["AddToCart"]
        assert page.evaluate("fbq === _fbq && fbq.push === fbq && fbq.loaded")

    def test_has_told_under_ids_that_are_ours_as_well(self, shop: Shop, page: Page) -> None:
        shop.replaced = {"OWN": "true", **LATE}
        page.goto(f"{shop.url}/product/pinot")
        page.add_script_tag(url=f"{shop.service}/snippet/estate.js")
        shop.wait_for("PageView", "ViewContent")
        assert ids(shop) == sent(page) == {"PageView": "pv.1", "ViewContent": "view_1"}
