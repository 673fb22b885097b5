"""How many rows there are: the chips, the range of a page, and the pages beside it."""

import re
from datetime import timedelta
from html import unescape

from flask.testing import FlaskClient

from service.usecases.eventlog.read_log import PAGE_SIZE
from tests.builders import NOW, a_record, a_waiting_record
from tests.conftest import World
from tests.reading import elements, tree_of, words_of
from tests.web.log_pages import add, failed, get

SECOND = timedelta(seconds=1)


def chips(html: str) -> dict[str, bool]:
    """Return the chips' texts, and whether each is the chosen one."""
    found = [each for each in elements(tree_of(html)[0]) if each.get("class") == "chip"]
    return {" ".join(words_of(each).split()): "aria-current" in each.attrib for each in found}


def path_of(html: str, name: str) -> str | None:
    found = re.search(rf'hx-get="([^"]+)"[^>]*>{name}</a>', html)
    return unescape(found[1]) if found else None


def range_of(html: str) -> str:
    found = re.search(r"[\d,]+\N{EN DASH}[\d,]+ of [\d,+]+", html)
    return found[0].replace("\N{EN DASH}", "-") if found else ""


class TestTheChips:
    def test_count_each_status_of_the_view_whatever_status_is_chosen(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        add(world, *(a_record(key=f"e{n}", **failed()) for n in range(2)))
        add(world, a_waiting_record(key="w"), a_record(key="t", is_test=True, **failed()))
        html = get(client, world)
        assert chips(html) == {"All 3": True, "error 2": False, "waiting 1": False}
        html = get(client, world, "/activity/table?status=waiting")
        assert chips(html) == {"All 3": False, "error 2": False, "waiting 1": True}
        assert range_of(html) == "1-1 of 1"
        html = get(client, world, "/activity/table?status=held&show=tests")
        assert chips(html) == {"All 1": False, "error 1": False, "on hold 0": True}
        assert range_of(html) == ""

    def test_keep_the_other_filters(self, client: FlaskClient, world: World) -> None:
        world.install()
        add(world, a_record(**failed()))
        html = unescape(get(client, world, "/activity/table?show=all&event=Purchase"))
        assert 'hx-get="/activity?show=all&event=Purchase&status=error"' in html


class TestThePages:
    def test_say_which_rows_they_show_although_rows_arrive(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        many = range(2 * PAGE_SIZE + 4)
        # Pairs of the same moment, one of them across the first two pages.
        add(world, *(a_record(key=f"{n:03}", received_at=NOW + (n // 2) * SECOND) for n in many))
        first = get(client, world, "/activity")
        assert range_of(first) == "1-25 of 54"
        assert path_of(first, "Newer") is None
        second = get(client, world, path_of(first, "Older") or "")
        assert range_of(second) == "26-50 of 54"
        add(world, a_record(key="new", received_at=NOW + timedelta(hours=1)))
        third = get(client, world, path_of(second, "Older") or "")
        assert range_of(third) == "52-55 of 55"
        assert path_of(third, "Older") is None
        again = get(client, world, path_of(third, "Newer") or "")
        assert range_of(again) == "27-51 of 55"
        assert "event-028" in again
        assert path_of(again, "Newer") == "/activity"

    def test_lead_back_from_far_down(self, client: FlaskClient, world: World) -> None:
        world.install()
        many = range(24 * PAGE_SIZE)
        add(world, *(a_record(key=f"{n:03}", received_at=NOW + n * SECOND) for n in many))
        path = "/activity?event=Purchase"
        while older := path_of(get(client, world, path), "Older"):
            path = older
            assert len(path) < 3_000
        steps = 0
        while path and path != "/activity?event=Purchase":
            path = path_of(get(client, world, path), "Newer") or ""
            steps += 1
        assert path
        assert 20 <= steps < 24
