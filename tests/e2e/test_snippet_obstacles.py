"""The snippet where something is in its way: blockers, slow networks, kept pages, objections."""

import re
from collections.abc import Iterator
from threading import Event

import pytest
from playwright.sync_api import Browser, Cookie, Page, Route

from tests.e2e.browser import CHROMIUM, FLAGS
from tests.e2e.storefront import Shop, a_shop, a_shopper

BLOCKED = "net::ERR_BLOCKED_BY_CLIENT"
NO_BEACONS = {
    "missing": "delete Navigator.prototype.sendBeacon",
    "refusing": "navigator.sendBeacon = () => false",
    "throwing": "navigator.sendBeacon = () => { throw new Error('theirs') }",
}
TIMES = "(({domContentLoadedEventEnd, loadEventEnd}) => [domContentLoadedEventEnd, loadEventEnd])"

pytestmark = pytest.mark.browser


@pytest.fixture
def shop() -> Iterator[Shop]:
    with a_shop() as shop:
        shop.kind = "ga4"
        yield shop


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_shopper(browser.new_context(), BLOCKED) as page:
        yield page


class TestABlocker:
    def test_of_the_script_leaves_the_page_as_it_is(self, shop: Shop, page: Page) -> None:
        page.route("**/snippet/*", lambda route: route.abort("blockedbyclient"))
        page.goto(f"{shop.url}/product/pinot")
        page.click("#add")
        page.click("#checkout")
        assert page.evaluate("[location.pathname, dataLayer.length]") == ["/checkout", 5]
        assert (shop.hits, page.context.cookies()) == ([], [])

    def test_of_the_hits_leaves_the_page_as_it_is(self, shop: Shop, page: Page) -> None:
        page.route("**/collect", lambda route: route.abort("blockedbyclient"))
        with page.expect_event("requestfailed"):
            page.goto(f"{shop.url}/product/pinot")
        with page.expect_event("requestfailed"):
            page.click("#add")
        assert page.evaluate("dataLayer.length") == 4
        assert shop.hits == []

    @pytest.mark.parametrize("beacons", NO_BEACONS)
    def test_of_beacons_changes_nothing(self, shop: Shop, page: Page, beacons: str) -> None:
        page.add_init_script(NO_BEACONS[beacons])
        page.goto(f"{shop.url}/product/pinot")
        shop.wait_for("PageView", "ViewContent")
        page.click("#add")
        page.goto("about:blank")
        shop.wait_for("PageView", "ViewContent", "AddToCart")


class TestASlowNetwork:
    def test_delays_no_page_and_loses_no_action(self, shop: Shop, page: Page) -> None:
        released = shop.held["snippet"] = Event()
        page.goto(f"{shop.url}/product/pinot", wait_until="domcontentloaded")
        page.click("#add")
        page.evaluate("(window.onepixel = window.onepixel || []).push(['order', '1042'])")
        done, loaded = page.evaluate(f"{TIMES}(performance.getEntriesByType('navigation')[0])")
        assert done > 0
        # A browser's load event waits for any script of the page, also an asynchronous one.
        assert loaded == 0
        assert page.locator("#add").is_visible()
        released.set()
        shop.wait_for("PageView", "ViewContent", "AddToCart")
        assert shop.hits[0]["order"] == "1042"


class TestAPageThatIsReturnedTo:
    def test_by_a_full_load_is_another_view(self, shop: Shop, page: Page) -> None:
        shop.kind = "classic"
        page.goto(f"{shop.url}/checkout")
        shop.wait_for("PageView", "InitiateCheckout")
        page.click("#product")
        shop.wait_for("PageView", "InitiateCheckout", "PageView", "ViewContent")
        page.go_back()
        shop.wait_for("PageView", "InitiateCheckout", "PageView", "ViewContent", "PageView")

    def test_as_the_browser_kept_it_is_another_view(self, shop: Shop, browser: Browser) -> None:
        shop.kind = "classic"
        keeping = browser.browser_type.launch(
            executable_path=CHROMIUM,
            args=FLAGS,
            ignore_default_args=["--disable-back-forward-cache"],
        )
        with a_shopper(keeping.new_context()) as page:
            page.goto(f"{shop.url}/checkout")
            shop.wait_for("PageView", "InitiateCheckout")
            page.evaluate("addEventListener('pageshow', ({persisted}) => window.kept = persisted)")
            page.click("#product")
            shop.wait_for("PageView", "InitiateCheckout", "PageView", "ViewContent")
            page.go_back(wait_until="commit")
            shop.wait_for("PageView", "InitiateCheckout", "PageView", "ViewContent", "PageView")
            assert page.evaluate("window.kept") is True
        keeping.close()


def test_two_tabs_tell_of_their_own_pages_for_one_browser(shop: Shop, page: Page) -> None:
    shop.kind = "classic"
    page.goto(f"{shop.url}/club")
    shop.wait_for("PageView")
    other = page.context.new_page()
    other.goto(f"{shop.url}/product/pinot")
    shop.wait_for("PageView", "PageView", "ViewContent")
    page.bring_to_front()
    page.click("#checkout")
    shop.wait_for("PageView", "PageView", "ViewContent", "PageView", "InitiateCheckout")
    assert len({hit["fbp"] for hit in shop.hits}) == 1


def test_who_objects_by_the_browser_is_told_of_by_the_cart_alone(shop: Shop, page: Page) -> None:
    shop.kind = "consent"
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page.goto(f"{shop.url}/product/pinot?fbclid=AbC")
    shop.wait(lambda: bool(shop.hits))
    page.goto("about:blank")
    [hit] = shop.hits
    assert (hit["gpc"], hit["events"], sorted(hit)) == (
        True, [], ["cart", "events", "gpc", "refused", "tenant"],
    )  # fmt: skip
    assert page.context.cookies() == []


class TestMetasCookies:
    SITE = "https://shop.estate.co.uk"

    SERVICE = "https://service.example"

    @pytest.fixture
    def site(self, shop: Shop, page: Page) -> Page:
        """Serve the shop on a host under a public suffix of two labels, with HTTPS."""
        shop.kind, shop.options = "classic", {"collect": f"{self.SERVICE}/collect"}

        def answer(route: Route) -> None:
            address = route.request.url
            if address.endswith("/collect"):
                route.fulfill(status=204)
            elif address.startswith(self.SERVICE):
                route.fulfill(content_type="text/javascript", body=shop.script())
            else:
                body = shop.page().replace(shop.service, self.SERVICE)
                route.fulfill(content_type="text/html", body=body)

        page.route(re.compile("^https:"), answer)
        return page

    def test_are_those_of_metas_own_script(self, site: Page) -> None:
        cookies = self._cookies(site, "IwAR0_aB-c")
        assert set(cookies) == {"_fbp", "_fbc"}
        made = site.evaluate("Date.now() / 1000")
        for cookie in cookies.values():
            assert (cookie["domain"], cookie["path"]) == (".estate.co.uk", "/")
            assert cookie["sameSite"] == "Lax"
            assert cookie["expires"] == pytest.approx(made + 90 * 24 * 3600, abs=120)
        assert cookies["_fbc"]["value"].startswith("fb.2.")
        assert cookies["_fbc"]["value"].endswith(".IwAR0_aB-c")

    def test_keep_a_click_until_another(self, site: Page) -> None:
        first, again, other = (self._cookies(site, click) for click in ("AbC", "AbC", "abc"))
        assert first == again
        assert first["_fbc"]["value"].endswith(".AbC")
        assert other["_fbc"]["value"].endswith(".abc")
        assert other["_fbp"] == first["_fbp"]

    def _cookies(self, site: Page, click: str) -> dict[str, Cookie]:
        """Come from an ad, and return the cookies by their names once the snippet has read them."""
        with site.expect_request("**/collect"):
            site.goto(f"{self.SITE}/club?fbclid={click}")
        return {cookie["name"]: cookie for cookie in site.context.cookies()}
