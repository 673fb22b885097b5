"""A payload reads the same, from a webhook's bytes or from a dictionary."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from service.commerce7.payload import (
    Associate,
    Club,
    Connection,
    CustomerRecord,
    Email,
    Fraud,
    Item,
    MetaData,
    Payload,
    Phone,
    Place,
    Till,
    read_all,
)
from service.commerce7.webhook import parse_signal, parse_webhook
from service.domain.shop.signal import Fact, Signal

LEAF: st.SearchStrategy[Any] = st.sampled_from(
    ["A.B@c.de", "us", " Paid ", "2026-08-04T12:00:00Z", 7, True, None, [], {}]
)


def objects_of(kind: type[Struct], **parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return objects with all keys of this type."""
    return st.fixed_dictionaries(dict.fromkeys(kind.__struct_fields__, LEAF) | parts)


def lists_of(kind: type[Struct]) -> st.SearchStrategy[list[Any]]:
    return st.lists(objects_of(kind) | LEAF, min_size=1, max_size=2)


LISTS = {"emails": lists_of(Email), "phones": lists_of(Phone), "clubs": lists_of(Club)}
PAYLOADS = objects_of(
    Payload,
    **LISTS,
    customer=objects_of(CustomerRecord, **LISTS),
    billTo=objects_of(Place),
    shipTo=objects_of(Place),
    items=lists_of(Item),
    posProfile=objects_of(Till),
    salesAssociate=objects_of(Associate),
    fraud=objects_of(Fraud),
    connectionInformation=objects_of(Connection),
    metaData=objects_of(MetaData),
)


FOR_THE_SLOW_DECODER = b'{"user":"\\ud83d",'
"""A beginning that leaves the rest to the decoder that makes dictionaries alone."""


def signal_of(body: bytes) -> Signal[Fact] | None:
    webhook = parse_webhook(body)
    assert webhook is not None
    return parse_signal(webhook)


class TestReadAs:
    @pytest.mark.parametrize("kind", ["Order", "Club Membership", "Reservation", "Customer"])
    @given(payload=PAYLOADS)
    def test_reads_a_webhooks_bytes_as_it_reads_a_dictionary(
        self, kind: str, payload: dict[str, object]
    ) -> None:
        envelope = {"object": kind, "action": "Create", "tenantId": "winery", "user": "a.b@c.de"}
        body = json.dumps({**envelope, "payload": payload | {"id": "1"}}).encode()
        from_bytes = signal_of(body)
        from_dictionary = signal_of(FOR_THE_SLOW_DECODER + body[1:])
        assert from_bytes is not None
        assert from_bytes == from_dictionary


class TestReadAll:
    def test_is_bounded(self) -> None:
        assert len(read_all(Item, [{}] * 6000)) == 5000

    @pytest.mark.parametrize("values", [None, {}, "emails", 7])
    def test_finds_none_in_what_is_no_list(self, values: object) -> None:
        assert read_all(Email, values) == []
