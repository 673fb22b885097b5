import pytest

from service.domain.identity import ascii_host, is_open_to_all, owner_domain
from service.domain.identity.mail_providers import DOMAINS


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.ridge-winery.com", "ridge-winery.com"),
        ("a.b.ridge-winery.co.uk", "ridge-winery.co.uk"),
        ("ridge.myshopify.com", "ridge.myshopify.com"),
        ("shop.xn--chteau-exemple-chb.fr", "xn--chteau-exemple-chb.fr"),
        ("ridge.ac", "ridge.ac"),
    ],
)
def test_the_domain_above_a_host_is_its_owners(host: str, domain: str) -> None:
    assert owner_domain(host) == domain


@pytest.mark.parametrize(
    "host",
    [
        *["com", "co.uk", "myshopify.com", "gmail.com", "ridge.comcast.net", "mail.yahoo.co.uk"],
        *["wine.college.edu", "shop.college.edu.au", "wine.college.ac.uk", "shop.example.com"],
    ],
)
def test_no_one_owns_what_strangers_share(host: str) -> None:
    assert owner_domain(host) is None


def test_addresses_at_providers_are_open_to_all() -> None:
    open_to_all = {*DOMAINS, "gmail.com", "yahoo.fr", "hotmail.co.uk", "myshopify.com", "co.uk"}
    assert all(map(is_open_to_all, open_to_all))
    assert not any(map(is_open_to_all, ["ridge-winery.com", "ridge.myshopify.com", "college.edu"]))


@pytest.mark.parametrize(
    "host", ["Château.fr", "CHÂTEAU.FR", "xn--chteau-xta.fr", "XN--CHTEAU-XTA.fr"]
)
def test_a_host_has_one_spelling(host: str) -> None:
    assert ascii_host(host) == "xn--chteau-xta.fr"


@pytest.mark.parametrize("host", ["", "..", "é" * 64 + ".fr"])
def test_what_is_no_host_stays(host: str) -> None:
    assert ascii_host(host) == host
