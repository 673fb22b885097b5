"""A person's data and a merchant's token, fed through every path, are found nowhere after."""

import copy
from pathlib import Path

import requests

from service.domain.identity import hashed
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, an_order_webhook, eventually

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
    service.configure(token=TOKEN)  # not the pixel's token: Meta refuses it and repeats it
    service.start()

    service.tell(a_marked_webhook())
    eventually(lambda: any(" held " in row for row in service.rows()))
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
    for path in (
        f"/?tenantId={EMAIL}",
        f"/{EMAIL}",
        f"/activity/table?tenantId={TENANT}&x={EMAIL}",
    ):
        answer = requests.get(service.url + path, headers={"Accept": "text/html"}, timeout=5)
        service.answers.append(answer.text)
    service.stop()

    files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert sum(path.name.startswith("1pixel.db") for path in files) >= 1
    assert len(files[service.log_file]) > 500
    for needle in NEEDLES + HASHED:
        holders = [path.name for path, content in files.items() if needle.encode() in content]
        assert holders == [], f"{needle} is in {holders}"
        assert needle not in "".join(service.answers)


def meta_is_done(site: Site) -> bool:
    return not any(
        status in row for row in site.service.rows() for status in (" queued ", " sending ")
    )
