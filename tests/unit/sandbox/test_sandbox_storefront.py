"""The sandbox's shop: its page, its cart, and the order that it makes, without a browser."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from tests.sandbox.bench import Bench, read
from tests.sandbox.customers import customer
from tests.sandbox.people import BUYERS
from tests.sandbox.products import CABERNET, FLIGHT, RESERVE, Product
from tests.sandbox.samples import same_shape, sample
from tests.sandbox.storefront import OPTIONS, create_storefront
from tests.sandbox.storefront_api import A_PUBLIC_ADDRESS

API = "http://127.0.0.1:8090"
SHOPPER = {
    "email": "nia@example.com",
    "firstName": "Nia",
    "lastName": "Shopper",
    "phone": "+15035550177",
    "address": "1 Example Street",
    "city": "Portland",
    "stateCode": "OR",
    "zipCode": "97205",
}

Json = dict[str, Any]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def cart_with(bench: Bench, *products: Product) -> str:
    """Return the address of a new cart with two units of each product."""
    address = f"/commerce7/v1/cart/{uuid4()}"
    items = [{"sku": product.sku, "quantity": 2} for product in products]
    assert bench.browser.put(address, json={"items": items}).status_code == 200
    return address


def order(bench: Bench, cart: str, **changes: Any) -> TestResponse:
    """Check out, as a browser behind a proxy does."""
    headers = {"User-Agent": "Mozilla/5.0 (invented)", "X-Forwarded-For": "8.8.4.99"}
    return bench.browser.post(
        f"{cart}/checkout", json=SHOPPER | changes.pop("typed", {}), headers=headers | changes
    )


def facts(bench: Bench, address: str = "/") -> Json:
    """Return what the shop's page tells its scripts."""
    shop = create_storefront(bench.browser.application, api_url=API).test_client()
    page = shop.get(address).text
    found = re.search(r'<script type="application/json" id="facts">(.*?)</script>', page)
    assert found
    told: Json = json.loads(found[1])
    return told


class TestThePage:
    def test_is_one_for_all_addresses_and_carries_the_snippet(self, bench: Bench) -> None:
        shop = create_storefront(bench.browser.application, api_url=API).test_client()
        pages = {shop.get(path).text for path in ("/collection", "/checkout/receipt?order=1")}
        # The address of the link from an ad is drawn anew.
        [page] = {re.sub("fbclid=[^&]+", "", each) for each in pages}
        snippet = "http://localhost:8080/snippet/sandbox-winery.js"
        assert f'<script async src="{snippet}"></script>' in page

    def test_has_the_routes_of_the_public_settings(self, bench: Bench) -> None:
        routes = {"collection": "shop", "product": "wine", "cart": "basket", "checkout": "pay/now"}
        bench.browser.post("/commerce7/_settings", json={"baseRoute": routes})
        assert facts(bench)["routes"] == {name: f"/{path}" for name, path in routes.items()}

    def test_has_the_tags_of_its_address_alone(self, bench: Bench) -> None:
        assert facts(bench)["options"] == []
        assert facts(bench, "/?with=pixel&with=ga4&with=other")["options"] == ["ga4", "pixel"]
        assert facts(bench, "/?with=login")["customer"]["email"] == BUYERS[0].email
        assert facts(bench, f"/?with={'&with='.join(OPTIONS)}")["api"] == f"{API}/commerce7/v1"

    def test_is_linked_from_the_sandbox_only_where_it_is_served(self, bench: Bench) -> None:
        assert "The shop" not in bench.browser.get("/commerce7/").text


class TestAnOrder:
    def test_has_the_shape_of_a_real_one_and_the_cart_s_id(self, bench: Bench) -> None:
        cart = cart_with(bench, CABERNET, RESERVE)
        answer = order(bench, cart)
        assert answer.status_code == 201
        [told] = bench.told
        same_shape(told, sample("01_order_create_web.json"))
        made = told["payload"]
        assert cart.endswith(made["id"])
        assert (made["id"], made["channel"]) == (made["cartId"], "Web")
        assert [line["sku"] for line in made["items"]] == [CABERNET.sku, RESERVE.sku]
        assert made["total"] == 21_800 + 1_744 + 1_000
        assert read(answer)["orderNumber"] == made["orderNumber"]
        assert read(bench.browser.get(cart))["total"] == made["total"]

    def test_has_the_shopper_and_their_browser(self, bench: Bench) -> None:
        order(bench, cart_with(bench, CABERNET))
        made = bench.told[0]["payload"]
        assert made["connectionInformation"] == {
            "customerIpAddress": "::ffff:8.8.4.99",
            "userAgent": "Mozilla/5.0 (invented)",
        }
        assert made["billTo"]["zipCode"] == made["shipTo"]["zipCode"] == "97205"
        record = bench.found(f"customer/{made['customerId']}")
        assert record["emails"][0]["email"] == "nia@example.com"
        assert record.keys() == customer(BUYERS[0], now=bench.clock()).keys()

    def test_from_this_machine_has_a_public_address(self, bench: Bench) -> None:
        order(bench, cart_with(bench, CABERNET), **{"X-Forwarded-For": "127.0.0.1"})
        seen = bench.told[0]["payload"]["connectionInformation"]["customerIpAddress"]
        assert seen == f"::ffff:{A_PUBLIC_ADDRESS}"

    def test_of_a_tasting_alone_ships_nothing(self, bench: Bench) -> None:
        order(bench, cart_with(bench, FLIGHT))
        made = bench.told[0]["payload"]
        assert (made["shipTotal"], made["shipping"], made["shipTo"]) == (0, [], None)
        assert made["billTo"]["city"] == "Portland"

    def test_is_made_once(self, bench: Bench) -> None:
        cart = cart_with(bench, CABERNET)
        assert order(bench, cart).status_code == 201
        assert order(bench, cart).status_code == 409
        assert bench.browser.put(cart, json={"items": []}).status_code == 409
        assert len(bench.told) == 1

    def test_is_not_made_of_nothing_or_by_nobody(self, bench: Bench) -> None:
        assert order(bench, f"/commerce7/v1/cart/{uuid4()}").status_code == 422
        assert order(bench, cart_with(bench, CABERNET), typed={"city": " "}).status_code == 422
        assert bench.told == []


class TestACart:
    @pytest.mark.parametrize(
        "items",
        [None, {}, [{}], [{"sku": "EX-NONE", "quantity": 1}], [{"sku": "EX-CAB-22"}],
         [{"sku": "EX-CAB-22", "quantity": 0}], [{"sku": "EX-CAB-22", "quantity": True}]],
    )  # fmt: skip
    def test_takes_only_what_the_shop_has(self, bench: Bench, items: object) -> None:
        answer = bench.browser.put(f"/commerce7/v1/cart/{uuid4()}", json={"items": items})
        assert answer.status_code == 422

    def test_may_be_called_from_another_origin(self, bench: Bench) -> None:
        asked = bench.browser.options(cart_with(bench))
        assert asked.headers["Access-Control-Allow-Origin"] == "*"
        assert "content-type" in asked.headers["Access-Control-Allow-Headers"]


class TestAPixelInABrowser:
    def test_is_heard_and_shown(self, bench: Bench) -> None:
        seen = {"id": "111", "ev": "AddToCart", "eid": "add-1", "dl": "http://shop.localhost/red"}
        assert bench.browser.get("/meta/tr/", query_string=seen).mimetype == "image/gif"
        [event] = read(bench.browser.get("/meta/_received"))["browser_events"]
        assert (event["pixel"], event["name"], event["event_id"]) == ("111", "AddToCart", "add-1")
        page = bench.browser.get("/meta/").text
        assert [word for word in seen.values() if word not in page] == []
        bench.browser.delete("/meta/_received")
        assert read(bench.browser.get("/meta/_received"))["browser_events"] == []
