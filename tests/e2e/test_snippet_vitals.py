"""What a page's visitors notice of the snippet: Core Web Vitals with and without it.

No time is asserted, so other tests may run beside it; the printed times are of a busy machine.
"""

from collections.abc import Callable
from statistics import median

import pytest
from playwright.sync_api import Browser

from tests.e2e.storefront import Shop, a_shop, a_shopper

LOADS = 15
TAGS = {"without": "", "with": '<script async src="SNIPPET"></script>'}

pytestmark = pytest.mark.browser


def load(browser: Browser, shop: Shop, tag: str) -> dict[str, float]:
    """Load a product's page in a fresh browser profile, and return its vitals in milliseconds."""
    shop.kind, shop.replaced = "vitals", {"TAG": tag}
    told = shop.names().count("ViewContent")
    with a_shopper(browser.new_context()) as page:
        page.goto(f"{shop.url}/product/pinot", wait_until="networkidle")
        page.wait_for_function("vitals.fcp && vitals.lcp")
        vitals: dict[str, float] = page.evaluate("vitals")
        # Leaving sends the hits at once, so that the next load begins as soon after either kind.
        page.goto("about:blank")
        if tag == TAGS["with"]:
            shop.wait(lambda: shop.names().count("ViewContent") > told)
    return vitals


def test_the_snippet_shifts_no_layout(browser: Browser, measured: Callable[[str], None]) -> None:
    seen: dict[str, list[dict[str, float]]] = {name: [] for name in TAGS}
    with a_shop() as shop:
        load(browser, shop, TAGS["with"])  # the browser itself is new
        for _ in range(LOADS):
            for name, tag in TAGS.items():
                seen[name].append(load(browser, shop, tag))
        assert shop.names().count("ViewContent") == LOADS + 1
    for name, loads in seen.items():
        told = {key: round(median(each[key] for each in loads), 4) for key in sorted(loads[0])}
        measured(f"vitals {name} the snippet, medians of {LOADS}: {told}")
    assert {each["cls"] for each in seen["with"]} == {each["cls"] for each in seen["without"]}
