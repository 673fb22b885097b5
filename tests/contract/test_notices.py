"""What every store of tenants must do about notices. One parameter per engine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from service.domain.notices import Notice, Notices
from service.ports import Tenants
from tests.builders import NOW, TENANT, some_settings

MINUTE = timedelta(minutes=1)
TOLD = Notices(
    by_key={
        "stuck": Notice(since=NOW, is_active=False, held_until=NOW + MINUTE, failures=2),
        "token-primary": Notice(since=NOW, is_told=True, mailed_at=NOW),
    },
    look_at=NOW + MINUTE,
)
OTHER = Notices(by_key={"currency": Notice(since=NOW)}, look_at=NOW)


@pytest.fixture
def known(tenants: Tenants) -> Tenants:
    """Return the store with one tenant in it."""
    tenants.save_settings(TENANT, some_settings())
    return tenants


def notices(tenants: Tenants) -> Notices:
    tenant = tenants.find(TENANT)
    assert tenant is not None
    return tenant.notices


class TestNotices:
    def test_are_none_where_nobody_wrote_any(self, known: Tenants) -> None:
        assert notices(known) == Notices()

    @pytest.mark.parametrize("after", [TOLD, OTHER])
    def test_come_back_as_written(self, known: Tenants, after: Notices) -> None:
        assert known.replace_notices(TENANT, after, over=Notices())
        assert notices(known) == after

    def test_are_written_over_those_that_were_read_alone(self, known: Tenants) -> None:
        assert known.replace_notices(TENANT, TOLD, over=Notices())
        assert not known.replace_notices(TENANT, OTHER, over=Notices())
        assert notices(known) == TOLD
        assert known.replace_notices(TENANT, Notices(), over=TOLD)
        assert notices(known) == Notices()

    def test_of_a_tenant_that_nobody_knows_are_not_written(self, tenants: Tenants) -> None:
        assert not tenants.replace_notices(TENANT, TOLD, over=Notices())
        assert tenants.find(TENANT) is None

    def test_leave_the_settings_alone_and_go_with_their_tenant(self, known: Tenants) -> None:
        known.replace_notices(TENANT, TOLD, over=Notices())
        known.save_settings(TENANT, some_settings(enabled=False))
        assert notices(known) == TOLD
        known.remove(TENANT)
        known.save_settings(TENANT, some_settings())
        assert notices(known) == Notices()
        assert known.notices_due(now=NOW + MINUTE, limit=9) == []

    def test_are_written_by_one_of_many_at_once(self, known: Tenants) -> None:
        rivals = [
            Notices(by_key={str(number): Notice(since=NOW)}, look_at=NOW) for number in range(8)
        ]
        with ThreadPoolExecutor(8) as pool:
            written = list(
                pool.map(lambda rival: known.replace_notices(TENANT, rival, over=Notices()), rivals)
            )
        assert written.count(True) == 1
        assert notices(known) == rivals[written.index(True)]


class TestNoticesDue:
    def test_are_found_when_their_time_has_come_the_longest_due_first(
        self, tenants: Tenants
    ) -> None:
        for name, minutes in (("a", 3), ("b", 1), ("c", 2)):
            tenants.save_settings(name, some_settings())
            due = Notices(by_key=OTHER.by_key, look_at=NOW + minutes * MINUTE)
            tenants.replace_notices(name, due, over=Notices())

        assert tenants.notices_due(now=NOW, limit=9) == []
        assert tenants.notices_due(now=NOW + 2 * MINUTE, limit=9) == ["b", "c"]
        assert tenants.notices_due(now=NOW + 9 * MINUTE, limit=2) == ["b", "c"]

    def test_are_none_where_no_time_is_set(self, known: Tenants) -> None:
        known.replace_notices(TENANT, TOLD, over=Notices())
        known.replace_notices(TENANT, Notices(by_key=TOLD.by_key), over=TOLD)
        assert known.notices_due(now=NOW + timedelta(days=9), limit=9) == []
