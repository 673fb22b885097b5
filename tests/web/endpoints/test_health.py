from collections.abc import Callable

from flask.testing import FlaskClient

from tests.conftest import World


class TestAlive:
    def test_even_when_the_store_is_not(
        self, client: FlaskClient, close_file: Callable[[], None]
    ) -> None:
        close_file()
        assert client.get("/healthz").status_code == 200


class TestReady:
    def test_names_every_port(self, client: FlaskClient) -> None:
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json) == (200, {"queue": "ok", "store": "ok"})

    def test_names_the_port_that_is_down(
        self, client: FlaskClient, world: World, close_file: Callable[[], None]
    ) -> None:
        world.queue.is_down = True
        close_file()
        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json == {
            "queue": "the queue did not answer",
            "store": "the database did not answer",
        }
