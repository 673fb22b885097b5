"""Meta fails, hangs, throttles or refuses a key, during traffic."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Site
from tests.e2e.harness import eventually
from tests.e2e.staging import swept_until_sent
from tests.e2e.traffic import deliver, event_id, numbered_orders
from tests.sandbox.meta_faults import BRIEF_SECONDS

EVENTS = 20


class TestMetaThatFailsForAMoment:
    @pytest.mark.parametrize("mode", ["html502", "html503", "reset", "lost"])
    def test_gets_every_event_by_the_automatic_retries(
        self, site: Site, mode: str, publish: Callable[..., None]
    ) -> None:
        site.service.start()
        site.meta.misbehave(mode, times=EVENTS)
        traffic = deliver(site.service.url, numbered_orders(EVENTS))

        result = swept_until_sent(site, traffic)
        publish(f"meta-{mode}", **result.numbers)
        assert (result.accepted, result.lost, result.second_ids) == (EVENTS, 0, 0)
        assert result.repeated_posts == (EVENTS if mode == "lost" else 0)

    def test_by_hanging_gets_the_same_ids_again(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        site.service.start()
        site.meta.misbehave("hang", times=4)
        traffic = deliver(site.service.url, numbered_orders(EVENTS))

        result = swept_until_sent(site, traffic)
        publish("meta-hangs", **result.numbers)
        assert (result.accepted, result.lost, result.second_ids) == (EVENTS, 0, 0)
        assert result.repeated_posts == 4


class TestMetaThatThrottles:
    def test_is_left_alone_until_its_own_estimate_then_gets_everything(
        self, site: Site, publish: Callable[..., None]
    ) -> None:
        site.service.start()
        site.meta.misbehave("briefly", times=1)
        traffic = deliver(site.service.url, numbered_orders(1))
        eventually(site.meta.refusals)
        deliver(site.service.url, numbered_orders(EVENTS), traffic=traffic)

        result = swept_until_sent(site, traffic)
        publish("meta-throttles", **result.numbers, estimate_s=BRIEF_SECONDS)
        assert (result.accepted, result.lost, result.second_ids) == (EVENTS + 1, 0, 0)
        assert len(site.meta.refusals()) == 1
        assert min(result.delays) >= BRIEF_SECONDS - 1


class TestMetaThatDislikesOneKey:
    def test_gets_the_event_without_it_and_the_log_says_so(self, site: Site) -> None:
        site.service.start()
        site.meta.misbehave("picky", times=None)
        (webhook,) = numbered_orders(1)
        site.service.tell(webhook)

        (event,) = eventually(site.meta.events)
        (refusal,) = site.meta.refusals()
        assert "client_ip_address" in refusal["body"]["data"][0]["user_data"]
        assert event["event_id"] == event_id(webhook)
        assert "client_ip_address" not in event["user_data"]
        assert (
            event["user_data"].keys() | {"client_ip_address"}
            == refusal["body"]["data"][0]["user_data"].keys()
        )
        row = eventually(lambda: next((r for r in site.service.rows() if " sent " in r), None))
        assert "sent without IP address, which Meta refused" in row
        assert "sent again without IP address" in site.service.log_file.read_text()
