"""Task calls are proven by Google's keys, which may be unavailable."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.gcp.google_keys import ISSUERS, GoogleKeys
from service.infra.http import Http
from service.infra.oidc import OidcCallers
from tests.apps import started_app
from tests.builders import a_signal, an_order
from tests.conftest import World
from tests.unit.gcp.google import ACCOUNT, AUDIENCE, Google, a_token, google

PATHS = ["/tasks/send", "/tasks/resolve", "/tasks/sweep"]


@pytest.fixture
def key_server() -> Iterator[Google]:
    with google() as lent:
        lent.offer("one")
        yield lent


@pytest.fixture
def cloud(world: World, key_server: Google) -> FlaskClient:
    """Return a client of an app that verifies its callers by Google's keys."""
    keys = GoogleKeys(Http(), clock=world.clock, url=key_server.url)
    callers = OidcCallers(issuers=ISSUERS, audience=AUDIENCE, account=ACCOUNT, key_for=keys.key_for)
    return started_app(replace(world.services, callers=callers)).test_client()


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


class TestWhileGooglesKeysAreUnavailable:
    @pytest.mark.parametrize("path", PATHS)
    def test_a_task_is_to_be_retried(
        self, cloud: FlaskClient, key_server: Google, path: str
    ) -> None:
        key_server.status = 500
        answer = cloud.post(path, data=b"{}", headers=bearing(a_token()))
        assert (answer.status_code, answer.json) == (503, {"result": "try again"})

    def test_nothing_is_done_until_they_are_back(
        self, cloud: FlaskClient, key_server: Google, world: World
    ) -> None:
        world.install()
        world.receive(a_signal(an_order()))
        (task,) = world.queue.tasks
        key_server.status = 500
        assert cloud.post(task.path, data=task.body, headers=bearing(a_token())).status_code == 503
        assert not world.meta.sent
        key_server.status = 200
        world.clock.advance(timedelta(seconds=10))
        assert cloud.post(task.path, data=task.body, headers=bearing(a_token())).status_code == 200
        assert len(world.meta.sent) == 1

    @pytest.mark.parametrize("path", PATHS)
    def test_a_caller_without_a_token_is_refused_without_asking_google(
        self, cloud: FlaskClient, key_server: Google, path: str
    ) -> None:
        key_server.status = 500
        assert cloud.post(path, data=b"{}").status_code == 401
        assert key_server.asked == 0


class TestByGooglesKeys:
    @pytest.mark.parametrize("path", PATHS)
    @pytest.mark.parametrize(
        ("token", "status"),
        [
            (a_token(), 200),
            (a_token(email="x@example.com"), 403),
            (a_token(key="two"), 401),
            (a_token().rpartition(".")[0] + ".SIGNATURE_REMOVED_BY_GOOGLE", 401),
        ],
        ids=["ours", "another account", "forged", "signature removed"],
    )
    def test_a_caller_is_verified(
        self, cloud: FlaskClient, path: str, token: str, status: int
    ) -> None:
        assert cloud.post(path, data=b"{}", headers=bearing(token)).status_code == status
