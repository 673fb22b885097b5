import json
from typing import Any

import msgspec
import pytest

from service.domain.delivery.circuit_breaker import Breaker
from service.domain.delivery.delivery import Delivery, Try
from service.domain.events.reason import NO_DETAILS, Details, Reason, sentence
from service.domain.records.record import EventRecord
from tests.builders import a_delivery, a_record

# Texts of an older release, whose reasons were whole sentences.
COMPOSED = [
    "Meta refused the access token (code 190, subcode 460)",
    "Meta could not take the event for the moment (HTTP 503) (tried 4 times)",
    "could not be sent within 7 days: currency unknown",
    "Meta refused the event (code 100); it is sent once more without click id",
    "sent without click id, which was refused",
    "could not be looked up: Commerce7 did not answer",
]


def row_with(text: str) -> bytes:
    """Return a stored row from before reasons had details."""
    row = json.loads(msgspec.json.encode(a_record(deliveries={"primary": a_delivery()})))
    delivery: dict[str, Any] = row["deliveries"]["primary"]
    tried = {"at": "2026-08-05T00:00:00Z", "explanation": text}
    for each in (row, delivery):
        del each["details"]
        each["reason"] = text
    delivery["tries"] = [tried]
    return json.dumps(row).encode()


def decoded(row: bytes) -> EventRecord:
    return msgspec.json.decode(row, type=EventRecord)


class TestATextOfAnotherRelease:
    @pytest.mark.parametrize("text", [*COMPOSED, "a reason of a release to come"])
    def test_is_read_shown_and_written_back_as_it_was(self, text: str) -> None:
        record = decoded(row_with(text))
        (delivery,) = record.deliveries.values()
        assert (record.sentence, delivery.sentence, delivery.tries[0].sentence) == (text,) * 3

        written = json.loads(msgspec.json.encode(record))
        again = written["deliveries"]["primary"]
        reasons = (written["reason"], again["reason"], again["tries"][0]["explanation"])
        assert reasons == (text,) * 3

    def test_is_unknown(self) -> None:
        assert Reason(COMPOSED[0]).is_unknown
        assert not any(reason.is_unknown for reason in Reason)

    def test_equals_itself_alone(self) -> None:
        assert Reason("one") == Reason("one") == "one"
        assert Reason("one") != Reason("other")
        assert len({Reason("one"), Reason("one"), Reason("other")}) == 2

    def test_can_be_the_key_of_a_count(self) -> None:
        counted = msgspec.json.decode(b'{"new":1,"a test":2}', type=dict[Reason, int])
        assert counted == {Reason("new"): 1, Reason.A_TEST: 2}
        assert msgspec.json.encode(counted) == b'{"new":1,"a test":2}'

    def test_is_shown_as_it_is_whatever_the_details(self) -> None:
        text = Reason("Meta refused the access token (code 190)")
        assert sentence(text, Details(code=190)) == text

    def test_is_text(self) -> None:
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(b"5", type=Reason)

    @pytest.mark.parametrize("value", [5, None, b"refund"])
    def test_is_made_of_text_alone(self, value: Any) -> None:
        with pytest.raises(ValueError, match="is not a valid Reason"):
            Reason(value)


class TestARow:
    """A row as the previous release reads it: every reason is plain text."""

    @pytest.mark.parametrize("reason", Reason)
    def test_holds_the_plain_text(self, reason: Reason) -> None:
        delivery = a_delivery(reason=reason, tries=(Try(at=a_record().received_at),))
        row = json.loads(msgspec.json.encode(a_record(reason=reason, deliveries={"x": delivery})))
        assert row["reason"] == row["deliveries"]["x"]["reason"] == str(reason)

    def test_says_nothing_with_an_empty_text_where_a_text_is_needed(self) -> None:
        made = json.loads(msgspec.json.encode(Try(at=a_record().received_at)))
        breaker = json.loads(msgspec.json.encode(Breaker()))
        assert (made["explanation"], breaker["reason"]) == ("", "")

    def test_comes_back_with_its_details(self) -> None:
        details = Details(code=190, subcode=463, tried=4, because=Reason.TOKEN_EXPIRED)
        delivery = a_delivery(reason=Reason.TOO_LATE, details=details)
        assert msgspec.json.decode(msgspec.json.encode(delivery), type=Delivery) == delivery


class TestASentence:
    @pytest.mark.parametrize(
        ("reason", "expected"),
        [
            (Reason.REFUND, "refund"),
            (Reason.CANCELLED, "canceled"),
            (Reason.EVENT_UNREADABLE, "stored event cannot be read"),
        ],
    )
    def test_is_the_plain_reason_where_nothing_else_is_known(
        self, reason: Reason, expected: str
    ) -> None:
        assert sentence(reason, NO_DETAILS) == expected

    def test_is_of_one_reason_alone(self) -> None:
        sentences = [sentence(each, NO_DETAILS) for each in Reason]
        assert len({*sentences}) == len(sentences)

    def test_of_no_reason_is_empty(self) -> None:
        assert sentence(None, Details(code=1)) == ""

    @pytest.mark.parametrize(
        ("reason", "details", "expected"),
        [
            (Reason.TOKEN_EXPIRED, Details(code=190, subcode=463),
             "The access token has expired (code 190, subcode 463)"),
            (Reason.META_UNABLE, Details(http_status=503),
             "Meta could not accept the event (HTTP 503)"),
            (Reason.META_UNABLE, Details(http_status=500, subcode=7),
             "Meta could not accept the event (HTTP 500, subcode 7)"),
            (Reason.META_TIMED_OUT, Details(tried=4),
             "Meta did not respond in time (tried 4 times)"),
            (Reason.META_UNABLE, Details(code=2, tried=5),
             "Meta could not accept the event (code 2) (tried 5 times)"),
            (Reason.EVENT_REFUSED, Details(code=100, without="click id"),
             "Meta refused the event (code 100); sent again without click ID"),
            (Reason.SENT_WITHOUT, Details(without="click id, email"),
             "sent without click ID, e-mail, which Meta refused"),
            (Reason.TOO_LATE, Details(because=Reason.META_UNABLE, code=2, tried=4),
             ("could not be sent within 7 days: "
              "Meta could not accept the event (code 2) (tried 4 times)")),
            (Reason.TOO_LATE, Details(because=Reason("Meta is down (tried 4 times)")),
             "could not be sent within 7 days: Meta is down (tried 4 times)"),
            (Reason.NOT_LOOKED_UP, Details(because=Reason.SHOP_SILENT),
             "no details available: Commerce7 did not respond"),
            (Reason.NOT_SENT_AGAIN, Details(because=Reason.ID_UNREADABLE),
             "could not be sent again: stored ID cannot be read"),
        ],
    )  # fmt: skip
    def test_includes_the_known_details(
        self, reason: Reason, details: Details, expected: str
    ) -> None:
        assert sentence(reason, details) == expected
