"""What every store of browser signals must do. Runs on each engine."""

from datetime import timedelta

from service.domain.tenants.refused_origins import RefusedOrigin
from service.ports import BrowserSignals
from service.usecases.sweep import sweep_due
from service.usecases.tenants.erase_tenant import erase_tenant
from tests.builders import NOW, TENANT
from tests.conftest import World

LATER = NOW + timedelta(minutes=30)


class TestASignal:
    def test_is_found_until_its_time_is_over(self, signals: BrowserSignals) -> None:
        signals.keep(TENANT, "key", "sealed", expires_at=LATER)

        assert signals.find(TENANT, "key", now=LATER - timedelta(seconds=1)) == "sealed"
        assert signals.find(TENANT, "key", now=LATER) is None

    def test_is_its_tenants_alone(self, signals: BrowserSignals) -> None:
        signals.keep(TENANT, "key", "mine", expires_at=LATER)
        signals.keep("other-winery", "key", "theirs", expires_at=LATER)
        signals.drop_all(TENANT)

        assert signals.find(TENANT, "key", now=NOW) is None
        assert signals.find("other-winery", "key", now=NOW) == "theirs"

    def test_is_overwritten(self, signals: BrowserSignals) -> None:
        signals.keep(TENANT, "key", "old", expires_at=NOW)
        signals.keep(TENANT, "key", "new", expires_at=LATER)

        assert signals.find(TENANT, "key", now=NOW) == "new"


class TestDropExpired:
    def test_deletes_what_is_over_the_oldest_first(self, signals: BrowserSignals) -> None:
        for minute in range(3):
            expires_at = NOW + timedelta(minutes=minute)
            signals.keep(TENANT, str(minute), "sealed", expires_at=expires_at)
        over = NOW + timedelta(minutes=1)

        assert [signals.drop_expired(now=over, limit=1) for _ in range(3)] == [1, 1, 0]
        assert signals.find(TENANT, "2", now=over) == "sealed"


class TestRefusedOrigins:
    TWO = (
        RefusedOrigin(host="www.example.com", seen_at=LATER),
        RefusedOrigin(host="shop.example.com", seen_at=NOW),
    )

    def test_are_none_until_some_are_saved(self, signals: BrowserSignals) -> None:
        assert tuple(signals.refused_origins(TENANT)) == ()

    def test_come_back_as_saved_and_are_overwritten(self, signals: BrowserSignals) -> None:
        signals.save_refused_origins(TENANT, self.TWO)
        assert tuple(signals.refused_origins(TENANT)) == self.TWO
        signals.save_refused_origins(TENANT, self.TWO[:1])
        assert tuple(signals.refused_origins(TENANT)) == self.TWO[:1]

    def test_are_their_tenants_alone_and_go_with_its_signals(self, signals: BrowserSignals) -> None:
        for tenant_id in (TENANT, "other-winery"):
            signals.save_refused_origins(tenant_id, self.TWO)
        signals.drop_all(TENANT)
        assert tuple(signals.refused_origins(TENANT)) == ()
        assert tuple(signals.refused_origins("other-winery")) == self.TWO


def test_the_sweep_and_an_erasure_delete_signals(world: World) -> None:
    signals = world.services.browser_signals
    signals.keep(TENANT, "old", "sealed", expires_at=NOW)
    signals.keep(TENANT, "new", "sealed", expires_at=LATER)
    sweep_due(now=NOW, services=world.services)
    assert signals.drop_expired(now=NOW, limit=10) == 0

    erase_tenant(TENANT, services=world.services)
    assert signals.find(TENANT, "new", now=NOW) is None
