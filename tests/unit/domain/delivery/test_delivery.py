from datetime import datetime, timedelta
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.delivery.delivery import Delivery, DeliveryStatus, Wait
from service.domain.delivery.judgement import judged
from service.domain.delivery.schedule import LEASE_FOR
from service.domain.delivery.steps import (
    closed,
    leased,
    parked,
    queued,
    redriven,
    released,
    requeued,
)
from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.reason import Reason
from service.domain.records.record import Status
from service.domain.tenants.tenant import Role
from service.infra.http import Limits
from tests.builders import NOW, POLICY, a_delivery, a_record

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def attempted(delivery: Delivery, answer: Answer, **verdict: object) -> Delivery:
    owned = leased(delivery, lease_id="lease", pixel_id="1", now=NOW)
    received = Verdict(answer=answer, **verdict)  # type: ignore[arg-type] # whatever the test names
    return judged(owned, received, now=NOW, policy=POLICY)


class TestAnAttempt:
    def test_owns_its_delivery_for_a_minute(self) -> None:
        delivery = leased(queued(now=NOW, policy=POLICY), lease_id="a", pixel_id="1", now=NOW)

        assert delivery.status is DeliveryStatus.SENDING
        assert not delivery.is_open(NOW + LEASE_FOR - SECOND)
        assert delivery.is_open(NOW + LEASE_FOR)
        assert delivery.is_due(NOW + LEASE_FOR)

    def test_outlasts_every_time_out_of_its_request(self) -> None:
        limits = Limits()
        assert LEASE_FOR.total_seconds() > limits.connect + limits.read + limits.total

    def test_forgets_why_the_one_before_it_failed(self) -> None:
        again = leased(
            a_delivery(reason=Reason("Meta is down")), lease_id="a", pixel_id="1", now=NOW
        )
        assert again.reason is None

    def test_counts_even_if_it_never_ends(self) -> None:
        assert leased(a_delivery(), lease_id="a", pixel_id="1", now=NOW).attempts == 1

    def test_that_is_accepted_is_the_last(self) -> None:
        sent = attempted(a_delivery(), Answer.ACCEPTED, trace_id="t")

        assert (sent.status, sent.due_at, sent.lease_id) == (DeliveryStatus.SENT, None, None)
        assert (sent.not_before, sent.is_open(NOW)) == (None, False)
        assert (sent.finished_at, sent.trace_id, sent.pixel_id) == (NOW, "t", "1")

    def test_that_is_refused_for_good_is_the_last(self) -> None:
        refused = attempted(
            a_delivery(), Answer.PERMANENT, reason=Reason("why"), code=100, subcode=7
        )

        assert (refused.status, refused.reason) == (DeliveryStatus.ERROR, "why")
        assert (refused.code, refused.subcode, refused.due_at) == (100, 7, None)

    def test_is_repeated_three_times_with_growing_pauses_then_an_error(self) -> None:
        delivery, pauses = a_delivery(), []
        while delivery.status is not DeliveryStatus.ERROR:
            delivery = attempted(delivery, Answer.TRANSIENT, reason=Reason.META_UNABLE)
            if delivery.status is DeliveryStatus.RETRYING:
                assert delivery.not_before
                assert delivery.due_at
                pauses.append((delivery.due_at - POLICY.requeue_after - NOW).total_seconds())
                assert not delivery.is_open(NOW + timedelta(seconds=pauses[-1] * 0.8))
                assert delivery.is_open(NOW + timedelta(seconds=pauses[-1] * 0.9))
                assert delivery.lease_id is None

        assert pauses == [30, 60, 120]
        assert (delivery.status, delivery.attempts) == (DeliveryStatus.ERROR, 4)
        assert delivery.sentence == "Meta could not accept the event (tried 4 times)"

    @pytest.mark.parametrize(
        ("answer", "retry_after", "wait"),
        [
            (Answer.THROTTLED, None, POLICY.throttled_for),
            (Answer.THROTTLED, timedelta(minutes=42), timedelta(minutes=42)),
            (Answer.TOKEN, None, POLICY.token_probe_every),
        ],
    )
    def test_that_meets_throttling_or_a_dead_token_is_not_counted(
        self, answer: Answer, retry_after: timedelta | None, wait: timedelta
    ) -> None:
        delivery = a_delivery(attempts=3, answered=3)
        waiting = attempted(delivery, answer, retry_after=retry_after)

        assert waiting.status is DeliveryStatus.HELD
        assert waiting.lease_id is None
        assert waiting.attempts == 3
        assert waiting.attempts - waiting.answered == 0
        assert waiting.not_before == NOW + wait
        assert waiting.due_at is None

    def test_whose_answer_was_lost_is_counted_apart(self) -> None:
        lost = attempted(a_delivery(), Answer.TRANSIENT, answered=False)
        assert lost.attempts - lost.answered == 1


class TestARenewedTask:
    def test_ends_an_expired_lease(self) -> None:
        orphan = leased(a_delivery(), lease_id="a", pixel_id="1", now=NOW)
        later = NOW + LEASE_FOR

        renewed = requeued(orphan, now=later, policy=POLICY)

        assert (renewed.status, renewed.lease_id) == (DeliveryStatus.QUEUED, None)
        assert renewed.due_at == later + POLICY.requeue_after
        assert renewed.attempts == 1

    def test_leaves_the_end_of_a_hold_where_it_was(self) -> None:
        hold = parked(a_delivery(), waits_for=Wait.PACE, reason=Reason("slow down"), now=NOW)
        renewed = requeued(hold, now=NOW, policy=POLICY)

        assert renewed.status is DeliveryStatus.HELD
        assert renewed.is_open(NOW)


class TestARow:
    def test_shows_the_worst_of_its_deliveries(self) -> None:
        worst_first = ["error", "held", "retrying", "sending", "queued", "sent", "skipped"]
        for index, worse in enumerate(worst_first):
            for better in worst_first[index:]:
                pair = {
                    Role.PRIMARY: a_delivery(status=DeliveryStatus(better)),
                    Role.SECONDARY: a_delivery(status=DeliveryStatus(worse)),
                }
                assert a_record(deliveries=pair).status == Status(worse)

    def test_keeps_its_payload_until_the_last_delivery_is_final(self) -> None:
        pair = {Role.PRIMARY: a_delivery(), Role.SECONDARY: a_delivery()}
        record = a_record(deliveries=pair, payload="sealed")
        done = closed(a_delivery(), status=DeliveryStatus.SENT, reason=None, now=NOW)

        half = record.with_delivery(Role.PRIMARY, done, now=NOW)
        assert half.payload == "sealed"
        assert half.due_at is not None
        whole = half.with_delivery(Role.SECONDARY, done, now=NOW + SECOND)
        assert (whole.payload, whole.due_at) == (None, None)
        assert whole.updated_at == NOW + SECOND


class TestThePositionAmongWaitingRecords:
    def position(self, *waits: Wait, **changes: Any) -> datetime | None:
        """Return the position of a record whose deliveries wait and may go on in an hour."""
        deliveries = {
            role: parked(
                a_delivery(**changes),
                waits_for=wait,
                reason=Reason("why"),
                now=NOW,
                until=NOW + HOUR,
            )
            for role, wait in zip(Role, waits, strict=False)
        }
        return a_record(deliveries=deliveries, received_at=NOW - SECOND).waiting_since

    @pytest.mark.parametrize("wait", [each for each in Wait if each is not Wait.VENDOR])
    def test_is_when_it_was_new(self, wait: Wait) -> None:
        assert self.position(wait) == NOW

    def test_is_last_for_a_slow_retry(self) -> None:
        assert self.position(Wait.VENDOR) == NOW + HOUR

    def test_is_that_of_the_first_of_two(self) -> None:
        assert self.position(Wait.VENDOR, Wait.TOKEN) == NOW

    def test_is_the_receipt_for_a_record_of_an_older_version(self) -> None:
        assert self.position(Wait.TOKEN, queued_at=None) == NOW - SECOND

    def test_is_none_for_what_does_not_wait(self) -> None:
        assert a_record().waiting_since is None


class TestPauses:
    def test_double_from_the_smallest(self) -> None:
        assert [POLICY.pause_after(n).total_seconds() for n in (1, 2, 3)] == [30, 60, 120]
        assert replace(POLICY, min_backoff=SECOND).requeue_after == 4 * SECOND


class TestARun:
    def test_is_under_way_from_its_queueing_through_its_retries(self) -> None:
        delivery = attempted(a_delivery(queued_at=NOW - SECOND), Answer.TRANSIENT)
        assert (delivery.status, delivery.is_under_way) == (DeliveryStatus.RETRYING, True)
        again = requeued(delivery, now=NOW + SECOND, policy=POLICY)
        assert a_record(deliveries={Role.PRIMARY: again}).queued_since == NOW - SECOND

    @pytest.mark.parametrize("waits_for", [each for each in Wait if each is not Wait.VENDOR])
    def test_rests_while_it_is_parked_and_begins_anew_when_it_goes_on(
        self, waits_for: Wait
    ) -> None:
        held = parked(a_delivery(), waits_for=waits_for, reason=Reason("why"), now=NOW)
        assert a_record(deliveries={Role.PRIMARY: held}).queued_since is None
        later = NOW + timedelta(days=1)
        for going in (
            released(held, now=later, policy=POLICY),
            leased(held, lease_id="a", pixel_id="1", now=later),
        ):
            assert a_record(deliveries={Role.PRIMARY: going}).queued_since == later
            assert going.queued_at == NOW

    def test_that_is_a_slow_retry_does_not_count_as_under_way(self) -> None:
        failed = parked(a_delivery(), waits_for=Wait.VENDOR, reason=Reason("no"), now=NOW)
        for going in (
            released(failed, now=NOW, policy=POLICY),
            leased(failed, lease_id="a", pixel_id="1", now=NOW),
            redriven(closed(failed, status=DeliveryStatus.ERROR, reason=None, now=NOW),
                     reason=None, due_at=NOW, now=NOW),
        ):  # fmt: skip
            assert a_record(deliveries={Role.PRIMARY: going}).queued_since is None

    @pytest.mark.parametrize("status", [DeliveryStatus.SENT, DeliveryStatus.ERROR])
    def test_is_over_with_its_delivery(self, status: DeliveryStatus) -> None:
        final = closed(a_delivery(), status=status, reason=None, now=NOW)
        assert a_record(deliveries={Role.PRIMARY: final}).queued_since is None

    def test_of_an_older_version_began_with_its_receipt(self) -> None:
        record = a_record(deliveries={Role.PRIMARY: a_delivery(queued_at=None)})
        assert record.queued_since == record.received_at
