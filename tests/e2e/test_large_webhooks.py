"""Large webhooks over real sockets, with and without our login, whole and in chunks."""

from collections.abc import Iterator

import pytest
import requests

from tests.e2e.conftest import Site
from tests.e2e.harness import LOGIN, an_order_webhook, eventually

MEBIBYTE = 1024 * 1024
CHUNK = b" " * 8192


def in_chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // len(CHUNK)):
        yield CHUNK


@pytest.fixture(autouse=True)
def _started(site: Site) -> None:
    site.service.start()


def test_an_order_of_a_thousand_lines_arrives_with_the_units_of_all(site: Site) -> None:
    webhook = an_order_webhook()
    (line, *_) = webhook["payload"]["items"]
    lines = [line | {"sku": f"SKU-{n}", "quantity": 2, "note": "x" * 1000} for n in range(1000)]
    webhook["payload"]["items"] = lines
    answer = site.service.tell(webhook)
    assert (answer.status_code, answer.json()) == (200, {"result": "recorded"})

    order_id = webhook["payload"]["id"]
    (event,) = eventually(lambda: site.meta.events(f"c7-order-{order_id}"))
    data = event["custom_data"]
    assert (len(data["contents"]), data["num_items"]) == (500, 2000)


@pytest.mark.parametrize(("login", "size"), [(LOGIN, 9 * MEBIBYTE), (None, 3 * MEBIBYTE)])
def test_a_body_that_is_too_large_is_taken_whole_and_answered_200(
    site: Site, login: tuple[str, str] | None, size: int
) -> None:
    url = f"{site.service.url}/webhooks/commerce7"
    with requests.Session() as session:
        session.auth = login
        for body in (b" " * size, in_chunks(size)):
            answer = session.post(url, data=body, timeout=10)
            assert (answer.status_code, answer.json()) == (200, {"result": "ignored"})
            # The connection is as good as before.
            after = session.post(url, json=an_order_webhook(), timeout=10)
            assert after.json() == {"result": "recorded"}
    assert site.service.last_words().count('"message": "webhook.too_large"') == 2
