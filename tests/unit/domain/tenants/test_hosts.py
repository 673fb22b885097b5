import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.tenants.tenant import host_of
from tests.builders import some_settings


class TestAHost:
    @pytest.mark.parametrize(
        ("typed", "host"),
        [
            ("Shop.Example.com", "shop.example.com"),
            (" https://shop.example.com:443/wines?x=1#top ", "shop.example.com"),
            ("https://www.château-exemple.fr", "www.xn--chteau-exemple-chb.fr"),
            ("WWW.CHÂTEAU-EXEMPLE.FR/vins", "www.xn--chteau-exemple-chb.fr"),
            ("www.cha\u0302teau-exemple.fr", "www.xn--chteau-exemple-chb.fr"),
            ("www.xn--chteau-exemple-chb.fr", "www.xn--chteau-exemple-chb.fr"),
            ("weingut-süß.example", "xn--weingut-s-o1a23a.example"),
            ("ワイン.example", "xn--eck4hna.example"),
        ],
    )
    def test_is_read_however_it_was_typed(self, typed: str, host: str) -> None:
        assert host_of(typed) == host

    @pytest.mark.parametrize(
        "typed",
        ["", "shop", "https://", "https://[", "a b.example", "mailto:é@é", "\u200d.example", "é"],
    )
    def test_is_none_of_what_is_no_web_address(self, typed: str) -> None:
        assert host_of(typed) is None

    @given(st.text(max_size=40))
    def test_is_ascii_and_reads_as_itself(self, typed: str) -> None:
        host = host_of(f"{typed}.example")
        assert host is None or (host.isascii() and host_of(host) == host)


class TestTheShopsHost:
    def test_is_the_first_domain_that_is_a_web_address(self) -> None:
        settings = some_settings(shop_domains=("shop", "Château.example", "b.example"))
        assert settings.shop_host == "xn--chteau-xta.example"
        assert some_settings(shop_domains=()).shop_host is None

    def test_is_stored_plainly_once_and_what_is_no_address_stays(self) -> None:
        typed = ("https://Shop.example/", "shop.example", "no address")
        settings = some_settings(shop_domains=typed).with_plain_hosts()
        assert settings.shop_domains == ("shop.example", "no address")
