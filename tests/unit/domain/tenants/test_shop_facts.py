import pytest

from service.domain.delivery.delivery import Wait
from service.domain.events.event import ActionSource, CustomData, Event
from service.domain.events.money import Money
from service.domain.shop.public_settings import Shop
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.shop_facts import (
    ADDRESS,
    CURRENCY,
    awaited_facts,
    missing_fact,
    unknown_facts,
    with_shop_facts,
)
from tests.builders import a_tenant, an_event, some_settings

UNPRICED = CustomData(value=Money(minor=100, currency=None))
NOTHING_KNOWN = a_tenant(some_settings(currency=None, shop_domains=()))


def a_web_event(**changes: object) -> Event:
    return an_event(action_source=ActionSource.WEBSITE, page="checkout", **changes)


class TestAnEvent:
    def test_waits_for_its_currency_then_for_its_shops_address(self) -> None:
        assert missing_fact(a_web_event(custom=UNPRICED)) is CURRENCY
        assert missing_fact(a_web_event()) is ADDRESS
        assert missing_fact(a_web_event(source_url="https://a.example/")) is None

    @pytest.mark.parametrize(
        "source", [each for each in ActionSource if each is not ActionSource.WEBSITE]
    )
    def test_waits_for_no_address_where_it_did_not_happen_on_the_web(
        self, source: ActionSource
    ) -> None:
        event = with_shop_facts(an_event(action_source=source, page="checkout"), a_tenant())
        assert (event.source_url, missing_fact(event)) == (None, None)

    def test_is_completed_with_what_is_known(self) -> None:
        assert missing_fact(with_shop_facts(a_web_event(), NOTHING_KNOWN)) is ADDRESS
        shop = Shop(currency="EUR", domain="a.example", routes={"checkout": "kasse"})
        told = a_tenant(some_settings(currency=None, shop_domains=()), shop=shop)
        event = with_shop_facts(a_web_event(custom=UNPRICED), told)
        assert (event.source_url, missing_fact(event)) == ("https://a.example/kasse", None)
        assert event.custom.value == Money(minor=100, currency="EUR")

    def test_keeps_what_it_has(self) -> None:
        event = a_web_event(source_url="https://first.example/")
        assert with_shop_facts(event, a_tenant(some_settings(currency="EUR"))) == event

    def test_of_an_older_release_gets_the_home_page(self) -> None:
        event = an_event(action_source=ActionSource.WEBSITE)
        assert with_shop_facts(event, a_tenant()).source_url == "https://shop.example.com/"


class TestTheWinerysFacts:
    def test_are_unknown_until_one_side_tells_them(self) -> None:
        assert unknown_facts(NOTHING_KNOWN.settings) == [CURRENCY, ADDRESS]
        assert unknown_facts(some_settings()) == []

    def test_are_awaited_once_an_event_waits_for_them(self) -> None:
        assert awaited_facts(NOTHING_KNOWN) == []
        waits = Recheck(kinds=(f"primary:{Wait.TOKEN}", f"secondary:{Wait.ADDRESS}"))
        unknown = some_settings(currency=None, shop_domains=())
        assert awaited_facts(a_tenant(unknown, recheck=waits)) == [ADDRESS]
        assert awaited_facts(a_tenant(recheck=waits)) == []
