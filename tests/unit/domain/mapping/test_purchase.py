from datetime import timedelta

import pytest

from service.domain.events.event import ActionSource, Content, DeliveryCategory, Event, EventName
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.identity import hashed
from service.domain.mapping.outcome import Skipped, Waiting
from service.domain.shop.order import Channel, Handover, Order, OrderKind, Payment
from service.domain.shop.person import Address, ClientInfo, Customer
from service.domain.tenants.tenant import TenantSettings
from tests.builders import CASEY, NOW, a_line, an_order, outcome_of, reason_only, some_settings


def purchase_of(order: Order, settings: TenantSettings | None = None) -> Event:
    outcome = outcome_of(order, settings)
    assert isinstance(outcome, Event)
    return outcome


class TestWhatIsNoPurchase:
    @pytest.mark.parametrize(
        ("order", "outcome"),
        [
            (an_order(kind=OrderKind.REFUND, total=-11584), Skipped(Reason.REFUND)),
            (an_order(kind=OrderKind.EXCHANGE), Skipped(Reason.EXCHANGE)),
            (an_order(kind=OrderKind.PICKUP_TO_SHIP), Skipped(Reason.PICKUP_TO_SHIP)),
            (an_order(is_imported=True), Skipped(Reason.IMPORT)),
            (an_order(is_fraudulent=True), Skipped(Reason.FRAUD)),
            (an_order(payment=Payment.CANCELLED), Skipped(Reason.CANCELLED)),
            (an_order(total=0), Skipped(Reason.NOTHING_PAID)),
            (an_order(channel=None), Skipped(Reason.UNKNOWN_CHANNEL)),
            (an_order(payment=Payment.OPEN), Waiting(Reason.NOT_PAID_YET)),
            (an_order(paid_at=None, submitted_at=None), Waiting(Reason.NO_ORDER_DATE_YET)),
            (an_order(paid_at=NOW - timedelta(days=7, seconds=1)), Skipped(Reason.TOO_OLD)),
            (an_order(kind=OrderKind.REFUND, payment=Payment.OPEN), Skipped(Reason.REFUND)),
            (an_order(kind=OrderKind.REFUND, channel=None), Skipped(Reason.REFUND)),
        ],
    )
    def test_says_why(self, order: Order, outcome: Skipped | Waiting) -> None:
        assert reason_only(outcome_of(order)) == outcome

    @pytest.mark.parametrize(
        ("settings", "reason"),
        [
            (some_settings(enabled=False), "switched off"),
            (some_settings(events={EventName.PURCHASE: False}), "switched off"),
            (some_settings(channels={Channel.WEB: False}), "switched off"),
            (TenantSettings(), "not set up"),
            (TenantSettings(enabled=False), "switched off"),
        ],
    )
    def test_follows_the_tenant(self, settings: TenantSettings, reason: str) -> None:
        assert reason_only(outcome_of(an_order(), settings)) == Skipped(Reason(reason))

    def test_waits_for_the_payment_even_while_switched_off(self) -> None:
        unpaid = an_order(payment=Payment.OPEN)
        outcome = outcome_of(unpaid, some_settings(enabled=False))
        assert reason_only(outcome) == Waiting(Reason.NOT_PAID_YET)

    def test_leaves_other_switches_alone(self) -> None:
        settings = some_settings(
            events={EventName.LEAD: False}, channels={Channel.POS: False, Channel.CLUB: False}
        )
        assert isinstance(outcome_of(an_order(), settings), Event)

    @pytest.mark.parametrize("person", [Address(), Address(city="Napa", state="CA", country="US")])
    def test_needs_a_person_to_match(self, person: Address) -> None:
        order = an_order(
            customer=Customer(address=person),
            bill_to=person,
            elsewhere=(CASEY,),
            connection=ClientInfo(user_agent="Mozilla/5.0"),
        )
        assert reason_only(outcome_of(order)) == Skipped(Reason.NO_MATCH_KEYS)


class TestWhenAndWhere:
    @pytest.mark.parametrize(
        ("channel", "source"),
        [
            (Channel.WEB, ActionSource.WEBSITE),
            (Channel.POS, ActionSource.PHYSICAL_STORE),
            (Channel.PHONE, ActionSource.PHONE_CALL),
            (Channel.CLUB, ActionSource.SYSTEM_GENERATED),
        ],
    )
    def test_has_the_channels_source(self, channel: Channel, source: ActionSource) -> None:
        assert purchase_of(an_order(channel=channel)).action_source is source

    def test_has_a_page_only_on_the_web(self) -> None:
        assert purchase_of(an_order()).source_url == "https://shop.example.com/"
        assert purchase_of(an_order(channel=Channel.POS)).source_url is None
        assert purchase_of(an_order(), some_settings(shop_domains=())).source_url is None
        two = some_settings(shop_domains=("first.example.com", "second.example.com"))
        assert purchase_of(an_order(), two).source_url == "https://first.example.com/"

    @pytest.mark.parametrize("typed", ["Shop.example.com", "https://shop.example.com/wines?x=1"])
    def test_has_the_page_of_a_domain_however_it_was_typed(self, typed: str) -> None:
        settings = some_settings(shop_domains=(typed,))
        assert purchase_of(an_order(), settings).source_url == "https://shop.example.com/"

    def test_happened_when_paid_else_when_submitted(self) -> None:
        assert purchase_of(an_order()).occurred_at == NOW - timedelta(hours=1)
        authorized = an_order(payment=Payment.AUTHORIZED, paid_at=None)
        assert purchase_of(authorized).occurred_at == NOW - timedelta(hours=2)

    def test_never_lies_in_the_future(self) -> None:
        assert purchase_of(an_order(paid_at=NOW + timedelta(hours=1))).occurred_at == NOW
        far = an_order(paid_at=NOW + timedelta(days=400))
        assert purchase_of(far).occurred_at == NOW - timedelta(hours=2)

    def test_takes_exactly_seven_days(self) -> None:
        assert isinstance(outcome_of(an_order(paid_at=NOW - timedelta(days=7))), Event)

    def test_has_the_orders_id_whatever_the_channel(self) -> None:
        ids = {purchase_of(an_order(id="abc", channel=channel)).event_id for channel in Channel}
        assert ids == {"c7-order-abc"}


class TestWhatItWasWorth:
    def test_is_the_total_unless_the_tenant_wants_the_subtotal(self) -> None:
        assert purchase_of(an_order()).custom.value == Money(minor=11584, currency="USD")
        subtotal = purchase_of(an_order(), some_settings(value_rule="subtotal"))
        assert subtotal.custom.value == Money(minor=9800, currency="USD")

    def test_never_guesses_a_currency(self) -> None:
        value = purchase_of(an_order(), some_settings(currency=None)).custom.value
        assert value == Money(minor=11584, currency=None)

    def test_carries_the_order_number(self) -> None:
        assert purchase_of(an_order(number="2101")).custom.order_id == "2101"
        assert purchase_of(an_order(number=None)).custom.order_id is None

    def test_lists_what_was_bought(self) -> None:
        assert purchase_of(an_order()).custom.contents == (
            Content(
                id="EX-CAB-22",
                quantity=2,
                unit_price=4900,
                delivery_category=DeliveryCategory.HOME_DELIVERY,
            ),
        )

    @pytest.mark.parametrize(
        ("handover", "category"),
        [
            (Handover.SHIPPED, DeliveryCategory.HOME_DELIVERY),
            (Handover.COLLECTED, DeliveryCategory.IN_STORE),
            (None, None),
        ],
    )
    def test_has_the_delivery_category_of_its_handover(
        self, handover: Handover | None, category: DeliveryCategory | None
    ) -> None:
        (content,) = purchase_of(an_order(handover=handover)).custom.contents
        assert content.delivery_category is category

    @pytest.mark.parametrize(
        ("choice", "content_id"),
        [("sku", "EX-CAB-22"), ("variant", "variant-1"), ("product", "product-1")],
    )
    def test_names_products_as_the_tenants_catalogue_does(
        self, choice: str, content_id: str
    ) -> None:
        (content,) = purchase_of(an_order(), some_settings(content_id=choice)).custom.contents
        assert content.id == content_id

    def test_leaves_out_what_was_not_bought(self) -> None:
        lines = (a_line(quantity=-1), a_line(unit_price=-500), a_line(sku=None), a_line(quantity=0))
        assert purchase_of(an_order(lines=lines)).custom.contents == ()

    def test_leaves_out_an_id_that_no_catalogue_can_have(self) -> None:
        lines = (a_line(sku="é" * 100), a_line(sku="a" * 101))
        (content,) = purchase_of(an_order(lines=lines)).custom.contents
        assert content.id == "é" * 100

    @pytest.mark.parametrize(("sold", "kept"), [(1, 1), (500, 500), (501, 500), (1000, 500)])
    def test_keeps_500_products_and_counts_the_units_of_all(self, sold: int, kept: int) -> None:
        lines = tuple(a_line(sku=f"sku-{number}") for number in range(sold))
        custom = purchase_of(an_order(lines=lines)).custom
        assert [each.id for each in custom.contents] == [f"sku-{n}" for n in range(kept)]
        assert custom.num_items == 2 * sold

    def test_keeps_a_free_product(self) -> None:
        (content,) = purchase_of(an_order(lines=(a_line(unit_price=0),))).custom.contents
        assert content.unit_price == 0


class TestThePerson:
    def test_hashes_every_personal_value(self) -> None:
        identity = purchase_of(an_order()).identity

        assert identity.hashed_emails == (hashed("casey@example.com"),)
        assert identity.hashed_phones == (hashed("17079631234"),)
        assert identity.hashed_first_names == (hashed("casey"),)
        assert identity.hashed_last_names == (hashed("sample"),)
        assert identity.hashed_cities == (hashed("exampleville"),)
        assert identity.hashed_states == (hashed("oh"),)
        assert identity.hashed_postcodes == (hashed("44101"),)
        assert identity.hashed_countries == (hashed("us"),)
        assert identity.hashed_external_ids == (hashed("f0440df6-e5b7"),)

    def test_takes_the_bill_to_and_the_customer_record_and_never_the_ship_to(self) -> None:
        married = Address(first_name="Casey", last_name="Newname", city="Elsewhere")
        friend = Address(first_name="Robin", last_name="Friend", phone="+12025550123", city="Rome")
        identity = purchase_of(an_order(bill_to=married, elsewhere=(friend,))).identity

        assert identity.hashed_last_names == (hashed("newname"), hashed("sample"))
        assert identity.hashed_cities == (hashed("elsewhere"), hashed("exampleville"))
        everything = str([getattr(identity, name) for name in identity.__struct_fields__])
        for theirs in ("robin", "friend", "12025550123", "rome"):
            assert hashed(theirs) not in everything

    def test_reads_a_national_number_in_the_customers_country(self) -> None:
        german = Address(phone="0171 1234567", country="DE")
        order = an_order(bill_to=german, customer=Customer(phones=("0171 1234567",)))
        assert purchase_of(order).identity.hashed_phones == (hashed("491711234567"),)

    @pytest.mark.parametrize("channel", [Channel.POS, Channel.PHONE, Channel.CLUB])
    def test_knows_a_browser_on_the_web_only(self, channel: Channel) -> None:
        web, other = purchase_of(an_order()), purchase_of(an_order(channel=channel))

        assert web.identity.ip == "8.8.4.25"
        assert web.identity.user_agent == "Mozilla/5.0 (invented)"
        assert (other.identity.ip, other.identity.user_agent) == (None, None)

    @pytest.mark.parametrize(
        "ip",
        [
            "192.168.0.30",
            "10.0.0.1",
            "127.0.0.1",
            "::1",
            "fe80::1",
            "fc00::1",
            "224.0.0.1",
            "ff0e::1",
            "no",
            "",
            None,
        ],
    )
    def test_drops_ip_addresses_that_are_not_public(self, ip: str | None) -> None:
        order = an_order(connection=ClientInfo(ip=ip, user_agent="Mozilla/5.0"))
        assert purchase_of(order).identity.ip is None

    def test_takes_ten_values_of_a_key_at_most(self) -> None:
        emails = tuple(f"casey{number}@example.com" for number in range(5000))
        identity = purchase_of(an_order(customer=Customer(emails=emails))).identity
        assert identity.hashed_emails == tuple(hashed(email) for email in emails[:10])

    def test_keeps_a_public_ipv6_address(self) -> None:
        order = an_order(connection=ClientInfo(ip="2001:4860:4860:0:0:0:0:8888"))
        assert purchase_of(order).identity.ip == "2001:4860:4860::8888"

    @pytest.mark.parametrize(
        "name",
        [
            ("Guest", "Guest"),
            ("Walk", "In"),
            ("Tasting", "Room"),
            ("Cash", "Sale"),
            (None, "Guest"),
        ],
    )
    def test_takes_no_placeholder_for_a_person(self, name: tuple[str | None, str]) -> None:
        first, last = name
        placeholder = Address(first_name=first, last_name=last, phone="0000000000", country="US")
        order = an_order(
            channel=Channel.POS,
            bill_to=placeholder,
            customer=Customer(
                id="shared-record",
                emails=("noemail@example.com",),
                phones=("555-555-5555",),
                address=placeholder,
            ),
        )
        assert reason_only(outcome_of(order)) == Skipped(Reason.NO_MATCH_KEYS)
