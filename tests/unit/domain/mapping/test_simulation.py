"""Test events: like real ones, of an invented person, worth one unit of money."""

import pytest

from service.domain.events.event import ActionSource, Content, CustomData, EventName
from service.domain.events.match_keys import is_matchable
from service.domain.events.money import Money
from service.domain.identity import hashed
from service.domain.mapping.simulation import counts_at_secondary, simulated
from service.domain.tenants.tenant import TenantSettings
from service.meta.wire import build_event
from tests.builders import NOW, one_pixel_twice, some_settings, two_pixels
from tests.sandbox.meta_event_rules import check_event

WITH_VALUE = {"Purchase", "ViewContent", "AddToCart", "InitiateCheckout"}
ONLINE = WITH_VALUE | {"Lead", "PageView"}
OF_THE_SYSTEM = {"Subscribe", "CancelMembership", "CompleteRegistration"}
KNOWN = sorted(ONLINE | OF_THE_SYSTEM)


@pytest.mark.parametrize("name", EventName)
class TestATestEvent:
    def test_is_one_that_meta_takes(self, name: EventName) -> None:
        event = simulated(name, event_id="test-1", settings=some_settings(), now=NOW)
        check_event(build_event(event), param="event", now=NOW)
        assert (event.name, event.event_id, event.occurred_at) == (name, "test-1", NOW)

    def test_is_of_an_invented_person(self, name: EventName) -> None:
        identity = simulated(name, event_id="t", settings=some_settings(), now=NOW).identity
        assert identity.hashed_emails == (hashed("vera.fictional@example.com"),)
        assert identity.hashed_external_ids == (hashed("1pixel-test-customer"),)
        assert (identity.ip, identity.hashed_phones) == (None, ())
        assert is_matchable(identity)

    def test_needs_neither_currency_nor_shop(self, name: EventName) -> None:
        event = simulated(name, event_id="test-1", settings=TenantSettings(), now=NOW)
        assert event.source_url in {None, "https://example.com/"}
        assert event.custom.value in {None, Money(minor=100, currency="USD")}
        check_event(build_event(event), param="event", now=NOW)


@pytest.mark.parametrize("name", [EventName(name) for name in KNOWN])
class TestOneOfThese:
    def test_comes_from_where_the_real_one_does(self, name: EventName) -> None:
        event = simulated(name, event_id="test-1", settings=some_settings(), now=NOW)
        of_the_system = name in OF_THE_SYSTEM
        source = ActionSource.SYSTEM_GENERATED if of_the_system else ActionSource.WEBSITE
        assert event.action_source is source
        assert event.source_url == (None if of_the_system else "https://shop.example.com/")
        assert (event.identity.user_agent is None) is of_the_system

    def test_is_worth_one_if_it_has_a_value(self, name: EventName) -> None:
        custom = simulated(
            name, event_id="test-1", settings=some_settings(currency="EUR"), now=NOW
        ).custom
        content = Content(id="1pixel-test", quantity=1, unit_price=100)
        priced = CustomData(
            value=Money(minor=100, currency="EUR"),
            order_id="test-1" if name is EventName.PURCHASE else None,
            contents=(content,),
        )
        assert custom == (priced if name in WITH_VALUE else CustomData())


class TestTheSecondaryPixel:
    def test_counts_a_test_purchase_if_it_is_another(self) -> None:
        assert counts_at_secondary(some_settings(pixels=two_pixels()))
        assert not counts_at_secondary(some_settings())
        assert not counts_at_secondary(some_settings(pixels=one_pixel_twice()))
