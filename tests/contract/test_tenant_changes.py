"""What every store of tenants must do with changes of them. Runs on each engine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import Breaker, BreakerState
from service.domain.events.reason import Reason
from service.domain.shop.public_settings import Shop
from service.domain.tenants.catch_up import CatchUp
from service.domain.tenants.counting import Counting
from service.domain.tenants.installation import Installation, InstallState
from service.domain.tenants.notices import Notice, Notices
from service.domain.tenants.progress import Progress, Verified
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.session import SignOut
from service.domain.tenants.tenant import Due, Role, Tenant
from service.ports import Tenants, Updated
from tests.builders import NOW, TENANT, some_settings
from tests.tenants import put, save_settings

MINUTE = timedelta(minutes=1)
DEAD = Breaker(
    state=BreakerState.NEEDS_RECONNECT,
    reason=Reason.TOKEN_EXPIRED,
    since=NOW,
    probe_at=NOW + MINUTE,
    is_watched=True,
)
PARTS: dict[str, Any] = {
    "choices": some_settings(enabled=False),
    "shop": Shop(name="Ridge", currency="EUR"),
    "shop_due_at": NOW,
    "installation": Installation(state=InstallState.HELD, check_at=NOW),
    "breakers": {Role.PRIMARY: DEAD},
    "recheck": Recheck(at=NOW, until=NOW + MINUTE, changed_at=NOW),
    "progress": Progress(first_sent_at=NOW),
    "catch_up": CatchUp(dropped_since=NOW, at=NOW),
    "sign_out": SignOut(at=NOW),
    "counting": Counting(at=NOW, since=NOW, day=NOW.date()),
    "notices": Notices(by_key={"stuck": Notice(since=NOW, failures=2)}, look_at=NOW),
}


class TestAChange:
    @pytest.mark.parametrize("name", PARTS)
    def test_of_one_part_leaves_the_others_alone(self, tenants: Tenants, name: str) -> None:
        others = {other: part for other, part in PARTS.items() if other != name}
        put(tenants, TENANT, **others)
        put(tenants, TENANT, **{name: PARTS[name]})
        assert tenants.find(TENANT) == Tenant(id=TENANT, **PARTS)

    def test_returns_the_tenant_before_and_after(self, tenants: Tenants) -> None:
        new = Tenant(id=TENANT, choices=some_settings())
        assert tenants.update(TENANT, lambda _: new) == Updated(None, new)
        after = replace(new, progress=PARTS["progress"])
        assert tenants.update(TENANT, lambda _: after) == Updated(new, after)
        assert tenants.update(TENANT, lambda known: known) == Updated(after, after)

    def test_is_made_of_nothing_where_the_tenant_is_unknown(self, tenants: Tenants) -> None:
        seen: list[Tenant | None] = []

        def look(known: Tenant | None) -> Tenant | None:
            seen.append(known)
            return known

        assert tenants.update(TENANT, look) == Updated(None, None)
        assert (seen, tenants.ids()) == ([None], [])

    def test_that_is_refused_is_not_made(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())

        def refuse(known: Tenant | None) -> Tenant | None:
            raise LookupError(known)

        with pytest.raises(LookupError):
            tenants.update(TENANT, refuse)
        assert tenants.find(TENANT) == Tenant(id=TENANT, choices=some_settings())
        save_settings(tenants, TENANT, some_settings(enabled=False))

    def test_is_not_lost_with_others_at_once(self, tenants: Tenants) -> None:
        save_settings(tenants, TENANT, some_settings())
        tested = {str(number): Verified(at=NOW, pixel_id="1", mark="m") for number in range(8)}

        def note(name: str) -> Updated:
            def noted(known: Tenant) -> Tenant:
                return replace(known, progress=known.progress.with_test(name, tested[name]))

            return tenants.update(TENANT, lambda known: known and noted(known))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(note, tested))
        tenant = tenants.find(TENANT)
        assert tenant is not None
        assert tenant.progress.tested == tested


def _at(what: Due, at: datetime | None) -> dict[str, Any]:
    """Return the changes of a tenant that make this due at that time."""
    left = Installation(state=InstallState.REMOVED)
    changes: dict[Due, dict[str, Any]] = {
        Due.SHOP: {"shop_due_at": at},
        Due.INSTALLATION: {"installation": Installation(check_at=at)},
        Due.WAITING: {"recheck": Recheck(at=at)},
        Due.NOTICES: {"notices": Notices(look_at=at)},
        Due.CATCH_UP: {"catch_up": CatchUp(at=at)} if at else {"installation": left},
        Due.UNPROVEN: {"installation": Installation(state=InstallState.PENDING, purge_at=at)},
        Due.COUNTING: {"counting": Counting(at=at)} if at else {"installation": left},
    }
    return changes[what]


class TestDue:
    @pytest.mark.parametrize("what", Due)
    def test_are_those_whose_time_has_come_the_longest_due_first(
        self, tenants: Tenants, what: Due
    ) -> None:
        for name, minutes in (("a", 3), ("b", 1), ("c", 2)):
            put(tenants, name, **_at(what, NOW + minutes * MINUTE))

        assert tenants.due(what, now=NOW, limit=9) == []
        assert tenants.due(what, now=NOW + 2 * MINUTE, limit=9) == ["b", "c"]
        assert tenants.due(what, now=NOW + 9 * MINUTE, limit=2) == ["b", "c"]

    @pytest.mark.parametrize("what", Due)
    def test_are_counted(self, tenants: Tenants, what: Due) -> None:
        for name, minutes in (("a", 3), ("b", 1), ("c", 2)):
            put(tenants, name, **_at(what, NOW + minutes * MINUTE))
        counts = [tenants.count_due(what, now=NOW + minutes * MINUTE) for minutes in (0, 2, 9)]
        assert counts == [0, 2, 3]

    @pytest.mark.parametrize("what", [each for each in Due if each is not Due.SHOP])
    def test_are_not_those_whose_time_was_taken_back(self, tenants: Tenants, what: Due) -> None:
        put(tenants, TENANT, **_at(what, NOW))
        put(tenants, TENANT, **_at(what, None))
        assert tenants.due(what, now=NOW + timedelta(days=9), limit=9) == []

    @pytest.mark.parametrize(
        ("breaker", "due"),
        [
            (DEAD, [TENANT]),
            (replace(DEAD, is_watched=False), []),
            (replace(DEAD, state=BreakerState.WORKING), []),
        ],
    )
    def test_counts_a_stopped_pixel_that_deliveries_wait_for(
        self, tenants: Tenants, breaker: Breaker, due: list[str]
    ) -> None:
        put(tenants, TENANT, breakers={Role.SECONDARY: breaker})
        assert tenants.due(Due.WAITING, now=NOW + MINUTE, limit=9) == due
