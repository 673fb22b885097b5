"""Objects as large as a webhook may be are recorded and sent, and fit into a Firestore document.

Firestore: "Quotas and limits": a document has 1 MiB at most, an indexed value 1,500 bytes.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, abort, jsonify
from google.cloud import firestore

from service.infra.json_documents import encode
from service.local.events import SqliteEvents
from service.local.file import SqliteFile
from tests.e2e.conftest import Site
from tests.e2e.harness import LOGIN, TENANT, an_order_webhook, eventually
from tests.e2e.launch import ROOT
from tests.e2e.staging import log_of
from tests.sandbox.customers import new_customer
from tests.sandbox.memberships import a_membership
from tests.sandbox.people import BUYERS
from tests.sandbox.reservations import ReservationChannel, a_reservation
from tests.sandbox.server import serve

MEBIBYTE = 1024 * 1024
MOST_BYTES = 8 * MEBIBYTE
LONG = '🍷"\\' * 2000
LINES = 4500
EVENTS = {"Order": "Purchase", "Club Membership": "Subscribe", "Reservation": "Lead",
          "Customer": "CompleteRegistration"}  # fmt: skip
Json = dict[str, Any]


def objects() -> dict[str, Json]:
    """Return a new object of each kind, as the sandbox's shop makes them."""
    now, person = datetime.now(UTC), BUYERS[0]
    visit = a_reservation(
        person, ReservationChannel.INBOUND, reservation_id=str(uuid4()), number=7, now=now
    )
    return {
        "Order": an_order_webhook()["payload"],
        "Club Membership": a_membership(person, membership_id=str(uuid4()), now=now),
        "Reservation": visit,
        "Customer": new_customer(person, now=now, by_staff=False) | {"id": str(uuid4())},
    }


def huge(kind: str) -> Json:
    """Return an object with texts and lists that are too long everywhere, of eight mebibytes."""
    thing = deepcopy(objects()[kind])
    person = thing if kind == "Customer" else thing["customer"]
    for name in ("firstName", "lastName", "city", "address", "company"):
        person[name] = f"Casey {LONG}"
    person["emails"] = [
        *person.get("emails", []),
        *[{"email": f"{n}.{'x' * 40}@mail.example.net"} for n in range(3000)],
    ]
    person["phones"] = [
        *person.get("phones", []),
        *[{"phone": f"+1707555{n:04}"} for n in range(3000)],
    ]
    thing |= {f"{kind.partition(' ')[0].lower()}Number": LONG, "tags": [{"title": LONG}] * 5}
    thing["metaData"] = {f"{'key' * 30}-{n}": LONG[:200] for n in range(500)}
    thing["coupons"] = [{"code": f"COUPON-{n}", "title": LONG[:60]} for n in range(2000)]
    thing["connectionInformation"] = {"customerIpAddress": "198.51.100.7", "userAgent": LONG}
    if kind == "Order":
        (line, *_) = thing["items"]
        ids = dict.fromkeys(("productId", "productVariantId", "image", "notes"), LONG[:15])
        names = {**ids, "productTitle": LONG[:60]}
        thing["items"] = [
            line | names | {"quantity": 1, "sku": f"{n:04}{'🍷' * 96}"} for n in range(LINES)
        ]
    return padded(thing)


def padded(thing: Json) -> Json:
    """Return the object with a note that fills the webhook up to a kibibyte below its limit."""
    used = len(body_of("Club Membership", thing | {"notes": ""}))
    assert used < MOST_BYTES
    return thing | {"notes": "x" * (MOST_BYTES - used - 1024)}


def body_of(kind: str, thing: Json) -> bytes:
    webhook = {"object": kind, "action": "Create", "tenantId": TENANT, "user": None}
    return json.dumps(webhook | {"payload": thing}, ensure_ascii=False).encode()


@pytest.fixture(params=["sqlite", "firestore"])
def engines(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the variables of each engine for the store."""
    if request.param == "sqlite":
        return {}
    return {
        "STORE": "firestore",
        "GOOGLE_CLOUD_PROJECT": f"test-{uuid4().hex[:12]}",
        "FIRESTORE_EMULATOR_HOST": request.getfixturevalue("firestore_address"),
    }


@pytest.fixture
def shop(site: Site) -> Iterator[dict[str, Json]]:
    """Serve a Commerce7 that knows these objects by id, of any size, and start the service."""
    known: dict[str, Json] = {}
    app = Flask("shop")

    @app.get("/v1/setting/for-web")
    def settings() -> Any:
        return jsonify({"currency": "USD", "timeZone": "UTC", "url": "shop.example.com"})

    @app.get("/v1/<_kind>/<object_id>")
    def find(_kind: str, object_id: str) -> Any:
        if object_id not in known:
            abort(404)
        return app.response_class(
            json.dumps(known[object_id], ensure_ascii=False), mimetype="application/json"
        )

    with serve(app) as running:
        site.service.engines = site.service.engines | {"C7_API_URL": f"{running.url}/v1"}
        site.service.start()
        yield known


def stored(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """Return the fields of every record, as Firestore has them; of SQLite's, the document alone."""
    if site.service.engines.get("STORE") != "firestore":
        with closing(SqliteFile(site.service.environ["SQLITE_PATH"])) as file:
            found = SqliteEvents(file).newest(TENANT, limit=9)
            return [{"doc": encode(each.record).decode()} for each in found]
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", site.service.engines["FIRESTORE_EMULATOR_HOST"])
    client = firestore.Client(project=site.service.engines["GOOGLE_CLOUD_PROJECT"])
    records = client.collection("tenants", TENANT, "events").get()
    return [each.to_dict() or {} for each in records]


def unindexed() -> set[str]:
    """Return the fields of a record that neither an index of their own nor a composite one has."""
    indexes = json.loads((ROOT / "firestore.indexes.json").read_text())
    exempt = {
        each["fieldPath"]
        for each in indexes["fieldOverrides"]
        if each["collectionGroup"] == "events" and not each["indexes"]
    }
    return exempt - {field["fieldPath"] for each in indexes["indexes"] for field in each["fields"]}


def assert_fits(fields: Json) -> int:
    """Check the limits of one document, and return about how many bytes it has."""
    entries = {name: value for name, value in fields.items() if name not in unindexed()}
    for name, value in entries.items():
        for each in value if isinstance(value, list) else [value]:
            assert len(str(each).encode()) < 1500, name
    size = sum(len(name) + len(str(value).encode()) + 2 for name, value in fields.items())
    assert size < MEBIBYTE * 3 // 4
    return size


@pytest.mark.parametrize("kind", EVENTS)
@pytest.mark.parametrize("login", [LOGIN, None], ids=["proven", "unproven"])
def test_a_huge_object_is_recorded_and_sent(
    site: Site,
    shop: dict[str, Json],
    monkeypatch: pytest.MonkeyPatch,
    measured: Callable[[str], None],
    *,
    kind: str,
    login: tuple[str, str] | None,
) -> None:
    thing = huge(kind)
    shop[thing["id"]] = thing
    site.meta.misbehave("error500", times=None)
    # Without our login a webhook has a mebibyte at most; the shop's answer has eight.
    told = thing if login else objects()[kind] | {"id": thing["id"]}
    answer = site.service.tell(body_of(kind, told), login=login)
    assert (answer.status_code, answer.json()) == (200, {"result": "recorded"})

    def is_sealed() -> list[Json]:
        return [
            each for each in stored(site, monkeypatch) if '"deliveries":{"primary"' in each["doc"]
        ]

    (fields,) = eventually(is_sealed)
    size = assert_fits(fields)
    measured(f"huge {kind}, {site.service.engines.get('STORE', 'sqlite')}: {size} bytes stored")
    site.meta.behave()
    (event,) = eventually(site.meta.events)
    assert event["event_name"] == EVENTS[kind]
    if kind == "Order":
        assert (len(event["custom_data"]["contents"]), event["custom_data"]["num_items"]) == (
            500,
            LINES,
        )
    eventually(lambda: log_of(site.service) == {"sent": 1})
