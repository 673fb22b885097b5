import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.commerce7.webhook import parse_signal, parse_webhook
from service.domain.events.event import Event
from service.meta.wire import build_request
from service.preview import preview
from tests.builders import NOW, outcome_of

SAMPLES = Path(__file__).parents[1] / "vectors" / "commerce7"
WEB = SAMPLES / "01_order_create_web.json"
AT = ["--now", NOW.isoformat()]


@pytest.fixture
def settings(tmp_path: Path) -> str:
    file = tmp_path / "settings.json"
    file.write_text('{"currency":"USD","shop_domains":["shop.example.com"]}')
    return str(file)


def run(*args: object, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(preview, [str(arg) for arg in args], input=stdin)


def lines(*args: object, stdin: bytes = b"") -> list[dict[str, Any]]:
    result = run(*args, stdin=stdin)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


class TestAnOrder:
    def test_is_the_exact_request_without_a_token(self, settings: str) -> None:
        webhook = parse_webhook(WEB.read_bytes())
        assert webhook is not None
        signal = parse_signal(webhook)
        assert signal is not None
        event = outcome_of(signal.fact)
        assert isinstance(event, Event)

        assert lines(WEB, "--settings", settings, *AT) == [
            {"file": str(WEB), "event_name": "Purchase", "request": build_request(event)}
        ]

    @pytest.mark.parametrize(
        ("file", "told"),
        [
            ("03_order_create_pos_anonymous.json", {"skipped": "no match keys"}),
            ("06_order_create_refund_child.json", {"skipped": "refund"}),
            ("12_cart_update_guest_web.json", {"skipped": "no signal that we know"}),
        ],
    )
    def test_that_is_no_event_says_why(
        self, settings: str, file: str, told: dict[str, str]
    ) -> None:
        path = SAMPLES / file
        assert lines(path, "--settings", settings, *AT) == [{"file": str(path), **told}]

    def test_that_is_not_paid_is_waiting(self, settings: str) -> None:
        body = WEB.read_bytes().replace(b'"paymentStatus": "Paid"', b'"paymentStatus": null')
        assert lines("-", "--settings", settings, *AT, stdin=body) == [
            {"file": "-", "waiting": "not paid yet"}
        ]

    @pytest.mark.parametrize(
        ("known", "told"),
        [
            ("{}", "currency unknown"),
            ('{"shop_domains":["shop.example.com"]}', "currency unknown"),
            ('{"currency":"USD"}', "shop address unknown"),
        ],
    )
    def test_of_a_shop_that_is_not_known_is_held(
        self, tmp_path: Path, known: str, told: str
    ) -> None:
        file = tmp_path / "settings.json"
        file.write_text(known)
        assert lines(WEB, "--settings", file, *AT) == [{"file": str(WEB), "held": told}]

    def test_takes_the_shops_domain_as_it_is_typed(self, tmp_path: Path) -> None:
        file = tmp_path / "settings.json"
        file.write_text('{"currency":"EUR","shop_domains":["https://www.Château-exemple.fr/vins"]}')
        (line,) = lines(WEB, "--settings", file, *AT)
        (event,) = line["request"]["data"]
        assert event["event_source_url"] == "https://www.xn--chteau-exemple-chb.fr/"

    def test_is_judged_by_todays_clock_unless_told_otherwise(self, settings: str) -> None:
        old = ["--now", "2026-09-01T00:00:00Z"]
        assert lines(WEB, "--settings", settings, *old)[0]["skipped"] == "older than 7 days"

    def test_follows_the_settings(self, tmp_path: Path) -> None:
        for text, why in (
            ('{"enabled":false}', "switched off"),
            ('{"pixels":{"primary":{"id":""}}}', "not set up"),
        ):
            (tmp_path / "s.json").write_text(text)
            told = lines(WEB, "--settings", tmp_path / "s.json", *AT)
            assert told == [{"file": str(WEB), "skipped": why}]

    def test_borrows_a_customer_that_it_lacks(self, settings: str, tmp_path: Path) -> None:
        webhook = json.loads((SAMPLES / "03_order_create_pos_anonymous.json").read_bytes())
        webhook["payload"]["customerId"] = "c-1"
        (tmp_path / "order.json").write_text(json.dumps(webhook))
        (tmp_path / "customers.json").write_text(
            '{"c-1":{"id":"c-1","emails":[{"email":"casey@example.com"}]}}'
        )
        customers = ["--customers", tmp_path / "customers.json"]
        (told,) = lines(tmp_path / "order.json", "--settings", settings, *customers, *AT)

        user_data = told["request"]["data"][0]["user_data"]
        assert set(user_data) == {"em", "external_id"}


class TestFiles:
    def test_of_many_lines_are_many_bodies(self, settings: str, tmp_path: Path) -> None:
        body = json.dumps(json.loads(WEB.read_bytes())).encode()
        file = tmp_path / "many.jsonl"
        file.write_bytes(b"\n".join([body, b"", b"hello", b"{}"]))
        told = lines(file, "--settings", settings, *AT)

        assert [line["file"] for line in told] == [f"{file}:1", f"{file}:3", f"{file}:4"]
        assert [line.get("skipped") for line in told] == [None, "not JSON", "no tenant"]

    @pytest.mark.parametrize(
        ("args", "says"),
        [
            (["no-such-file.json"], "no-such-file.json"),
            ([WEB, "--now", "yesterday"], "'yesterday' is no ISO 8601 time"),
            ([WEB, "--settings", WEB.parent / "INDEX.json", "--customers", "nowhere"], "nowhere"),
            ([], "Missing argument"),
        ],
    )
    def test_that_cannot_be_read_are_said_so(self, args: list[object], says: str) -> None:
        result = run(*args)

        assert result.exit_code != 0
        assert says in result.output
        assert "Traceback" not in result.output

    @pytest.mark.parametrize("text", ["nonsense", "[]", '{"currency":7}', '{"currency":"ZZZ"}'])
    def test_of_settings_that_are_none_are_said_so(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "s.json").write_text(text)
        result = run(WEB, "--settings", tmp_path / "s.json")

        assert result.exit_code == 2
        assert "--settings" in result.output
