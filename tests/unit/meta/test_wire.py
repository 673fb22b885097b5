import json
from datetime import UTC, datetime

from service.domain.copies import replace
from service.domain.events.event import (
    ActionSource,
    Content,
    CustomData,
    DataUse,
    DeliveryCategory,
    Event,
    EventName,
    Identity,
)
from service.domain.events.money import Money
from service.domain.tenants.connection import TEST_IDENTITY, ConnectionTest
from service.meta.wire import build_probe, build_request, encode_request
from tests.builders import an_event

FULL = Event(
    name=EventName.PURCHASE,
    event_id="c7-order-1",
    occurred_at=datetime(2026, 8, 3, 18, 4, 11, 608000, tzinfo=UTC),
    action_source=ActionSource.WEBSITE,
    source_url="https://shop.example.com/",
    identity=Identity(
        hashed_emails=("e1", "e2"),
        hashed_phones=("p",),
        hashed_first_names=("f",),
        hashed_last_names=("l",),
        hashed_cities=("c",),
        hashed_states=("s",),
        hashed_postcodes=("z",),
        hashed_countries=("u",),
        hashed_external_ids=("x",),
        ip="8.8.4.25",
        user_agent="Mozilla/5.0",
        fbc="fb.1.1.c",
        fbp="fb.1.1.p",
    ),
    custom=CustomData(
        value=Money(minor=11584, currency="USD"),
        order_id="2101",
        contents=(
            Content(
                id="A",
                quantity=2,
                unit_price=4900,
                delivery_category=DeliveryCategory.HOME_DELIVERY,
            ),
            Content(id="A", quantity=1, unit_price=0),
        ),
    ),
    data_use=DataUse(limited=True, country=1, state=1000),
)


class TestBuildRequest:
    def test_spells_a_whole_event_as_meta_does(self) -> None:
        assert build_request(FULL) == {
            "data": [
                {
                    "event_name": "Purchase",
                    "event_time": 1785780251,
                    "event_id": "c7-order-1",
                    "event_source_url": "https://shop.example.com/",
                    "action_source": "website",
                    "user_data": {
                        "em": ["e1", "e2"],
                        "ph": ["p"],
                        "fn": ["f"],
                        "ln": ["l"],
                        "ct": ["c"],
                        "st": ["s"],
                        "zp": ["z"],
                        "country": ["u"],
                        "external_id": ["x"],
                        "client_ip_address": "8.8.4.25",
                        "client_user_agent": "Mozilla/5.0",
                        "fbc": "fb.1.1.c",
                        "fbp": "fb.1.1.p",
                    },
                    "custom_data": {
                        "value": 115.84,
                        "currency": "USD",
                        "order_id": "2101",
                        "content_type": "product",
                        "content_ids": ["A"],
                        "contents": [
                            {
                                "id": "A",
                                "quantity": 2,
                                "item_price": 49.0,
                                "delivery_category": "home_delivery",
                            },
                            {"id": "A", "quantity": 1, "item_price": 0.0},
                        ],
                        "num_items": 3,
                    },
                    "data_processing_options": ["LDU"],
                    "data_processing_options_country": 1,
                    "data_processing_options_state": 1000,
                }
            ],
            "partner_agent": "1pixel_1_0",
        }

    def test_leaves_out_what_is_unknown(self) -> None:
        bare = an_event(custom=CustomData())
        body = build_request(replace(bare, identity=Identity(hashed_emails=("e",))))

        assert body.keys() == {"data", "partner_agent"}
        assert body["data"][0].keys() == {
            "event_name", "event_time", "event_id", "action_source", "user_data",
        }  # fmt: skip
        assert body["data"][0]["user_data"] == {"em": ["e"]}

    def test_carries_a_test_code_for_a_test_and_for_nothing_else(self) -> None:
        assert build_request(FULL, test_code="TEST1") == {
            **build_request(FULL), "test_event_code": "TEST1",
        }  # fmt: skip
        assert "test_event_code" not in build_request(FULL)

    def test_counts_the_units_of_products_that_are_not_listed(self) -> None:
        custom = replace(FULL.custom, units=1200)
        data = build_request(replace(FULL, custom=custom))["data"][0]["custom_data"]
        assert (len(data["contents"]), data["num_items"]) == (len(FULL.custom.contents), 1200)

    def test_converts_cents_to_decimals(self) -> None:
        for minor in range(1, 100_000, 7):
            event = an_event(custom=CustomData(value=Money(minor=minor, currency="USD")))
            text = encode_request(build_request(event)).decode()
            value = json.loads(text, parse_float=str, parse_int=str)["data"][0]["custom_data"][
                "value"
            ]
            assert f"{float(value):.2f}" == f"{minor // 100}.{minor % 100:02d}"
            assert len(value.partition(".")[2]) <= 2


class TestBuildProbe:
    def test_is_an_event_of_an_invented_person_without_value(self) -> None:
        at = datetime(2026, 8, 5, tzinfo=UTC)
        assert build_probe(ConnectionTest(event_id="test-1", at=at)) == {
            "data": [
                {
                    "event_name": "ConnectionTest",
                    "event_time": 1785888000,
                    "event_id": "test-1",
                    "action_source": "system_generated",
                    "user_data": {
                        "em": list(TEST_IDENTITY.hashed_emails),
                        "external_id": list(TEST_IDENTITY.hashed_external_ids),
                        "client_user_agent": TEST_IDENTITY.user_agent,
                    },
                }
            ],
            "partner_agent": "1pixel_1_0",
        }

    def test_carries_the_test_code(self) -> None:
        probe = ConnectionTest(
            event_id="test-1", at=datetime(2026, 8, 5, tzinfo=UTC), test_code="TEST1"
        )
        assert build_probe(probe)["test_event_code"] == "TEST1"
