"""The figures of the Overview, in words and numbers, with any store."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from html import unescape
from random import Random

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.delivery.delivery import DeliveryStatus
from service.domain.delivery.steps import closed
from service.domain.events.event import WEBSITE_EVENTS, CustomData, EventName
from service.domain.events.money import Money
from service.domain.events.reason import Reason
from service.domain.figures.quality import EventQuality, QualityAnswer
from service.domain.records.record import EventRecord, Status
from service.domain.shop.order import Channel
from service.domain.tenants.counting import Counting
from service.domain.tenants.progress import Progress, Verified, token_fingerprint
from service.domain.tenants.tenant import Pixels, Role
from service.ports import StoreUnavailableError
from service.usecases.figures.read_quality import refresh_quality
from tests.apps import started_app
from tests.builders import NOW, PIXEL, TENANT, TOKEN, a_delivery, a_record, some_settings
from tests.conftest import World
from tests.page_checker import CheckingClient
from tests.recount import recount
from tests.tenants import put

PAGE = "/overview/figures"
DAY = timedelta(days=1)
PERIODS = {"24h": timedelta(hours=24), "7d": 7 * DAY, "30d": 30 * DAY}


def a_sale(key: str, at: datetime, **changes: object) -> EventRecord:
    sent = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=at)
    record = a_record(
        key=key, received_at=at, updated_at=at, occurred_at=at - timedelta(seconds=4),
        deliveries={Role.PRIMARY: sent}, match_keys=("email",),
        custom=CustomData(value=Money(minor=10_000, currency="USD")),
    )  # fmt: skip
    return replace(record, **changes)  # type: ignore[arg-type]  # fields of the record


def skipped(record: EventRecord) -> EventRecord:
    return replace(record, deliveries={}, state=Status.SKIPPED, reason=Reason.FRAUD)


def failed(record: EventRecord, status: DeliveryStatus = DeliveryStatus.ERROR) -> EventRecord:
    delivery = replace(a_delivery(), status=status, reason=Reason.META_UNABLE, due_at=None)
    return replace(record, deliveries={Role.PRIMARY: delivery})


def add(world: World, *records: EventRecord) -> None:
    for record in records:
        assert world.services.events.add(record)


def random_sales(number: int, days: int) -> list[EventRecord]:
    """Return sales, skipped and failed events of the last days, from the first second on."""
    random = Random(5)
    found = []
    for place in range(number):
        at = NOW + timedelta(minutes=30) - (place + 0.5) / number * days * DAY
        record = a_sale(
            str(place), at,
            name=random.choice(list(EventName)),
            channel=random.choice((None, *Channel)),
            match_keys=tuple(k for k in ("email", "phone", "browser id") if random.random() < 0.5),
            custom=CustomData(value=Money(minor=random.randint(100, 90_000), currency="USD")),
        )  # fmt: skip
        found.append(random.choice((lambda each: each,) * 4 + (skipped, failed))(record))
    return found


def get(client: FlaskClient, world: World, period: str = "7d") -> str:
    answer = client.get(f"{PAGE}?period={period}", headers=world.staff())
    assert answer.status_code == 200
    return words(answer.text)


def words(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def number_after(text: str, title: str) -> str:
    found = re.search(rf"{re.escape(title)} ([\d,.]+)", text)
    assert found, (title, text)
    return found[1].replace(",", "")


def finish_set_up(world: World) -> None:
    mark = token_fingerprint(f"{TOKEN}{Role.PRIMARY}")
    tested = {"primary": Verified(at=NOW, pixel_id=PIXEL, mark=mark)}
    put(world.services.tenants, TENANT, progress=Progress(tested=tested, first_sent_at=NOW))


class TestTheFigures:
    @pytest.mark.parametrize("period", PERIODS)
    def test_equal_those_of_the_records(
        self, client: FlaskClient, world: World, period: str
    ) -> None:
        world.install()
        world.clock.advance(timedelta(minutes=30))
        records = random_sales(400, 40)
        add(world, *records)
        text = get(client, world, period)
        since = NOW + timedelta(hours=1) - PERIODS[period]
        within = [each for each in records if each.received_at >= since]
        truth = recount(within)
        shown = {
            "Purchase value sent": f"{truth.cents['USD'] / 100:.2f}",
            "Purchases sent": str(truth.sent[EventName.PURCHASE]),
            "Conversions sent": str(of_family(truth.sent, is_website=False)),
            "Website events sent": str(of_family(truth.sent, is_website=True)),
            "Failed": str(sum(each.status is Status.ERROR for each in within)),
            "Skipped": str(sum(n for (name, _), n in truth.skipped.items() if is_of_shop(name))),
        }
        if shown["Skipped"] != "0":
            shown["fraud"] = shown["Skipped"]
        body = text[text.index("Purchase value sent") :]
        assert {title: number_after(body, f"{title}") for title in shown if title in body} | {
            "Conversions sent": number_after(text.split("Status of your")[1], "Conversions sent")
        } == shown
        sums = [sum_of_column(text, title) for title in ("Value sent", "Conversions sent")]
        assert sums == [float(shown["Purchase value sent"]), int(shown["Conversions sent"])]

    def test_say_how_much_data_the_events_of_a_week_carry(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        records = random_sales(400, 6)
        add(world, *records)
        text = get(client, world, "24h")
        keys = recount(records).keys
        of_till = (EventName.PURCHASE, Channel.POS)
        all_, email, phone = (keys[(*of_till, key)] for key in ("", "email", "phone"))
        share = f"e-mail {round(100 * email / all_)}% · phone {round(100 * phone / all_)}%"
        assert f"Tasting-room sales {all_} sent · {share}" in text

    def test_compare_with_the_same_time_before(self, client: FlaskClient, world: World) -> None:
        world.install()
        add(world, *(a_sale(f"new-{n}", NOW - n * DAY) for n in range(6)))
        add(world, *(a_sale(f"old-{n}", NOW - 8 * DAY - n * DAY) for n in range(4)))
        text = get(client, world)
        assert "Purchase value sent 600.00 USD +50% compared with the 7 days before" in text
        assert "Purchases sent 6 +50% compared with the 7 days before" in text
        put(world.services.tenants, TENANT, counting=Counting(since=NOW - 10 * DAY))
        assert "with the 7 days before" not in get(client, world)

    def test_say_how_fast_events_are_and_how_good(self, client: FlaskClient, world: World) -> None:
        world.install()
        add(world, *(a_sale(str(n), NOW, occurred_at=NOW - DAY / 24) for n in range(3)))
        add(world, *(a_sale(f"fast-{n}", NOW) for n in range(7)))
        world.connections.scores = QualityAnswer(events=(EventQuality(event="Lead", score=7.2),))
        refresh_quality(TENANT, Role.PRIMARY, services=world.services)
        text = get(client, world)
        assert "within 4 seconds after they happened in Commerce7, and 95% within 1 hour." in text
        assert "Event Match Quality 7.2 Good, Lead" in text

    def test_are_those_of_a_week_for_any_other_period(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        assert "Last 7 days" in get(client, world, "for ever")


class TestWhatToDoNext:
    def test_begins_with_what_is_not_sent(self, client: FlaskClient, world: World) -> None:
        world.install()
        finish_set_up(world)
        assert "All good No action needed." in get(client, world)
        add(world, failed(a_sale("1", NOW)), failed(a_sale("2", NOW), DeliveryStatus.HELD))
        text = get(client, world)
        assert text.index("1 event failed.") < text.index("1 event on hold.")
        assert "Arrived at Meta 0% 1 on hold, 1 failed" in text

    def test_names_the_data_that_is_missing_on_enough_events(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        finish_set_up(world)
        sales = [a_sale(str(n), NOW, channel=Channel.POS) for n in range(10)]
        add(world, *(replace(each, match_keys=("email", "phone")) for each in sales[:3]))
        add(world, *sales[3:9])
        assert "have no" not in get(client, world)
        add(world, sales[9])
        text = get(client, world)
        assert (
            "70% of tasting-room sales have no phone number. Ask for it in the tasting room" in text
        )
        assert "e-mail address" not in text

    def test_advises_the_snippet_to_a_shop_whose_orders_have_no_visit(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        add(world, a_sale("1", NOW, channel=Channel.WEB))
        assert "Add the Website Pixel Snippet" in get(client, world)

    def test_is_never_nothing_while_nothing_is_sent(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(some_settings(enabled=False))
        text = get(client, world)
        assert "Tracking is paused." in text
        assert "No action needed." not in text
        world.install(some_settings(pixels=Pixels()))
        # The set-up card says what to do.
        assert "What to do next" not in get(client, world)


class Down:
    """A port of the store whose named methods, or all, fail."""

    def __init__(self, port: object, *names: str) -> None:
        self._port, self._names = port, names

    def __getattr__(self, name: str) -> object:
        if self._names and name not in self._names:
            return getattr(self._port, name)

        def fail(*_: object, **__: object) -> object:
            raise StoreUnavailableError("the store did not answer")

        return fail


def with_down(world: World, downs: Mapping[str, tuple[str, ...]]) -> FlaskClient:
    ports = {part: Down(getattr(world.services, part), *names) for part, names in downs.items()}
    app = started_app(replace(world.services, **ports))  # type: ignore[arg-type]  # ports
    app.test_client_class = CheckingClient
    return app.test_client()


class TestTheFragment:
    @pytest.mark.parametrize("downs", [{"days": ("since",)}, {"events": ("count_in",)}])
    def test_says_that_the_store_is_silent_and_asks_again(
        self, world: World, downs: dict[str, tuple[str, ...]]
    ) -> None:
        world.install()
        client = with_down(world, downs)
        answer = client.get(PAGE, headers=world.staff())
        assert answer.status_code == 200
        assert "Your figures cannot be loaded at the moment." in answer.text
        assert (
            'hx-trigger="every 60s, health-changed from:body, quality-changed from:body"'
            in answer.text
        )

    @pytest.mark.parametrize("downs", [{"days": ("update",)}, {"events": ("final",)}])
    def test_shows_what_was_counted_if_it_cannot_count(
        self, client: FlaskClient, world: World, downs: dict[str, tuple[str, ...]]
    ) -> None:
        world.install()
        add(world, a_sale("1", NOW))
        assert "Purchases sent 1" in get(client, world)
        add(world, a_sale("2", NOW))
        text = get(with_down(world, downs), world)
        assert "Purchases sent 1" in text
        assert "These figures will increase" in text

    def test_does_without_match_quality(self, world: World) -> None:
        world.install()
        assert "No score yet" in get(with_down(world, {"quality": ()}), world)

    def test_has_its_place_on_the_tab_whatever_the_days_are(self, world: World) -> None:
        """The tab and its poll read no figures."""
        world.install()
        client = with_down(world, {"days": ()})
        answer = client.get("/overview", headers=world.staff())
        assert answer.status_code == 200
        assert (
            'hx-trigger="load, every 60s, health-changed from:body, quality-changed from:body"'
            in answer.text
        )
        mark = answer.text.split("mark=")[1].split('"')[0]
        add(world, a_sale("1", NOW))
        again = client.get(f"/overview?mark={mark}", headers=world.staff())
        assert (again.status_code, "data-placeholder" in again.text) == (200, True)


def is_of_shop(name: str) -> bool:
    return name not in WEBSITE_EVENTS


def of_family(sent: Mapping[str, int], *, is_website: bool) -> int:
    return sum(number for name, number in sent.items() if is_of_shop(name) is not is_website)


def sum_of_column(text: str, title: str) -> float:
    """Return the sum of the table under this head, up to the next card."""
    head = re.search(rf"(?:Hour|Day) {title} (.*?)(?:Conversions sent per|Status of your)", text)
    assert head
    rows = re.findall(r"(?:\d+ [AP]M|[A-Z][a-z]{2} \d+) ([\d,.]+)", head[1])
    return round(sum(float(each.replace(",", "")) for each in rows), 2)
