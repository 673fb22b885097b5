"""The snippet from the real service, in a real browser: what becomes an event at Meta."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, eventually

PRODUCT = """<script type="application/ld+json">{"@type": "Product", "sku": "RED-1",
"offers": {"@type": "Offer", "price": "30.00", "priceCurrency": "USD"}}</script>"""
HOST = "127.0.0.1"


@contextmanager
def a_storefront(service_url: str) -> Iterator[str]:
    """Serve a shop's pages with the snippet, on another site than the service."""
    snippet = f'<script async src="{service_url}/snippet/{TENANT}.js"></script>'

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = PRODUCT if self.path.startswith("/product/") else "<p>Wine</p>"
            page = f"<!doctype html><title>Shop</title><head>{snippet}</head>{body}"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Pages)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def shop(site: Site) -> Iterator[str]:
    """Return the address of a storefront whose domain the winery has allowed."""
    site.service.configure("--set", f'shop_domains=["{HOST}"]')
    site.service.start()
    with a_storefront(site.service.url) as url:
        yield url


@pytest.fixture
def complaints() -> list[str]:
    """Return what pages have written to the console."""
    return []


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """Return a shopper's page."""
    context = browser.new_context()
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [each for each in complaints if "favicon" not in each] == []


def named(site: Site, *names: str) -> list[dict[str, Any]]:
    """Wait until Meta has exactly these events, in any order, and return them by these names."""

    def arrived() -> list[dict[str, Any]] | None:
        events = site.meta.events()
        told = sorted(event["event_name"] for event in events)
        assert len(told) <= len(names), told
        return events if told == sorted(names) else None

    found = {event["event_name"]: event for event in eventually(arrived)}
    return [found[name] for name in names]


class TestAShopper:
    def test_who_opens_a_page_and_a_product_is_reported(
        self, site: Site, shop: str, page: Page
    ) -> None:
        page.goto(f"{shop}/?utm_source=fb&email=casey@example.com&fbclid=IwAR-Abc_1")
        (first,) = named(site, "PageView")
        assert first["event_source_url"] == f"{shop}/?utm_source=fb&fbclid=IwAR-Abc_1"
        assert first["user_data"]["fbc"].endswith(".IwAR-Abc_1")
        assert first["user_data"]["fbp"].startswith("fb.")
        assert first["data_processing_options"] == ["LDU"]
        assert {each["name"] for each in page.context.cookies()} == {"_fbp", "_fbc"}

        page.goto(f"{shop}/product/red")
        *_, view = named(site, "PageView", "PageView", "ViewContent")
        assert view["custom_data"]["contents"] == [{"id": "RED-1", "quantity": 1, "item_price": 30}]
        assert (view["custom_data"]["value"], view["custom_data"]["currency"]) == (30, "USD")

    def test_who_adds_to_the_cart_and_goes_to_the_checkout_is_reported_once(
        self, site: Site, shop: str, page: Page
    ) -> None:
        page.goto(f"{shop}/product/red")
        named(site, "PageView", "ViewContent")
        page.evaluate(
            """() => {
                const item = {item_id: "RED-1", quantity: 2, price: 30};
                const ecommerce = {currency: "USD", items: [item]};
                window.dataLayer = window.dataLayer || [];
                window.dataLayer.push({event: "add_to_cart", ecommerce});
                window.onepixel = window.onepixel || [];
                window.onepixel.push(["track", "AddToCart", {items: [item]}]);
                history.pushState({}, "", "/checkout");
            }"""
        )
        added, begun = named(
            site, "AddToCart", "InitiateCheckout", "PageView", "PageView", "ViewContent"
        )[:2]
        assert added["custom_data"]["contents"] == [
            {"id": "RED-1", "quantity": 2, "item_price": 30}
        ]
        assert begun["event_source_url"] == f"{shop}/checkout"

    def test_who_objects_is_not_reported(self, site: Site, shop: str, page: Page) -> None:
        page.add_init_script(
            "Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})"
        )
        page.goto(f"{shop}/product/red")
        page.goto(f"{shop}/")
        page.wait_for_load_state("networkidle")
        assert site.meta.events() == []
        assert page.context.cookies() == []
