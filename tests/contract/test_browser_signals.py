"""What every store of browser signals must do. Runs on each engine."""

from datetime import datetime, timedelta
from typing import Any

from service.domain.tenants.refused_origins import RefusedOrigin
from service.ports import BrowserSignals, SealedSignal
from service.usecases.sweep import sweep_due
from service.usecases.tenants.erase_tenant import erase_tenant
from tests.builders import NOW, TENANT
from tests.conftest import World

LATER = NOW + timedelta(minutes=30)


def a_signal(key: str = "key", *marks: str, sealed: str = "sealed", **changes: Any) -> SealedSignal:
    known: dict[str, Any] = {"key": key, "marks": marks or ("mark",), "sealed": sealed}
    return SealedSignal(**known | {"expires_at": LATER} | changes)


def found(
    signals: BrowserSignals, *marks: str, tenant_id: str = TENANT, now: datetime = NOW
) -> set[str]:
    kept = signals.find(tenant_id, marks or ("mark",), now=now, limit=10)
    return {each.sealed for each in kept}


class TestASignal:
    def test_comes_back_whole_until_its_time_is_over(self, signals: BrowserSignals) -> None:
        signal = a_signal("key", "one", "two")
        signals.keep(TENANT, signal)

        before = LATER - timedelta(seconds=1)
        (there,) = signals.find(TENANT, ["two"], now=before, limit=10)
        assert (there.key, set(there.marks), there.sealed, there.expires_at) == (
            "key", {"one", "two"}, "sealed", LATER,
        )  # fmt: skip
        assert found(signals, "one", now=LATER) == set()

    def test_is_found_by_any_of_its_marks(self, signals: BrowserSignals) -> None:
        signals.keep(TENANT, a_signal("a", "cart", "email", sealed="first"))
        signals.keep(TENANT, a_signal("b", "email", sealed="second"))
        assert found(signals, "cart") == {"first"}
        assert found(signals, "email", "other") == {"first", "second"}
        assert found(signals, "cart", "email") == {"first", "second"}
        assert found(signals, "other") == set()
        assert signals.find(TENANT, [], now=NOW, limit=10) == []

    def test_is_its_tenants_alone(self, signals: BrowserSignals) -> None:
        signals.keep(TENANT, a_signal(sealed="mine"))
        signals.keep("other-winery", a_signal(sealed="theirs"))
        assert found(signals) == {"mine"}
        signals.drop_all(TENANT)

        assert found(signals) == set()
        assert found(signals, tenant_id="other-winery") == {"theirs"}

    def test_is_overwritten_with_its_marks(self, signals: BrowserSignals) -> None:
        signals.keep(TENANT, a_signal("key", "old", sealed="old", expires_at=NOW))
        signals.keep(TENANT, a_signal("key", "new", sealed="new"))

        assert found(signals, "new") == {"new"}
        assert found(signals, "old") == set()

    def test_is_one_of_many(self, signals: BrowserSignals) -> None:
        for number in range(5):
            signals.keep(TENANT, a_signal(str(number)))
        assert len(signals.find(TENANT, ["mark"], now=NOW, limit=3)) == 3

    def test_is_not_pushed_out_by_those_that_are_over(self, signals: BrowserSignals) -> None:
        for number in range(5):
            signals.keep(TENANT, a_signal(str(number), expires_at=NOW))
        signals.keep(TENANT, a_signal("9"))
        (left,) = signals.find(TENANT, ["mark"], now=NOW, limit=3)
        assert left.key == "9"

    def test_is_dropped_by_any_of_its_marks(self, signals: BrowserSignals) -> None:
        for tenant_id in (TENANT, "other-winery"):
            signals.keep(tenant_id, a_signal("a", "cart", "email", sealed="theirs"))
            signals.keep(tenant_id, a_signal("b", "cart", sealed="another's"))
        assert signals.drop(TENANT, ["email", "none"]) == 1
        assert signals.drop(TENANT, ["email"]) == 0
        assert found(signals, "cart", "email") == {"another's"}
        assert found(signals, "email", tenant_id="other-winery") == {"theirs"}


class TestDropExpired:
    def test_deletes_what_is_over_the_oldest_first(self, signals: BrowserSignals) -> None:
        for minute in range(3):
            expires_at = NOW + timedelta(minutes=minute)
            signals.keep(TENANT, a_signal(str(minute), expires_at=expires_at))
        over = NOW + timedelta(minutes=1)

        assert [signals.drop_expired(now=over, limit=1) for _ in range(3)] == [1, 1, 0]
        (left,) = signals.find(TENANT, ["mark"], now=over, limit=10)
        assert left.key == "2"


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
    signals.keep(TENANT, a_signal("old", expires_at=NOW))
    signals.keep(TENANT, a_signal("new"))
    sweep_due(now=NOW, services=world.services)
    assert signals.drop_expired(now=NOW, limit=10) == 0

    erase_tenant(TENANT, services=world.services)
    assert found(signals) == set()
