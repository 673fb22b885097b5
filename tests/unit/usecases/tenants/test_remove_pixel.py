from datetime import timedelta

from service.domain.delivery.delivery import DeliveryStatus
from service.domain.tenants.tenant import Role
from service.usecases.tenants.remove_pixel import remove_pixel
from tests.builders import BAD_TOKEN, OLIVE, TENANT
from tests.conftest import World


class TestRemovePixel:
    def test_rechecks_the_pixels_waiting_deliveries_at_once(self, world: World) -> None:
        record = world.record_an_order()
        world.meta.script = [BAD_TOKEN]
        world.send(record)
        assert world.delivery().status is DeliveryStatus.HELD
        before = len(world.queue.tasks)
        remove_pixel(TENANT, Role.PRIMARY, by=OLIVE, services=world.services)

        assert len(world.queue.tasks) == before + 1
        tenant = world.services.tenants.find(TENANT)
        assert tenant is not None
        assert tenant.breaker(Role.PRIMARY).is_renewed
        world.release()
        world.clock.advance(timedelta(minutes=2))
        world.send(record)
        assert world.delivery().status is DeliveryStatus.SKIPPED
        assert world.delivery().reason == "pixel removed"

    def test_of_a_winery_that_is_unknown_leaves_nothing_behind(self, world: World) -> None:
        remove_pixel(TENANT, Role.PRIMARY, by=OLIVE, services=world.services)
        assert world.services.tenants.ids() == []
        assert world.services.audit.newest(TENANT, limit=9) == []
