from datetime import timedelta

from service.domain.copies import replace
from service.domain.delivery.schedule import MAX_ATTEMPTS
from service.domain.events.rejected_fields import has_field
from service.domain.records.record import Status
from service.usecases.delivery.send_event import Attempted
from tests.builders import DOWN, REFUSED
from tests.conftest import World

NO_IP = replace(REFUSED, refused_key="IP address")
NO_BROWSER = replace(REFUSED, refused_key="browser")
NO_CLICK = replace(REFUSED, refused_key="click id")


class TestARefusedKey:
    def test_is_left_out_and_the_event_sent_once_more(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [NO_IP]

        assert world.send(record).attempted is Attempted.RETRY
        assert world.delivery().sentence == (
            "Meta refused the event (code 100); sent again without IP address"
        )
        assert world.send(record).attempted is Attempted.FINISHED

        (first, _, _), (second, _, _) = world.meta.sent
        assert has_field(first, "IP address")
        assert not has_field(second, "IP address")
        assert (first.event_id, first.occurred_at) == (second.event_id, second.occurred_at)
        assert (world.row().status, world.delivery().dropped) == (Status.SENT, ("IP address",))
        assert world.delivery().sentence == "sent without IP address, which Meta refused"

    def test_stays_left_out_of_later_attempts(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [NO_IP, NO_BROWSER]
        for _ in range(3):
            world.send(record)
        event, _, _ = world.meta.sent[-1]
        assert (has_field(event, "IP address"), has_field(event, "browser")) == (False, False)
        assert world.delivery().dropped == ("IP address", "browser")

    def test_that_is_refused_again_is_final(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [NO_IP, NO_IP]
        world.send(record)
        assert world.send(record).attempted is Attempted.FINISHED
        assert (world.row().status, len(world.meta.sent)) == (Status.ERROR, 2)

    def test_that_the_event_lacks_is_final(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [NO_CLICK]
        assert world.send(record).attempted is Attempted.FINISHED
        assert (world.row().status, world.row().payload) == (Status.ERROR, None)

    def test_uses_up_an_attempt_unless_it_is_the_first(self, world: World) -> None:
        record = world.record_an_order()
        keys = ("IP address", "browser", "email", "phone", "city")
        world.meta.script = [replace(REFUSED, refused_key=key) for key in keys]
        for _ in keys:
            world.send(record)
            world.clock.advance(timedelta(minutes=1))
        assert (world.row().status, len(world.meta.sent)) == (Status.ERROR, MAX_ATTEMPTS + 1)

    def test_is_left_out_of_the_last_attempt_too(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [DOWN, DOWN, DOWN, NO_IP]
        for _ in range(5):
            world.send(record)
            world.clock.advance(timedelta(minutes=2))
        assert (world.row().status, len(world.meta.sent)) == (Status.SENT, 5)

    def test_leaves_what_the_log_keeps(self, world: World) -> None:
        record = world.record_an_order()
        kept = world.row().custom
        world.meta.script = [replace(REFUSED, refused_key="products")]
        world.send(record)
        world.send(record)
        event, _, _ = world.meta.sent[-1]
        assert event.custom.contents == ()
        assert world.row().custom == kept
