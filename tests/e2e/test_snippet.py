"""The built snippet in a real Chromium, on storefronts of several kinds."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.storefront import Shop, a_shop, a_shopper

CART = "0f8fad5b-d9cb-469f-a165-70867728950e"
# The hash of John_Smith@gmail.com, from Meta's documentation of customer parameters.
HASH = "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f"

pytestmark = pytest.mark.browser


@pytest.fixture
def shop() -> Iterator[Shop]:
    with a_shop() as shop:
        yield shop


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_shopper(browser.new_context()) as page:
        yield page


class TestTheSnippet:
    def test_reports_pages_that_load_one_by_one(self, shop: Shop, page: Page) -> None:
        page.goto(f"{shop.url}/club?fbclid=AbC&email=jane@example.com")
        page.click("#product")
        shop.wait(lambda: "ViewContent" in shop.names())
        page.click("#checkout")
        shop.wait(lambda: "InitiateCheckout" in shop.names())
        page.goto("about:blank")
        assert sorted(shop.names()) == [
            "InitiateCheckout", "PageView", "PageView", "PageView", "ViewContent",
        ]  # fmt: skip
        events = {event["name"]: event for hit in shop.hits for event in hit["events"]}
        assert events["ViewContent"]["products"] == [{"id": "PN-19", "price": 38}]
        assert shop.hits[0]["events"][0]["url"] == f"{shop.url}/club?fbclid=AbC"
        assert {hit["fbc"] for hit in shop.hits} == {shop.hits[0]["fbc"]}
        assert {hit["fbp"] for hit in shop.hits} == {shop.hits[0]["fbp"]}
        names = {cookie["name"] for cookie in page.context.cookies()}
        assert names == {"_fbc", "_fbp"}

    def test_reports_routes_of_one_page(self, shop: Shop, page: Page) -> None:
        shop.kind = "routes"
        page.goto(f"{shop.url}/")
        page.click("#product")
        shop.wait(lambda: "ViewContent" in shop.names())
        page.wait_for_function("window.c7action")
        page.click("#icon")
        page.click("#add")
        shop.wait(lambda: "AddToCart" in shop.names())
        page.click("#checkout")
        shop.wait(lambda: "InitiateCheckout" in shop.names())
        page.go_back()
        shop.wait(lambda: shop.names().count("ViewContent") == 2)
        assert sorted(shop.names()) == [
            "AddToCart", "InitiateCheckout",
            "PageView", "PageView", "PageView", "PageView", "ViewContent", "ViewContent",
        ]  # fmt: skip
        viewed = [e for hit in shop.hits for e in hit["events"] if e["name"] == "ViewContent"]
        assert viewed[0]["products"] == [{"id": "PN-19"}]
        assert page.evaluate("[c7action.reloadCart(), c7action.showSideCart()]") == [
            "reloaded",
            "shown",
        ]

    def test_reads_a_data_layer_once(self, shop: Shop, page: Page) -> None:
        shop.kind = "ga4"
        page.goto(f"{shop.url}/product/pinot")
        shop.wait(lambda: "ViewContent" in shop.names())
        page.click("#add")
        page.click("#add")
        shop.wait(lambda: shop.names().count("AddToCart") == 2)
        page.click("#checkout")
        shop.wait(lambda: "InitiateCheckout" in shop.names())
        page.goto("about:blank")
        assert sorted(shop.names()) == [
            "AddToCart", "AddToCart", "InitiateCheckout", "PageView", "PageView", "ViewContent",
        ]  # fmt: skip

    def test_waits_for_a_yes(self, shop: Shop, page: Page) -> None:
        shop.kind, shop.options = "consent", {"consent": 0}
        page.goto(f"{shop.url}/product/pinot?fbclid=AbC")
        page.wait_for_load_state("networkidle")
        assert (shop.hits, page.context.cookies()) == ([], [])
        page.click("#yes")
        shop.wait(lambda: "ViewContent" in shop.names())
        assert shop.names() == ["PageView", "ViewContent"]
        assert shop.hits[0]["cart"] == CART

    def test_takes_a_no(self, shop: Shop, page: Page) -> None:
        shop.kind, shop.options = "consent", {"consent": 0}
        page.goto(f"{shop.url}/?fbclid=AbC")
        page.click("#no")
        shop.wait(lambda: bool(shop.hits))
        page.goto("about:blank")
        assert shop.hits == [{"tenant": "estate", "cart": CART, "refused": True, "events": []}]
        assert page.context.cookies() == []

    def test_works_under_a_strict_policy(self, shop: Shop, page: Page) -> None:
        shop.kind, shop.options = "strict", {"checkoutEmail": True}
        page.goto(f"{shop.url}/checkout")
        shop.wait(lambda: "InitiateCheckout" in shop.names())
        page.fill("[type=email]", " John_Smith@gmail.com")
        page.click("#pay")
        shop.wait(lambda: any(hit.get("email") == HASH for hit in shop.hits))
        page.wait_for_url("**/done?*")
        shop.wait(lambda: shop.names().count("PageView") == 2)
        assert "gmail" not in json.dumps(shop.hits)

    def test_counts_a_page_rendered_ahead_once_it_is_shown(self, shop: Shop, page: Page) -> None:
        page.goto(f"{shop.url}/club")
        shop.wait(lambda: shop.names() == ["PageView"])
        rules = {"prerender": [{"source": "list", "urls": ["/product/pinot"]}]}
        page.evaluate(
            """rules => document.head.append(Object.assign(document.createElement("script"),
            {type: "speculationrules", textContent: JSON.stringify(rules)}))""",
            rules,
        )
        shop.wait(lambda: ("/product/pinot", True) in shop.asked)
        page.wait_for_load_state("networkidle")
        assert shop.names() == ["PageView"]
        page.click("#product")
        shop.wait(lambda: "ViewContent" in shop.names())
        assert sorted(shop.names()) == ["PageView", "PageView", "ViewContent"]
