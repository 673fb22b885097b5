"""Every text that Commerce7, Meta or a storefront puts into a field is shown as text only.

Reference: OWASP, "Cross Site Scripting Prevention" (what breaks out of which context).
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.commerce7.fields import Fields
from service.commerce7.public_settings import parse_shop
from service.commerce7.wire import parse_staff_member
from service.domain.tenants.connection import ConnectionTestAnswer
from service.meta.answers import read_answer
from service.meta.credentials import read_pixel_name, read_probe, read_token_facts
from service.usecases.tenants.record_refused_origin import record_refused_origin
from service.web.dashboard.tabs import TABS
from tests.builders import NOW, TENANT, a_signal, an_order, some_settings
from tests.conftest import World
from tests.reading import tree_of
from tests.tenants import save_shop
from tests.web.endpoints.test_webhooks import BASIC, URL
from tests.web.objects import PAYLOADS, a_webhook, call_every_task, have_the_shop_know
from tests.web.test_hostile_objects import Cursor, changed, paths

pytestmark = pytest.mark.thorough

# Each would leave `xss` in the name of an element or an attribute, or run it.
CORPUS = {
    "an element": "<img src=x xss onerror=xss()>",
    "a script": "</script><script xss>xss()</script>",
    "the end of an attribute": '" xss onmouseover="xss()" x="',
    "the end of another attribute": "' xss onfocus='xss()' autofocus x='",
    "the end of what holds text": "</title></textarea></template></style><svg xss onload=xss()>",
    "a request of htmx": '" hx-get="https://xss.example" hx-trigger="load" xss x="',
    "the end of a comment": "--><xss>--!><xss>",
    "an address": "javascript:xss()",
    "an address with a break": "java\nscript:xss()",
    "an encoded element": "&lt;img xss&gt;&#60;img xss>",
    "a template": "{{ 70001 * 70001 }}{% raw xss %}${70001*70001}",
    "a half of a character": "\ud83d<xss>",
    "another direction": "\u202e<xss>",
}
EVERYTHING = "".join(CORPUS.values())
ACCOUNT = "olives.account.token"
VALUES = {"value", "placeholder", "href", "hx-get", "hx-post", "title", "aria-label"}
TYPED = {name: text.encode(errors="replace").decode() for name, text in CORPUS.items()}
each_text = pytest.mark.parametrize("name", CORPUS)


def shown(html: str) -> str:
    """Return the page's text, after checking that `xss` is in no tag or attribute."""
    root = tree_of(html)
    for element in root.iter():
        if not isinstance(element.tag, str):
            assert "xss" not in str(element.text), "a comment"
            continue
        assert "xss" not in element.tag
        for name, value in element.attrib.items():
            assert "xss" not in str(name), f"{element.tag} has {name}"
            assert "xss" not in value or name in VALUES, f"{element.tag} has {name}={value}"
            is_address = name in {"href", "hx-get", "hx-post", "src"}
            assert not is_address or not value or value[0] in "/#h?m", f"{name}={value}"
    assert "4900140001" not in html
    return "".join(root.itertext())


def page(client: FlaskClient, world: World, path: str, **form: str) -> str:
    """Return the text of what this address shows to the winery's staff."""
    call = client.post if form else client.get
    answer = call(path, headers=world.staff(), **({"data": form} if form else {}))
    assert answer.status_code in {200, 204}
    return shown(answer.text)


def everything_shown(client: FlaskClient, world: World) -> str:
    """Return the text of every tab, every row opened, and the file of the log."""
    tabs = [page(client, world, tab.path) for tab in TABS]
    log = [page(client, world, "/activity/table?show=all"), page(client, world, "/alerts")]
    panels = [page(client, world, f"/activity/{each}?show=all") for each in ("resend", "clear")]
    keys = [each.record.key for each in world.services.events.newest(TENANT, limit=500)]
    rows = [page(client, world, f"/activity/rows/{key}?open=1") for key in keys]
    own = [page(client, world, f"/activity/event?key={key}") for key in keys]
    return "\n".join([*tabs, *log, *panels, *rows, *own])


def deliver(client: FlaskClient, world: World, kind: str, payload: dict[str, Any]) -> None:
    """Deliver this webhook, and call every task that follows."""
    body = a_webhook(kind, "Update", payload)
    have_the_shop_know(world, kind, body)
    assert client.post(URL, data=body, auth=BASIC).status_code == 200
    call_every_task(world, client)
    world.queue.tasks.clear()


def each_with(payload: dict[str, Any], text: str) -> Iterator[dict[str, Any]]:
    """Yield the payload with this text in each of its fields, one after the other."""
    for number, way in enumerate(paths(payload)):
        name = ".".join(str(step) for step in way)
        spoiled = changed(payload, {("id",): f"object-{number}-{len(text)}"})
        yield changed(spoiled, {way: f"{name}:{text}"})


def squeezed(text: str) -> str:
    """Return the text without white space and unprintable characters."""
    return "".join(char for char in text if char.isprintable() and not char.isspace())


@pytest.fixture
def winery(world: World) -> World:
    """Return a world whose winery is set up."""
    world.install()
    return world


class TestCommerce7sObjects:
    @pytest.mark.parametrize("kind", PAYLOADS)
    def test_may_hold_anything_in_any_field(
        self, client: FlaskClient, winery: World, kind: str
    ) -> None:
        # The short text, too: an id of more than 100 characters is in no catalogue, nor in the log.
        for text in (EVERYTHING, CORPUS["an element"]):
            for payload in each_with(PAYLOADS[kind], text):
                deliver(client, winery, kind, payload)
        html = everything_shown(client, winery)
        numbers = {"Order": "orderNumber", "Reservation": "reservationNumber"}
        assert kind not in numbers or f"{numbers[kind]}:<img src=x xss" in html
        assert kind != "Order" or "items.0.sku:<img src=x xss" in html

    @each_text
    def test_may_hold_each_text_where_it_is_shown(
        self, client: FlaskClient, winery: World, name: str
    ) -> None:
        places: dict[Cursor, object] = {
            ("orderNumber",): CORPUS[name],
            ("items", 0, "sku"): CORPUS[name],
            ("items", 0, "productTitle"): CORPUS[name],
        }
        deliver(client, winery, "Order", changed(PAYLOADS["Order"], places))
        assert squeezed(TYPED[name]) in squeezed(everything_shown(client, winery))

    @each_text
    def test_may_be_searched_for_by_each_text(
        self, client: FlaskClient, winery: World, name: str
    ) -> None:
        asked = client.get(
            "/activity",
            query_string=dict.fromkeys(("object", "event", "open", "from", "after"), TYPED[name]),
            headers=winery.staff(),
        )
        assert asked.status_code == 200
        shown(asked.text)


class TestCommerce7sAnswers:
    @each_text
    @pytest.mark.parametrize("tab", [tab.name for tab in TABS])
    def test_may_call_staff_anything(
        self, client: FlaskClient, winery: World, name: str, tab: str
    ) -> None:
        text = CORPUS[name]
        account = {"id": text, "firstName": text, "lastName": text, "role": text}
        winery.shops.staff[(TENANT, ACCOUNT)] = parse_staff_member(Fields(account))
        asked = {"tenantId": TENANT, "account": ACCOUNT, "tab": tab}
        answer = client.get("/", query_string=asked)
        assert answer.status_code == 200
        shown(answer.text)

    @each_text
    def test_may_say_anything_about_the_shop(
        self, client: FlaskClient, winery: World, name: str
    ) -> None:
        text = CORPUS[name]
        routes = dict.fromkeys(("profile", "product", "club", "checkout", "cart"), text)
        facts = ("companyName", "currency", "timeZone", "url")
        told_of = Fields({**dict.fromkeys(facts, text), "baseRoute": routes})
        save_shop(winery.services.tenants, TENANT, parse_shop(told_of), due_at=NOW)
        everything_shown(client, winery)


def everywhere(text: str, **numbers: object) -> bytes:
    """Return an answer of Meta with this text in each of its fields."""
    names = ["message", "type", "error_user_title", "error_user_msg", "fbtrace_id"]
    blamed = {"blame_field_specs": [[text], [f"data[0][user_data][{text}]"]]}
    error = {**dict.fromkeys(names, text), "error_data": blamed, **numbers}
    return json.dumps({"error": error, "id": text, "name": text, "messages": [text]}).encode()


class TestMetasAnswers:
    @pytest.mark.parametrize("code", [1, 4, 100, 190, "xss"])
    @each_text
    def test_may_refuse_an_event_with_anything(
        self, client: FlaskClient, winery: World, name: str, code: object
    ) -> None:
        body = everywhere(CORPUS[name], code=code, error_subcode=code)
        usage = dict.fromkeys(("x-business-use-case-usage", "x-ad-account-usage"), "<xss>")
        winery.meta.script.append(read_answer(400, body, usage))
        received = winery.receive(a_signal(an_order()))
        assert received.record is not None
        winery.send(received.record)
        assert "Attempt failed" in everything_shown(client, winery)

    @each_text
    def test_may_say_anything_about_a_pixel_and_a_token(
        self, client: FlaskClient, winery: World, name: str
    ) -> None:
        body = everywhere(CORPUS[name])
        winery.connections.name = read_pixel_name(body)
        verified = page(client, winery, "/connection/test", role="primary")
        # Half a character makes the whole answer no JSON, so there is no name.
        assert squeezed(TYPED[name]) in squeezed(verified) or name == "a half of a character"
        scopes = [{"scope": "read_ads_dataset_quality", "target_ids": [CORPUS[name]]}]
        data = {"is_valid": True, "granular_scopes": scopes, "expires_at": CORPUS[name]}
        winery.connections.facts = read_token_facts(json.dumps({"data": data}).encode())
        page(client, winery, "/connection/test", role="primary")
        winery.connections.answer = probed(body)
        page(client, winery, "/connection/test", role="primary")

    @each_text
    def test_may_refuse_a_test_event_with_anything(
        self, client: FlaskClient, winery: World, name: str
    ) -> None:
        winery.install(some_settings(test_event_code="TEST12345"))
        winery.meta.script.append(read_answer(400, everywhere(CORPUS[name], code=100), {}))
        page(client, winery, "/simulation/Lead", press="1")
        everything_shown(client, winery)


def probed(body: bytes) -> ConnectionTestAnswer:
    """Return what a probe learns of this answer."""
    return read_probe(read_answer(400, body, {}))


class TestAStorefront:
    @each_text
    def test_may_call_itself_anything(self, client: FlaskClient, winery: World, name: str) -> None:
        for origin in (
            CORPUS[name],
            f"https://{CORPUS[name]}",
            f"https://a.example/{CORPUS[name]}",
        ):
            record_refused_origin(TENANT, origin, now=NOW, services=winery.services)
        everything_shown(client, winery)

    @each_text
    def test_may_name_any_winery(self, client: FlaskClient, name: str) -> None:
        for query in ({"tenantId": TYPED[name]}, {"adminUITheme": TYPED[name]}):
            answer = client.get("/", query_string=query, headers={"Accept": "text/html"})
            shown(answer.text)
