"""Simulated shoppers: the plan is repeatable, and its traits are in what the service hears."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from service.web.endpoints.beacon import parse_beacon
from tests.sandbox.shoppers import USUAL, Beacon, Plan, Sale, Trait, plan

BEGUN = datetime(2026, 8, 5, 12, 0, tzinfo=UTC)
BUYS = {Trait.AD_CLICK: 1.0, Trait.BUYS: 1.0, Trait.CART_SEEN: 1.0}
MANY = 400


def of(*traits: Trait, shoppers: int = 12) -> Plan:
    """Return the plan of shoppers who all come from ads and buy, and have these traits."""
    return plan(shoppers, seed=7, begun=BEGUN, mix=BUYS | dict.fromkeys(traits, 1.0))


def beacons(planned: Plan, shopper: int) -> list[Beacon]:
    return [s for s in planned.steps if isinstance(s, Beacon) and s.shopper == shopper]


def sale(planned: Plan, shopper: int) -> Sale:
    [found] = [s for s in planned.steps if isinstance(s, Sale) and s.shopper == shopper]
    return found


class TestAPlan:
    def test_is_the_same_for_a_seed_and_another_for_another(self) -> None:
        first = plan(MANY, seed=1, begun=BEGUN)
        assert first == plan(MANY, seed=1, begun=BEGUN)
        assert first.truth != plan(MANY, seed=2, begun=BEGUN).truth

    def test_is_in_order_and_names_each_order_once(self) -> None:
        planned = plan(MANY, seed=1, begun=BEGUN, lasting=timedelta(hours=1))
        times = [step.at for step in planned.steps]
        assert times == sorted(times)
        sales = [step.cart_id for step in planned.steps if isinstance(step, Sale)]
        assert len(sales) == len(set(sales))
        assert sorted(sales) == sorted(truth.order_id for truth in planned.truth)

    def test_has_about_as_many_of_each_trait_as_its_mix(self) -> None:
        everybody = plan(MANY, seed=1, begun=BEGUN, mix={**USUAL, Trait.BUYS: 1.0}).truth
        for trait, share in USUAL.items():
            if trait is not Trait.BUYS:
                has_it = sum(trait in truth.traits for truth in everybody)
                assert has_it == pytest.approx(MANY * share, abs=MANY * 0.08)

    def test_sends_what_the_service_reads(self) -> None:
        for step in plan(50, seed=1, begun=BEGUN).steps:
            if isinstance(step, Beacon):
                body = {"tenant": "estate", **step.body}
                read = parse_beacon(
                    json.dumps(body).encode(), ip=step.ip, user_agent=step.user_agent
                )
                assert read is not None
                assert [hit.id for hit in read.hits] == [each["id"] for each in body["events"]]
                seen = (read.visitor.fbp, read.visitor.fbc, read.visitor.hashed_email, read.cart_id)
                names = ("fbp", "fbc", "email", "cart")
                assert seen == tuple(body.get(name) for name in names)


class TestAShopper:
    def test_of_the_plainest_kind_is_one_browser_from_the_ad_to_the_order(self) -> None:
        planned = of()
        for truth in planned.truth:
            told, order = beacons(planned, truth.shopper), sale(planned, truth.shopper)
            assert {each.body["fbc"] for each in told} == {truth.fbc}
            assert {each.body["fbp"] for each in told} == {truth.fbp}
            assert {(each.ip, each.user_agent) for each in told} == {(order.ip, order.user_agent)}
            assert told[-1].body["cart"] == order.cart_id == truth.order_id

    def test_with_two_devices_orders_on_one_that_never_saw_the_ad(self) -> None:
        planned = of(Trait.TWO_DEVICES)
        for truth in planned.truth:
            told, order = beacons(planned, truth.shopper), sale(planned, truth.shopper)
            where = [(each.ip, each.user_agent) for each in told if "fbc" in each.body]
            assert len(where) == 2
            assert (order.ip, order.user_agent) not in where
            assert "fbc" not in told[-1].body
            assert told[-1].body["fbp"] == truth.fbp != told[0].body["fbp"]

    def test_with_a_private_relay_never_has_an_address_twice(self) -> None:
        planned = of(Trait.PRIVATE_RELAY)
        told = beacons(planned, 0)
        assert len({each.ip for each in told} | {sale(planned, 0).ip}) == len(told) + 1

    def test_who_shares_an_address_has_others_at_it(self) -> None:
        planned = of(Trait.SHARED_ADDRESS)
        assert len({step.ip for step in planned.steps}) == 1

    def test_who_blocks_the_snippet_only_orders(self) -> None:
        planned = of(Trait.BLOCKED)
        assert {type(step) for step in planned.steps} == {Sale}
        assert all(truth.fbc for truth in planned.truth)
