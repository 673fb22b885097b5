"""Which visit an event is joined to, and that two people are never mixed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.copies import replace
from service.domain.events.browser_signal import SIGNAL_FOR, BrowserSignal, JoinKey
from service.domain.events.event import ActionSource, DataUse, Event, EventName, Identity
from service.domain.events.join import (
    Subject,
    click_of,
    has_privacy_signal,
    is_refused,
    join,
    limited,
    with_click,
)
from tests.builders import NOW

CART = "0f8fad5b-d9cb-469f-a165-70867728950e"
SECOND = timedelta(seconds=1)
AGENT = "Mozilla/5.0"


def an_event(name: EventName = EventName.PURCHASE, **identity: Any) -> Event:
    return Event(
        name=name,
        event_id="c7-order-1",
        occurred_at=NOW,
        action_source=ActionSource.WEBSITE,
        identity=Identity(**identity),
    )


def an_order(cart_id: str = CART, number: str = "1042", **identity: Any) -> Subject:
    return Subject(event=an_event(**identity), cart_id=cart_id, order_number=number)


def a_signal(**changes: Any) -> BrowserSignal:
    known: dict[str, Any] = {"seen_at": NOW, "fbp": "fb.1.1.1", "fbc": "fb.1.1.click"}
    return BrowserSignal(**known | changes)


def key_of(subject: Subject, *signals: BrowserSignal, now: datetime = NOW) -> JoinKey | None:
    found = join(subject, signals, now=now)
    return found[1].by if found else None


class TestAnOrder:
    @pytest.mark.parametrize(
        ("signal", "key"),
        [
            ({"cart_id": CART}, JoinKey.CART),
            ({"order_number": "1042"}, JoinKey.ORDER_NUMBER),
            ({"order_number": CART}, JoinKey.ORDER_NUMBER),
            ({"fbp": "fb.1.1.theme"}, JoinKey.BROWSER),
            ({"hashed_customer_id": "c"}, JoinKey.CUSTOMER),
            ({"hashed_email": "e"}, JoinKey.EMAIL),
            ({"ip": "8.8.4.4", "user_agent": AGENT, "checkout_at": NOW}, JoinKey.DEVICE),
            ({"ip": "8.8.4.4", "user_agent": AGENT}, None),
            ({"ip": "8.8.4.4", "user_agent": "other", "checkout_at": NOW}, None),
            ({"cart_id": "another"}, None),
        ],
    )
    def test_is_found_by_each_key(self, signal: dict[str, Any], key: JoinKey | None) -> None:
        subject = an_order(
            fbp="fb.1.1.theme", hashed_external_ids=("c",), hashed_emails=("e",),
            ip="8.8.4.4", user_agent=AGENT,
        )  # fmt: skip
        assert key_of(subject, a_signal(**signal)) is key

    def test_takes_all_from_the_strongest(self) -> None:
        of_cart = a_signal(cart_id=CART, fbp="fb.1.1.cart", fbc=None, ip="8.8.4.4", user_agent="a")
        of_email = a_signal(hashed_email="e", ip="8.8.8.8", user_agent="b", seen_at=NOW + SECOND)
        found = join(an_order(hashed_emails=("e",)), [of_email, of_cart], now=NOW)
        assert found is not None
        event, joined = found
        identity = event.identity
        assert (identity.fbp, identity.fbc) == ("fb.1.1.cart", None)
        assert (identity.ip, identity.user_agent) == ("8.8.4.4", "a")
        assert joined.brought == ("browser id", "IP address", "browser")

    def test_keeps_its_own_address_and_browser_together(self) -> None:
        signal = a_signal(cart_id=CART, ip="8.8.8.8", user_agent="relay")
        found = join(an_order(ip="8.8.4.4"), [signal], now=NOW)
        assert found is not None
        assert (found[0].identity.ip, found[0].identity.user_agent) == ("8.8.4.4", None)

    def test_of_two_devices_of_one_person_has_the_last(self) -> None:
        phone = a_signal(hashed_email="e", fbp="fb.1.1.phone")
        laptop = a_signal(hashed_email="e", fbp="fb.1.1.laptop", seen_at=NOW + SECOND)
        for signals in ([phone, laptop], [laptop, phone]):
            found = join(an_order(hashed_emails=("e",)), signals, now=NOW + SECOND)
            assert found is not None
            assert found[0].identity.fbp == "fb.1.1.laptop"

    def test_is_not_found_by_the_address_of_another_customer(self) -> None:
        subject = an_order(hashed_emails=("e",), hashed_external_ids=("c",))
        assert key_of(subject, a_signal(hashed_email="e", hashed_customer_id="other")) is None
        assert (
            key_of(subject, a_signal(hashed_email="o", hashed_customer_id="c")) is JoinKey.CUSTOMER
        )

    def test_is_not_found_by_a_number_that_was_guessed(self) -> None:
        receipt = a_signal(order_number="1042")
        guessed = replace(receipt, seen_at=NOW - timedelta(minutes=3), fbp="fb.1.1.9")
        assert key_of(an_order(), receipt) is JoinKey.ORDER_NUMBER
        assert key_of(an_order(), guessed) is None
        assert key_of(an_order(), receipt, guessed) is JoinKey.ORDER_NUMBER
        assert key_of(an_order(), receipt, replace(guessed, seen_at=NOW)) is None

    def test_is_not_joined_after_half_an_hour(self) -> None:
        signal = a_signal(cart_id=CART)
        assert key_of(an_order(), signal, now=NOW + SIGNAL_FOR - SECOND) is JoinKey.CART
        assert key_of(an_order(), signal, now=NOW + SIGNAL_FOR) is None


class TestADevice:
    SUBJECT = an_order(ip="8.8.4.4", user_agent=AGENT, hashed_emails=("e",))
    SIGNAL = a_signal(ip="8.8.4.4", user_agent=AGENT, checkout_at=NOW)

    def test_of_two_visitors_joins_none(self) -> None:
        other = replace(self.SIGNAL, fbp="fb.1.1.2", checkout_at=None)
        assert key_of(self.SUBJECT, self.SIGNAL) is JoinKey.DEVICE
        assert key_of(self.SUBJECT, self.SIGNAL, other) is None

    @pytest.mark.parametrize(
        "changes",
        [
            {"cart_id": "another"},
            {"hashed_email": "other"},
            {"checkout_at": NOW - SIGNAL_FOR},
            {"fbp": None},
        ],
    )
    def test_of_another_person_joins_none(self, changes: dict[str, Any]) -> None:
        assert key_of(self.SUBJECT, replace(self.SIGNAL, **changes)) is None

    def test_joins_nothing_but_orders(self) -> None:
        subject = replace(self.SUBJECT, cart_id=None)
        assert key_of(subject, self.SIGNAL) is None

    @given(st.integers(min_value=2, max_value=1000), st.randoms())
    def test_of_a_thousand_shoppers_joins_none(self, number: int, chance: Any) -> None:
        signals = [replace(self.SIGNAL, fbp=f"fb.1.1.{one}") for one in range(number)]
        chance.shuffle(signals)
        assert key_of(self.SUBJECT, *signals) is None


KEYS = st.sampled_from(["a", "b", "c"])
SIGNALS = st.lists(
    st.builds(
        BrowserSignal,
        seen_at=st.integers(0, 3600).map(lambda seconds: NOW - timedelta(seconds=seconds)),
        cart_id=st.none() | KEYS,
        order_number=st.none() | KEYS,
        fbp=st.none() | KEYS,
        fbc=st.none() | KEYS,
        ip=st.none() | KEYS,
        user_agent=st.none() | KEYS,
        hashed_email=st.none() | KEYS,
        hashed_customer_id=st.none() | KEYS,
        checkout_at=st.none() | st.just(NOW),
        has_privacy_signal=st.booleans(),
        is_refused=st.booleans(),
        is_click=st.booleans(),
    ),
    max_size=8,
)


class TestAnySignals:
    @given(SIGNALS, st.randoms())
    def test_join_alike_in_any_order_and_from_one_visit_alone(
        self, signals: list[BrowserSignal], chance: Any
    ) -> None:
        subject = an_order("a", "b", hashed_emails=("a",), hashed_external_ids=("a",))
        found = join(subject, signals, now=NOW)
        again = list(signals)
        chance.shuffle(again)
        assert join(subject, again, now=NOW) == found
        if found is None:
            return
        identity, key = found[0].identity, found[1].by
        sources = [
            each
            for each in signals
            if (each.fbc, each.fbp) == (identity.fbc, identity.fbp)
            and (each.ip, each.user_agent) == (identity.ip, identity.user_agent)
        ]
        assert any(key in dict(each.marks) for each in sources)
        assert any(each.seen_at + SIGNAL_FOR > NOW and not each.is_click for each in sources)
        assert any(not (each.is_refused or each.has_privacy_signal) for each in sources)


class TestARefusal:
    def test_counts_for_its_cart_until_the_shopper_agrees(self) -> None:
        refused = a_signal(cart_id=CART, is_refused=True, fbp=None, fbc=None)
        agreed = a_signal(cart_id=CART, seen_at=NOW + SECOND)
        assert is_refused(an_order(), [refused], now=NOW)
        assert not is_refused(an_order("another"), [refused], now=NOW)
        assert not is_refused(an_order(), [agreed, refused], now=NOW + SECOND)
        assert is_refused(an_order(), [replace(agreed, seen_at=NOW - SECOND), refused], now=NOW)

    def test_joins_nothing(self) -> None:
        assert key_of(an_order(), a_signal(cart_id=CART, is_refused=True)) is None


class TestAPrivacySignal:
    SIGNAL = BrowserSignal(seen_at=NOW, cart_id=CART, has_privacy_signal=True)

    def test_counts_for_its_cart(self) -> None:
        assert has_privacy_signal(an_order(), [self.SIGNAL], now=NOW)
        assert not has_privacy_signal(an_order("another"), [self.SIGNAL], now=NOW)
        assert key_of(an_order(), self.SIGNAL) is None

    def test_limits_the_use_of_data(self) -> None:
        by_ip, without = limited(an_event(ip="8.8.4.4")), limited(an_event())
        assert (by_ip.data_use.limited, by_ip.data_use.state) == (True, 0)
        assert (without.data_use.country, without.data_use.state) == (1, 1000)
        texas = DataUse(limited=True, country=1, state=1005, rule="Texas")
        assert limited(replace(an_event(), data_use=texas)).data_use == texas


class TestAMembership:
    def test_that_is_joined_was_made_on_the_website(self) -> None:
        event = replace(
            an_event(EventName.SUBSCRIBE, hashed_external_ids=("c",)),
            action_source=ActionSource.SYSTEM_GENERATED,
        )
        page = "https://shop.example.com/club"
        signal = a_signal(hashed_customer_id="c", page_url=page, ip="8.8.4.4", user_agent=AGENT)
        found = join(Subject(event=event), [signal], now=NOW)
        assert found is not None
        assert (found[0].action_source, found[0].source_url) == (ActionSource.WEBSITE, page)


CUSTOMER: dict[str, Any] = {"hashed_external_ids": ("c",), "hashed_emails": ("e",)}


class TestAClick:
    def test_serves_the_customers_later_orders_and_brings_nothing_else(self) -> None:
        bought = an_event(fbc="fb.1.1.click", fbp="fb.1.1.1", ip="8.8.4.4", **CUSTOMER)
        click = click_of(bought, now=NOW)
        assert click is not None
        assert (click.ip, click.user_agent, click.page_url, click.cart_id) == (None,) * 4
        found = with_click(Subject(event=an_event(**CUSTOMER)), [click])
        assert found is not None
        event, joined = found
        assert (event.identity.fbc, event.identity.fbp) == ("fb.1.1.click", "fb.1.1.1")
        assert event.identity.ip is None
        assert (joined.by, joined.is_click) == (JoinKey.CUSTOMER, True)

    def test_is_no_visit_and_a_visit_is_no_click(self) -> None:
        click = a_signal(hashed_email="e", is_click=True)
        subject = an_order(hashed_emails=("e",))
        assert key_of(subject, click) is None
        assert with_click(subject, [replace(click, is_click=False)]) is None

    def test_of_another_customer_does_not_count(self) -> None:
        click = a_signal(hashed_email="e", hashed_customer_id="other", is_click=True)
        assert with_click(an_order(**CUSTOMER), [click]) is None

    @pytest.mark.parametrize("identity", [{"fbc": "fb.1.1.click"}, CUSTOMER])
    def test_needs_a_click_and_a_customer(self, identity: dict[str, Any]) -> None:
        assert click_of(an_event(**identity), now=NOW) is None
