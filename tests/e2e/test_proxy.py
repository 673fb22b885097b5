"""The use of a front end's headers by gunicorn and the app, over real sockets."""

import pytest
import requests

from tests.e2e.conftest import Site
from tests.e2e.harness import Service

HOST = "1pixel.example"
FRONT_END = {"Host": HOST, "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}


def save(service: Service, origin: str) -> int:
    """Save settings as a browser does that sends no Sec-Fetch-Site; return the status."""
    headers = {**FRONT_END, "Origin": origin, "Authorization": f"Bearer {service.sign_in()}"}
    url = f"{service.url}/configuration"
    return requests.post(url, data={}, headers=headers, timeout=20).status_code


@pytest.mark.parametrize(
    ("hops", "ours", "other"), [("1", "https", "http"), ("0", "http", "https")]
)
def test_only_a_trusted_proxy_says_which_scheme_our_pages_have(
    site: Site, hops: str, ours: str, other: str
) -> None:
    site.service.engines = {"TRUSTED_PROXY_HOPS": hops}
    site.service.start()
    assert save(site.service, f"{ours}://{HOST}") == 200
    assert save(site.service, f"{other}://{HOST}") == 403
    assert save(site.service, "https://evil.example") == 403
