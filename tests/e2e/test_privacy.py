"""A person's data and a merchant's token, sent on every path, are stored and logged nowhere."""

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import requests

from service.domain.identity import hashed
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, an_order_webhook, eventually
from tests.sandbox.people import BUYERS, EVERYBODY, GIFT_RECIPIENT
from tests.sandbox.webhooks import Topic, envelope

EMAIL = "marker.person@example.com"
PHONE = "+17079634321"
NAME = "Markername"
CITY = "Markerville"
TOKEN = "EAAmarkertoken0123456789"
NEEDLES = [EMAIL, PHONE, PHONE[1:], NAME, NAME.lower(), CITY, CITY.lower(), TOKEN]
HASHED = [hashed(EMAIL), hashed(PHONE[1:]), hashed(NAME.lower())]


def a_marked_webhook() -> dict[str, object]:
    webhook = copy.deepcopy(an_order_webhook())
    person = {"firstName": NAME, "lastName": NAME, "phone": PHONE, "city": CITY}
    payload = webhook["payload"]
    payload["customer"] |= {**person, "emails": [{"email": EMAIL}], "phones": [{"phone": PHONE}]}
    for part in ("billTo", "shipTo"):
        payload[part] |= person
    return webhook | {"user": EMAIL}


def marked_bytes(webhook: dict[str, object]) -> list[bytes]:
    as_text = repr(webhook).encode()
    return [as_text, b"{" + as_text, EMAIL.encode(), b"\xff" + EMAIL.encode()]


def test_markers_are_found_nowhere(site: Site, tmp_path: Path) -> None:
    service, meta = site.service, site.meta
    service.configure(token=TOKEN)  # not the pixel's token: Meta's refusal repeats it
    service.start()

    service.tell(a_marked_webhook())
    eventually(lambda: any(" on hold " in row for row in service.rows()))
    assert TOKEN in str(meta.refusals()), "Meta should have repeated the token"

    service.configure()
    for mode in ("error500", "invalid", "lost", "throttled"):
        meta.misbehave(mode)
        service.tell(a_marked_webhook())
        eventually(lambda: meta_is_done(site))
    service.tell(a_marked_webhook(), login=(EMAIL, TOKEN))
    service.tell(a_marked_webhook(), login=None)
    service.tell(a_marked_webhook() | {"tenantId": EMAIL})
    service.tell(a_marked_webhook() | {"object": EMAIL, "action": NAME})
    service.tell(a_marked_webhook() | {"payload": {"id": EMAIL}})
    for body in marked_bytes(a_marked_webhook()):
        service.tell(body)
        service.call_task("/tasks/send", body)
        service.call_task("/tasks/resolve", body)
    for path in (
        f"/?tenantId={EMAIL}",
        f"/{EMAIL}",
        f"/activity/table?tenantId={TENANT}&x={EMAIL}",
    ):
        answer = requests.get(service.url + path, headers={"Accept": "text/html"}, timeout=5)
        service.answers.append(answer.text)
    service.stop()

    assert_nowhere(site, tmp_path, [*NEEDLES, *HASHED])


def assert_nowhere(site: Site, folder: Path, needles: Iterable[str]) -> None:
    """Fail if a file of the stopped service, or its output, contains a needle."""
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert sum(path.name.startswith("1pixel.db") for path in files) >= 1
    assert len(files[site.service.log_file]) > 500
    for needle in needles:
        holders = [path.name for path, content in files.items() if needle.encode() in content]
        assert holders == [], f"{needle} is in {holders}"
        assert needle not in "".join(site.service.answers)


def meta_is_done(site: Site) -> bool:
    return not any(
        status in row for row in site.service.rows() for status in (" queued ", " sending ")
    )


Json = dict[str, Any]
# Buttons, each with the API's fault during the object's look-up; some objects need no look-up.
TROUBLES = {
    "join": "error500",
    "leave": "html503",
    "pos-no-email": "notjson",
    "book": None,
    "book-by-phone": None,
    "signup-by-staff": None,
    "join-again": "throttled",
}


def perform(site: Site, kind: str) -> Json:
    """Run a button's command, and return its object."""
    made = site.commerce7.perform(kind)
    site.service.answers += [str(webhook["body"]) for webhook in made["webhooks"]]
    found: Json = made["object"]
    return found


def claim(site: Site, customer: Json) -> None:
    """Send an unproven webhook about a customer."""
    body = envelope(Topic.CUSTOMER, customer, "Create", tenant_id=TENANT, user=None)
    assert site.service.tell(body, login=None).json() == {"result": "recorded"}


def row_says(site: Site, *words: str) -> None:
    eventually(lambda: any(all(word in row for word in words) for row in site.service.rows()))


def needles_of(newcomers: Iterable[Json]) -> list[str]:
    """Return the personal data of the shop's people, plain and hashed."""
    people = [(each.customer_id, each.email, each.phone[1:]) for each in EVERYBODY] + [
        (each["id"], each["emails"][0]["email"], each["phones"][0]["phone"][1:])
        for each in newcomers
    ]
    keys = [key for person in people for key in person]
    names = [person.last_name for person in (*BUYERS, GIFT_RECIPIENT)]
    return [*keys, *map(hashed, keys), *names, *map(str.lower, names), "Newcomer"]


def test_people_of_every_signal_and_lookup_are_found_nowhere(site: Site, tmp_path: Path) -> None:
    service = site.service
    claimed, refused = (perform(site, "signup") for _ in range(2))  # the service is not started yet
    service.start()
    assert service.rows() == []
    eventually(lambda: site.commerce7.calls("for-web"))  # or that would meet the fault
    site.commerce7.misbehave("reset")
    claim(site, claimed)
    row_says(site, "CompleteRegistration", " sent ")
    for kind, trouble in TROUBLES.items():
        if trouble:
            site.commerce7.misbehave(trouble)
        perform(site, kind)
        eventually(lambda: is_done(site))
    site.meta.misbehave("invalid")
    failed = perform(site, "signup")
    row_says(site, "CompleteRegistration", " error ")
    site.meta.misbehave("expired", times=None)
    held = perform(site, "signup")  # its event stays, sealed
    row_says(site, "CompleteRegistration", " on hold ")
    site.commerce7.misbehave("unauthorized", times=None)
    claim(site, refused)  # its id stays, sealed
    row_says(site, "CompleteRegistration", " received ", "no access to Commerce7")
    for body in marked_bytes({"tenant_id": refused["id"], "event_key": refused["id"]}):
        assert service.call_task("/tasks/resolve", body).json() == {"result": "malformed"}
    service.stop()

    names = {event["event_name"] for event in site.meta.events()}
    assert names == {"CompleteRegistration", "Subscribe", "CancelMembership", "Lead", "Purchase"}
    assert_nowhere(site, tmp_path, needles_of([claimed, refused, failed, held]))


def is_done(site: Site) -> bool:
    under_way = (" received ", " queued ", " sending ", " retrying ")
    return not any(status in row for row in site.service.rows() for status in under_way)
