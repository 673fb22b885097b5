"""Ids in addresses that no record can have: there is nothing there, on any store."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.events.idempotency import may_be_event_key
from service.gcp.events import FirestoreEvents
from tests.apps import started_app
from tests.builders import a_record
from tests.conftest import World

ODD = [
    *(".", "..", "__x__", "__id7__", "a/b", "a%2Fb", "%2e%2e", "%2e", "%00", "é", "\u202e", "-a"),
    *("a b", "_", "a" * 129, "a" * 2000, "%ff", "a%0a", "%5c", "{}", "*", "a\u0301", "\U0001f4a5"),
]
ROUTES = [
    ("GET", "/activity/rows/{}"),
    ("POST", "/activity/resend/{}"),
    ("GET", "/activity/work/{}"),
    ("POST", "/activity/work/{}/job-1/stop"),
    ("POST", "/configuration/pixels/{}/remove"),
    ("POST", "/simulation/{}"),
]


class StrictDocuments:
    """Firestore's documents: a path with an id that Firestore refuses is an error."""

    def get(self, path: tuple[str, ...]) -> None:
        for part in path:
            assert part.isascii(), part
            assert len(part) <= 1500, part
            assert "/" not in part, part
            assert part not in {"", ".", ".."}, part
            assert not (part.startswith("__") and part.endswith("__")), part

    def find(self, query: Any) -> list[Any]:
        del query
        return []

    def count(self, query: Any) -> int:
        del query
        return 0


@pytest.fixture(params=["sqlite", "firestore"])
def strict(request: pytest.FixtureRequest, world: World) -> FlaskClient:
    """Return a client of an app over each of the stores."""
    world.install()
    services = world.services
    if request.param == "firestore":
        documents: Any = StrictDocuments()
        services = replace(services, events=FirestoreEvents(documents))
    return started_app(services).test_client()


@pytest.mark.parametrize("text", ODD)
class TestAnOddId:
    @pytest.mark.parametrize(("method", "path"), ROUTES)
    def test_is_not_found(
        self, strict: FlaskClient, world: World, method: str, path: str, text: str
    ) -> None:
        answer = strict.open(path.format(text), method=method, headers=world.staff())
        # A slash, or a dot that a browser resolves, makes another address of it.
        assert answer.status_code in ({404, 405, 308} if {"/", "."} & set(text) else {404})

    @pytest.mark.parametrize("path", ["/activity", "/activity/table"])
    def test_of_an_open_row_is_ignored(
        self, strict: FlaskClient, world: World, path: str, text: str
    ) -> None:
        answer = strict.get(f"{path}?open={text}&after={text}", headers=world.staff())
        assert answer.status_code == 200

    def test_of_a_winery_shows_the_empty_snippet(self, strict: FlaskClient, text: str) -> None:
        assert strict.get(f"/snippet/{text}.js").status_code in {200, 404}


def test_the_keys_that_we_write_are_none_of_them(world: World) -> None:
    world.install()
    keys = [a_record().key, "0" * 64, "test-0123456789abcdef"]
    assert all(map(may_be_event_key, keys))
