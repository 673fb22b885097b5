"""What of a page's address is kept."""

import pytest

from service.domain.mapping.visit import page_address
from service.domain.tenants.tenant import Tenant
from tests.builders import TENANT, some_settings

SHOP = "https://shop.example.com"
WINERY = Tenant(id=TENANT, choices=some_settings())


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("/reset/casey@example.com/done", "/reset/-/done"),
        ("/reset/casey%40example.com", "/reset/-"),
        ("/a?utm_content=casey%40example.com&utm_source=fb", "/a?utm_source=fb"),
        ("/@handle/red-1.5l", "/@handle/red-1.5l"),
        ("/red?utm_source=fb&email=casey@example.com#top", "/red?utm_source=fb"),
        ("", "/"),
    ],
)
def test_an_address_is_kept_without_personal_data(told: str, kept: str) -> None:
    assert page_address(f"{SHOP}{told}", tenant=WINERY) == f"{SHOP}{kept}"


@pytest.mark.parametrize("told", ["https://casey@other.example/", "ftp://shop.example.com/", "//["])
def test_another_sites_address_is_none(told: str) -> None:
    assert page_address(told, tenant=WINERY) is None
