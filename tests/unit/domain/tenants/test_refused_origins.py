from datetime import timedelta

from service.domain.tenants.refused_origins import MOST_ORIGINS, RefusedOrigin, with_origin
from tests.builders import NOW

MINUTE = timedelta(minutes=1)


def origins(count: int) -> list[RefusedOrigin]:
    return [
        RefusedOrigin(host=f"{number}.example.com", seen_at=NOW - number * MINUTE)
        for number in range(count)
    ]


class TestWithOrigin:
    def test_puts_the_newest_first(self) -> None:
        noted = with_origin(origins(2), "new.example.com", at=NOW)
        assert [each.host for each in noted] == [
            "new.example.com", "0.example.com", "1.example.com",
        ]  # fmt: skip

    def test_records_a_host_every_ten_minutes_at_most(self) -> None:
        known = origins(3)
        assert with_origin(known, "1.example.com", at=NOW + 8 * MINUTE) is known
        noted = with_origin(known, "1.example.com", at=NOW + 9 * MINUTE)
        assert [each.host for each in noted][:2] == ["1.example.com", "0.example.com"]
        assert noted[0].seen_at == NOW + 9 * MINUTE
        assert len(noted) == 3

    def test_is_bounded_and_drops_the_oldest(self) -> None:
        known = origins(MOST_ORIGINS)
        noted = with_origin(known, "new.example.com", at=NOW + MINUTE)
        assert len(noted) == MOST_ORIGINS
        assert noted[-1] == known[-2]

    def test_accepts_one_new_host_a_minute_once_it_is_full(self) -> None:
        known = origins(MOST_ORIGINS)
        assert with_origin(known, "new.example.com", at=NOW + 0.9 * MINUTE) is known
        fewer = known[:-1]
        assert with_origin(fewer, "new.example.com", at=NOW) is not fewer
