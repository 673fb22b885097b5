"""Floods of invented webhooks: a winery's own events are neither lost nor late."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Event
from time import monotonic
from uuid import uuid4

import pytest
import requests

from tests.e2e.conftest import Site
from tests.e2e.harness import an_order_webhook, eventually
from tests.e2e.threads import threads_free

A_SECOND = 10
"""How many invented webhooks come in each second."""

SOON_SECONDS = 10.0


@pytest.fixture
def is_reconciled() -> bool:
    """Let Commerce7's lists tell of changes."""
    return True


@contextmanager
def flooded(site: Site) -> Iterator[list[tuple[int, str]]]:
    """Post webhooks about invented orders meanwhile; lend the list of their answers."""
    over, answers = Event(), list[tuple[int, str]]()

    def flood() -> None:
        with requests.Session() as session:
            url = f"{site.service.url}/webhooks/commerce7"
            while not over.wait(1 / A_SECOND):
                answer = session.post(url, json=an_order_webhook(id=str(uuid4())), timeout=20)
                answers.append((answer.status_code, answer.json()["result"]))

    with ThreadPoolExecutor(1) as pool:
        flooding = pool.submit(flood)
        try:
            eventually(lambda: len(answers) > 9 * A_SECOND, within=60)
            yield answers
        finally:
            over.set()
            flooding.result()


def has_more_events(site: Site, known: int) -> bool:
    """Tell whether Meta has got another event."""
    return len(site.meta.events()) > known


def times_to_meta(site: Site, command: str, *, number: int) -> list[float]:
    """Let the shop do this so often, and return how long each event took to reach Meta."""
    took = []
    for _ in range(number):
        known, begun = len(site.meta.events()), monotonic()
        (told,) = site.commerce7.perform(command)["webhooks"]
        assert told["status"] == 200
        eventually(partial(has_more_events, site, known), within=60)
        took.append(monotonic() - begun)
    return took


class TestAFloodOfInventedWebhooks:
    def test_delays_no_look_up_of_a_webhook_with_our_login(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        site.service.start()
        with flooded(site) as answers:
            memberships = times_to_meta(site, "join", number=14)
            free = threads_free(site.service)
        assert {status for status, _ in answers} == {200}
        assert [result for _, result in answers].count("to be listed") > A_SECOND
        publish(
            "webhook-flood", invented=len(answers), memberships=len(memberships),
            slowest_s=max(memberships), bar_s=SOON_SECONDS, threads_free=free,
        )  # fmt: skip
        assert max(memberships) < SOON_SECONDS


class TestAWineryWhoseWebhooksShowAnOldLogin:
    @pytest.fixture
    def engines(self) -> dict[str, str]:
        return {"C7_WEBHOOK_USERS": "commerce7:of-another-day"}

    def test_loses_nothing_to_a_flood(self, site: Site, publish: Callable[..., None]) -> None:
        site.service.start()
        commands = ("web", "join", "web")
        with flooded(site):
            made = [site.commerce7.perform(command) for command in commands]
        results = [each["body"]["result"] for one in made for each in one["webhooks"]]
        ids = {one["object"]["id"] for one in made}

        def is_everything_sent() -> bool:
            site.service.call_task("/tasks/sweep")
            sent = [event["event_id"] for event in site.meta.events()]
            assert len(sent) == len(set(sent))
            return all(any(one in event_id for event_id in sent) for one in ids)

        begun = monotonic()
        eventually(is_everything_sent, within=60, pause=0.5)
        publish(
            "webhook-flood-without-login", dropped=results.count("to be listed"),
            objects=len(ids), caught_up_s=monotonic() - begun,
        )  # fmt: skip
        assert "to be listed" in results
