"""What the tabs say about a dataset that may not take the tasting room's sales."""

import pytest
from flask.testing import FlaskClient

from service.domain.figures.quality import OfflineEvents
from service.domain.shop.order import Channel
from tests.builders import PIXEL, TENANT, some_settings, two_pixels
from tests.conftest import World
from tests.tenants import put, remove_tokens
from tests.web.quality.test_views import TABS, get, words

NOT_YET = "This dataset does not accept offline events yet"
WORDS = {
    None: "Offline events have not been checked yet",
    OfflineEvents.TAKEN: "Offline events are set up",
    OfflineEvents.NOT_TAKEN: NOT_YET,
    OfflineEvents.UNTOLD: "This access token cannot show",
}


class TestTheTastingRoom:
    @pytest.mark.parametrize("told", WORDS)
    def test_is_told_beside_its_switch_and_on_the_overview_if_there_is_something_to_do(
        self, client: FlaskClient, world: World, told: OfflineEvents | None
    ) -> None:
        world.install()
        world.connections.offline = told
        card = get(client, world, "/quality/primary")
        assert (NOT_YET in card) is (told is OfflineEvents.NOT_TAKEN)
        assert get(client, world, "/overview").count("offline events") == card.count(
            "offline events"
        )
        asked_before = list(world.connections.asked_offline)
        configuration = words(get(client, world, "/configuration"))
        found = [text for text in WORDS.values() if text in configuration]
        assert found == [WORDS[told]]
        assert f"Primary pixel {PIXEL}" in configuration
        assert world.connections.asked_offline == asked_before

    def test_is_told_for_each_pixel_that_has_a_token(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install(some_settings(pixels=two_pixels()))
        configuration = get(client, world, "/configuration")
        assert configuration.count("Offline events have not been checked") == 2
        remove_tokens(world.services.tenants, TENANT)
        assert "Offline events have not" not in get(client, world, "/configuration")

    def test_is_not_told_where_its_sales_are_not_sent(
        self, client: FlaskClient, world: World
    ) -> None:
        world.install()
        world.connections.offline = OfflineEvents.NOT_TAKEN
        get(client, world, "/quality/primary")
        assert NOT_YET in get(client, world, "/activity")
        put(world.services.tenants, TENANT, choices=some_settings(channels={Channel.POS: False}))
        for tab in (*TABS, "/quality/primary", "/configuration"):
            assert NOT_YET not in get(client, world, tab)
