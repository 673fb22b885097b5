from datetime import timedelta

from service.usecases.read_activity import read_activity
from tests.builders import NOW, TENANT, a_record
from tests.conftest import World


class TestReadActivity:
    def test_shows_the_newest_fifty(self, world: World) -> None:
        world.install()
        for number in range(51):
            at = NOW + timedelta(seconds=number)
            world.services.events.add(a_record(key=f"{number:02d}", received_at=at))

        shown = read_activity(TENANT, services=world.services)
        assert shown is not None
        assert [record.key for record in shown] == [f"{number:02d}" for number in range(50, 0, -1)]

    def test_knows_no_stranger(self, world: World) -> None:
        assert read_activity(TENANT, services=world.services) is None
