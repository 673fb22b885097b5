"""Every posted body gets a listed answer and one log line, and leaves no personal data."""

import copy
import json
import logging
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.infra.logs import JsonLines
from tests.conftest import World
from tests.web.endpoints.test_webhooks import BASIC, ORDER, URL

pytestmark = pytest.mark.thorough

WEBHOOK: dict[str, Any] = json.loads(ORDER)
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
PATHS = [
    (key,) if not isinstance(value, dict) else (key, inner)
    for key, value in WEBHOOK["payload"].items()
    for inner in (value if isinstance(value, dict) else [None])
]


def payload(**changes: Any) -> bytes:
    return json.dumps({**WEBHOOK, "payload": {**WEBHOOK["payload"], **changes}}).encode()


def deep(depth: int) -> bytes:
    return b'{"tenantId":"fictional-ridge-winery","payload":' + b"[" * depth + b"]" * depth + b"}"


HOSTILE: dict[str, tuple[bytes, int]] = {
    "empty": (b"", 400),
    "not json": (b"hello", 400),
    "half json": (ORDER[:500], 400),
    "two mebibytes": (b'"' + b"a" * 2 * 1024 * 1024 + b'"', 200),
    "nine mebibytes": (b'"' + b"a" * 9 * 1024 * 1024 + b'"', 200),
    "nested 10,000 deep": (deep(10_000), 200),
    "nested 10,000 deep and cut off": (deep(10_000)[:-2], 400),
    "nested 200 deep": (deep(200), 200),
    "invalid utf-8": (ORDER.replace(b"Casey", b"\xff\xfe"), 400),
    "nan": (payload(total=float("nan")), 400),
    "infinity": (payload(total=float("inf")), 400),
    "a number beyond floats": (ORDER.replace(b'"total": 11584', b'"total": 1e999'), 200),
    "a huge integer": (ORDER.replace(b'"total": 11584', b'"total": ' + b"9" * 5000), 200),
    "a huge order number": (ORDER.replace(b"2101", b"9" * 5000), 200),
    "duplicate keys": (ORDER.replace(b'"total": 11584', b'"total": 1, "total": 2'), 200),
    "a list": (b"[" + ORDER + b"]", 200),
    "a string": (json.dumps(ORDER.decode()).encode(), 200),
    "strings where numbers belong": (payload(total="115.84", items=[{"quantity": "2"}]), 200),
    "numbers where strings belong": (payload(channel=1, billTo={"city": 7}, customerId=9), 200),
    "no customer": (payload(customer=None, customerId=None, billTo=None, shipTo=None), 200),
    "items null": (payload(items=None), 200),
    "5,000 items": (payload(items=[{"sku": "A", "quantity": 1, "price": 1}] * 5000), 200),
    "control characters": (payload(orderNumber="\x00\x1b[31m\n"), 200),
    "a lone surrogate": (payload(orderNumber="\ud800", customerId="\ud800", id="\udfff1"), 200),
    "half an emoji in a name": (ORDER.replace(b"Casey", b"Casey\\ud83d"), 200),
    "bidi and markup": (payload(orderNumber="\u202e<script>alert(1)</script>"), 200),
    "odd dates": (payload(orderPaidDate="next Tuesday", orderSubmittedDate=0), 200),
    "the first year": (payload(orderPaidDate="0001-01-01T00:00:00+14:00"), 200),
    "the last year": (payload(orderPaidDate="9999-12-31T23:59:59-14:00"), 200),
    "an unknown object": (json.dumps(WEBHOOK | {"object": "\u0000"}).encode(), 200),
    "an unknown action": (json.dumps(WEBHOOK | {"action": ["Create"]}).encode(), 200),
    "an unknown tenant": (json.dumps(WEBHOOK | {"tenantId": "nobody"}).encode(), 200),
    "an impossible tenant": (json.dumps(WEBHOOK | {"tenantId": "../../etc"}).encode(), 200),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_get_a_listed_answer_and_one_line(
    client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    world.install()
    body, status = HOSTILE[name]
    with caplog.at_level(logging.DEBUG, logger="service"):
        answer = client.post(URL, data=body, auth=BASIC)

    assert answer.status_code == status
    assert set(answer.json or {}) == {"result"}
    assert len(caplog.records) == 1, [JsonLines().format(each) for each in caplog.records]
    assert client.get("/activity/table", headers=world.staff()).status_code == 200


def changed(path: tuple[str, ...], value: object) -> bytes:
    webhook = copy.deepcopy(WEBHOOK)
    target = webhook["payload"]
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return json.dumps(webhook).encode("utf-8", "replace")


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None
)
@given(path=st.sampled_from([tuple(k for k in path if k) for path in PATHS]), value=ANY_JSON)
def test_any_json_in_any_field_maps_waits_is_skipped_or_ignored(
    client: FlaskClient, world: World, path: tuple[str, ...], value: object
) -> None:
    world.install()
    answer = client.post(URL, data=changed(path, value), auth=BASIC)

    assert answer.status_code == 200
    assert (answer.json or {})["result"] in {"recorded", "duplicate", "ignored"}


WORD = st.text(alphabet="bcdfghjklmnpqrstvwxz", min_size=12, max_size=16)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(first=WORD, last=WORD, city=WORD, digits=st.integers(1_000_000, 9_999_999))
def test_no_personal_data_is_stored_logged_or_answered(
    client: FlaskClient,
    world: World,
    caplog: pytest.LogCaptureFixture,
    first: str,
    last: str,
    city: str,
    digits: int,
) -> None:
    world.install()
    phone, email = f"+1707{digits}", f"{first}@{last}.com"
    person = {"firstName": first, "lastName": last, "city": city, "phone": phone}
    parts = {"billTo": person, "shipTo": person, "customerId": first + city}
    customer = {**person, "emails": [{"email": email}], "phones": [{"phone": phone}]}
    body = payload(**{**parts, "id": f"order-{digits}"}, customer=customer)
    with caplog.at_level(logging.DEBUG):
        answers = [
            client.post(URL, data=each, auth=BASIC).text for each in (body, body[:-1], body + b"]")
        ]
        answers.append(client.get("/activity/table", headers=world.staff()).text)

    kept = b"".join(path.read_bytes() for path in world.file.parent.iterdir())
    logged = "".join(JsonLines().format(record) for record in caplog.records)
    assert f"order-{digits}".encode() in kept
    for needle in (first, last, city, phone[2:], email):
        assert needle.encode() not in kept
        assert needle not in logged
        assert needle not in "".join(answers)
