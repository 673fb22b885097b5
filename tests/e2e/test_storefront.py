"""The whole way of a shopper through the sandbox's shop, and what Meta is told of it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, Request, expect

from tests.e2e.browser import USER_AGENT
from tests.e2e.conftest import Site
from tests.e2e.harness import eventually
from tests.sandbox.people import BUYERS
from tests.sandbox.products import CABERNET
from tests.sandbox.server import serve
from tests.sandbox.storefront import create_storefront

pytestmark = pytest.mark.browser

HOST = "shop.localhost"
CLICK = "IwAR-Abc_1"
ADDRESS = "8.8.4.25"
PAGES = ("/", "/collection", f"/product/{CABERNET.slug}", "/cart", "/checkout", "/checkout/receipt")
THE_FOUR = Counter(
    {"PageView": len(PAGES), "ViewContent": 1, "AddToCart": 1, "InitiateCheckout": 1}
)
CHECKOUT = {
    "E-mail": "New.Shopper@example.com",
    "First name": "Nia",
    "Last name": "Shopper",
    "Address": "1 Example Street",
    "City": "Portland",
    "State": "OR",
    "ZIP code": "97205",
    "Phone": "+15035550177",
}

Json = dict[str, Any]


@dataclass
class Shopper:
    """A person at the shop, who came from an ad."""

    page: Page
    shop_url: str
    complaints: list[str] = field(default_factory=list)
    hits: list[Json] = field(default_factory=list)

    def come(self, *options: str) -> None:
        """Open the shop by the ad's link, with these options of its theme."""
        chosen = "".join(f"&with={option}" for option in options)
        self.page.goto(f"{self.shop_url}/?fbclid={CLICK}{chosen}")
        self.see("home")

    def see(self, name: str) -> None:
        """Wait until this page of the shop is shown."""
        expect(self.page.locator(f"main[data-page=page-{name}]")).to_be_visible()

    def choose(self) -> None:
        """Put two bottles into the cart, and go to the checkout."""
        page = self.page
        page.get_by_role("link", name="See our wines").click()
        self.see("collection")
        page.get_by_role("link", name=CABERNET.title).click()
        self.see(f"product-{CABERNET.slug}")
        page.get_by_label("Quantity").fill("2")
        page.get_by_role("button", name="Add to cart").click()
        page.get_by_role("link", name="View the cart").click()
        self.see("cart")
        page.get_by_role("link", name="Check out").click()
        self.see("checkout")

    def order(self, typed: dict[str, str]) -> int:
        """Order the cart, and return the order's number."""
        for label, text in typed.items():
            self.page.get_by_label(label, exact=True).fill(text)
        self.page.get_by_role("button", name="Place the order").click()
        self.see("receipt")
        return int(self.page.locator("[data-order-number]").inner_text())


@pytest.fixture
def engines() -> dict[str, str]:
    """Return a service behind a front end that names the shopper's address."""
    return {"TRUSTED_PROXY_HOPS": "1"}


@pytest.fixture
def shopper(site: Site, browser: Browser) -> Iterator[Shopper]:
    """Return a shopper at a shop of the winery, on another site than the service."""
    domains = f'shop_domains=["shop.example.com", "{HOST}"]'
    site.service.configure("--set", domains)
    with serve(create_storefront(site.sandbox, api_url=site.sandbox_url)) as running:
        headers = {"X-Forwarded-For": ADDRESS}
        page = browser.new_context(extra_http_headers=headers).new_page()
        shopper = Shopper(page, running.url.replace("127.0.0.1", HOST))
        page.on("request", lambda request: shopper.hits.append(hit_of(request)))
        page.on(
            "console",
            lambda message: shopper.complaints.append(f"{message.text} {message.location}"),
        )
        page.on("pageerror", lambda error: shopper.complaints.append(str(error)))
        yield shopper
        page.context.close()
    assert shopper.complaints == []


def hit_of(request: Request) -> Json:
    """Return the snippet's hit; nothing if the request is another one."""
    is_hit = request.url.endswith("/collect")
    return (request.post_data_json or {}) if is_hit else {}


def exactly(site: Site, expected: Counter[str]) -> dict[str, Json]:
    """Wait until Meta has exactly these events, and return the last of each name."""

    def arrived() -> list[Json] | None:
        events = site.meta.events()
        names = Counter(event["event_name"] for event in events)
        assert names <= expected, names
        return events if names == expected else None

    return {event["event_name"]: event for event in eventually(arrived)}


def from_pixels(site: Site) -> list[Json]:
    """Return what pixels in browsers have told Meta."""
    received = requests.get(f"{site.meta.url}/_received", timeout=20).json()
    events: list[Json] = received["browser_events"]
    return events


def line(*, quantity: int) -> Json:
    return {"id": CABERNET.sku, "quantity": quantity, "item_price": CABERNET.price / 100}


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


class TestAShopper:
    def test_who_orders_is_reported_at_each_step_once(self, site: Site, shopper: Shopper) -> None:
        site.service.start()
        shopper.come()
        # An order waits for its visit where the snippet was seen, even if all came within a second.
        eventually(lambda: [each["event_name"] for each in site.meta.events()])
        shopper.choose()
        number = shopper.order(CHECKOUT)

        events = exactly(site, THE_FOUR + Counter(["Purchase"]))
        views = [each for each in site.meta.events() if each["event_name"] == "PageView"]
        paths = {each["event_source_url"].removeprefix(shopper.shop_url) for each in views}
        assert paths == {*PAGES[1:], f"/?fbclid={CLICK}"}
        viewed = events["ViewContent"]["custom_data"]
        assert viewed["contents"] == [line(quantity=1)]
        assert (viewed["value"], viewed["currency"]) == (49, "USD")
        for name in THE_FOUR:
            assert events[name]["user_data"]["fbc"].endswith(f".{CLICK}")
        bought = events["Purchase"]
        assert bought["custom_data"]["order_id"] == str(number)
        assert bought["custom_data"]["contents"] == [
            line(quantity=2) | {"delivery_category": "home_delivery"}
        ]
        assert (bought["custom_data"]["value"], bought["custom_data"]["currency"]) == (
            115.84,
            "USD",
        )
        # The order is joined to its visit: the same click, browser, address and agent.
        for key in ("fbc", "fbp", "client_ip_address", "client_user_agent"):
            assert {each["user_data"].get(key) for each in events.values()} == {
                bought["user_data"][key]
            }
        assert bought["user_data"]["fbc"].endswith(f".{CLICK}")
        assert bought["user_data"]["client_ip_address"] == ADDRESS
        assert bought["user_data"]["client_user_agent"] == USER_AGENT
        assert hashed("new.shopper@example.com") in bought["user_data"]["em"]
        shopper.see("receipt")  # Playwright notes requests only while it is called.
        carts = {hit["cart"] for hit in shopper.hits if "cart" in hit}
        assert {f"c7-order-{cart}" for cart in carts} == {bought["event_id"]}
        assert from_pixels(site) == []

    def test_of_a_theme_with_tags_of_its_own_is_reported_once_with_the_products(
        self, site: Site, shopper: Shopper
    ) -> None:
        site.service.start()
        shopper.come("ga4", "pixel", "login")
        shopper.choose()
        shopper.order({})

        events = exactly(site, THE_FOUR + Counter(["Purchase"]))
        for name in ("AddToCart", "InitiateCheckout"):
            told = events[name]["custom_data"]
            assert told["contents"] == [line(quantity=2)]
            assert (told["value"], told["currency"]) == (98, "USD")
        customer = hashed(BUYERS[0].customer_id)
        assert {customer in each["user_data"]["external_id"] for each in events.values()} == {True}
        # The browser's pixel and the server tell of each event under one id, so Meta counts one.
        told = from_pixels(site)
        assert Counter(each["name"] for each in told) == THE_FOUR + Counter(["Purchase"])
        from_server = {(each["event_name"], each["event_id"]) for each in site.meta.events()}
        assert {(each["name"], each["event_id"]) for each in told} == from_server
        ids = {(each["fbp"], each["fbc"]) for each in told}
        assert ids == {tuple(events["PageView"]["user_data"][key] for key in ("fbp", "fbc"))}

    @pytest.mark.parametrize("answer", ["Accept", "Refuse"])
    def test_who_is_asked_first_is_reported_after_a_yes_alone(
        self, site: Site, shopper: Shopper, answer: str
    ) -> None:
        site.service.configure("--set", 'consent_mode="required"')
        site.service.start()
        shopper.come("banner", "pixel")
        shopper.page.get_by_role("button", name=answer).click()
        # The cart of a refusal is told, too, so that its order is known to be refused.
        with shopper.page.expect_request(lambda request: "cart" in hit_of(request)):
            shopper.choose()
        number = shopper.order(CHECKOUT)

        eventually(lambda: [row for row in site.service.rows() if f"{number}" in row])
        if answer == "Accept":
            exactly(site, THE_FOUR + Counter(["Purchase"]))
            assert Counter(each["name"] for each in from_pixels(site)) >= THE_FOUR
        else:
            row = next(row for row in site.service.rows() if f"{number}" in row)
            assert "shopper declined" in row
            assert site.meta.events() == []
            assert {each["event_name"] for each in site.meta.events()}.isdisjoint(THE_FOUR)
            assert from_pixels(site) == []
            assert shopper.page.context.cookies() == []
