"""Every signal of Commerce7, from its button to Meta, over real sockets and processes."""

from typing import Any

import pytest

from service.domain.identity import hashed
from tests.builders import PIXEL, SECOND_PIXEL, TOKEN
from tests.e2e.conftest import Site
from tests.e2e.harness import TENANT, an_order_webhook, eventually


def the_event(site: Site, name: str) -> dict[str, Any]:
    """Return the one event of this name that reaches Meta."""

    def look() -> list[dict[str, Any]]:
        return [event for event in site.meta.events() if event["event_name"] == name]

    (event,) = eventually(look)
    return event


def row(site: Site, *words: str) -> str:
    """Return the first log row that says all of this."""
    return eventually(
        lambda: next((r for r in site.service.rows() if all(word in r for word in words)), None)
    )


class TestAClub:
    def test_is_joined_left_and_joined_again(self, site: Site) -> None:
        site.service.start()
        joined = site.commerce7.perform("join")["object"]
        event = the_event(site, "Subscribe")
        assert event["event_id"] == f"c7-membership-{joined['id']}"
        assert event["action_source"] == "system_generated"
        assert "value" not in event.get("custom_data", {})
        # The webhook has neither e-mail nor phone: they come from the customer's record.
        assert {"em", "ph", "external_id"} <= set(event["user_data"])
        assert "@" not in str(event)

        left = site.commerce7.perform("leave")["object"]
        event = the_event(site, "CancelMembership")
        assert event["event_id"] == f"c7-cancel-{left['id']}"
        assert "em" in event["user_data"]

        again = site.commerce7.perform("join-again")["object"]
        eventually(lambda: site.meta.events(f"c7-membership-{again['id']}"))
        assert again["id"] != joined["id"]
        row(site, "Subscribe", " sent ")
        assert site.meta.refusals() == []

    def test_is_left_by_deletion_too(self, site: Site) -> None:
        site.service.start()
        site.commerce7.perform("join")
        the_event(site, "Subscribe")
        site.commerce7.perform("delete-membership")

        # A deleted membership cannot be looked up: the webhook's own data must do.
        event = the_event(site, "CancelMembership")
        assert "external_id" in event["user_data"]
        assert "em" not in event["user_data"]


class TestAVisit:
    def test_on_the_web_is_one_lead_once_it_is_paid(self, site: Site) -> None:
        site.service.start()
        booked = site.commerce7.perform("book")
        results = [webhook["body"]["result"] for webhook in booked["webhooks"]]
        assert results == ["recorded", "recorded"]

        event = the_event(site, "Lead")
        assert event["event_id"] == f"c7-reservation-{booked['object']['id']}"
        assert event["action_source"] == "website"
        assert event["user_data"]["client_user_agent"].startswith("Mozilla/5.0")
        assert len(site.service.rows()) == 1

    def test_by_phone_has_nobodys_browser(self, site: Site) -> None:
        site.service.start()
        site.commerce7.perform("book-by-phone")
        event = the_event(site, "Lead")
        assert event["action_source"] == "phone_call"
        assert not {"client_user_agent", "client_ip_address"} & set(event["user_data"])


class TestANewCustomer:
    def test_is_a_registration(self, site: Site) -> None:
        site.service.start()
        made = site.commerce7.perform("signup")["object"]
        event = the_event(site, "CompleteRegistration")
        assert event["event_id"] == f"c7-customer-{made['id']}"
        assert event["user_data"]["em"] == [hashed(made["emails"][0]["email"])]
        row(site, "CompleteRegistration", " sent ")
        assert made["id"] not in str(site.service.rows())

    def test_made_by_staff_is_none(self, site: Site) -> None:
        site.service.start()
        site.commerce7.perform("signup-by-staff")
        assert "not a sign-up" in row(site, "CompleteRegistration", " skipped ")
        assert site.meta.events() == []


class TestATillSale:
    def test_to_somebody_with_an_id_alone_is_looked_up(self, site: Site) -> None:
        site.service.start()
        site.commerce7.perform("pos-no-email")
        event = the_event(site, "Purchase")
        assert event["action_source"] == "physical_store"
        assert "em" in event["user_data"]

    def test_to_the_winery_itself_is_nobodys(self, site: Site) -> None:
        site.service.start()
        site.commerce7.perform("own")
        assert "your own winery" in row(site, "Purchase", " skipped ")
        assert site.meta.events() == []


class TestSwitches:
    @pytest.mark.parametrize(
        ("choice", "kind", "name", "why"),
        [
            ("enabled=false", "join", "Subscribe", "tracking was paused"),
            ('events={"Subscribe":false}', "join", "Subscribe", "switched off"),
            ('events={"Lead":false}', "book", "Lead", "switched off"),
            (
                'events={"CompleteRegistration":false}',
                "signup",
                "CompleteRegistration",
                "switched off",
            ),
            ('channels={"POS":false}', "pos", "Purchase", "switched off"),
        ],
    )
    def test_stop_what_they_name_and_say_so(
        self, site: Site, choice: str, kind: str, name: str, why: str
    ) -> None:
        site.service.configure("--set", choice)
        site.service.start()
        site.commerce7.perform(kind)
        assert why in row(site, name, " skipped ")
        for looked_up in ("/v1/customer/", "/v1/club-membership/"):
            assert site.commerce7.calls(looked_up) == []

    def test_of_orders_channels_leave_visits_alone(self, site: Site) -> None:
        site.service.configure("--set", 'channels={"Web":false}')
        site.service.start()
        site.commerce7.perform("book")
        the_event(site, "Lead")


class TestAWebhookWithoutALogin:
    @pytest.mark.parametrize("login", [None, ("sandbox", "wrong")])
    def test_or_with_another_is_looked_up_and_never_believed(
        self, site: Site, login: tuple[str, str] | None
    ) -> None:
        order = site.commerce7.perform("web")["object"]  # the service is not started yet
        site.service.start()
        forged = an_order_webhook(id=order["id"], total=1, totalAfterTip=1, customer=None)
        assert site.service.tell(forged, login=login).json() == {"result": "recorded"}

        event = the_event(site, "Purchase")
        assert event["custom_data"]["value"] == order["total"] / 100
        assert event["custom_data"]["order_id"] == str(order["orderNumber"])
        assert "em" in event["user_data"]

    def test_about_an_unpaid_order_does_not_pay_it(self, site: Site) -> None:
        site.service.start()
        truth = site.commerce7.perform("unpaid")["object"]
        row(site, " waiting ")
        forged = an_order_webhook(id=truth["id"], total=1, totalAfterTip=1)
        assert site.service.tell(forged, login=None).json() == {"result": "recorded"}

        eventually(lambda: site.commerce7.calls("/v1/order/"))
        assert "not paid yet" in row(site, " waiting ")
        assert site.meta.events() == []

    def test_about_nothing_leaves_nothing(self, site: Site) -> None:
        site.service.start()
        assert site.service.tell(an_order_webhook(), login=None).status_code == 200
        eventually(lambda: len(site.commerce7.calls("/v1/order/")) == 2)
        eventually(lambda: site.service.rows() == [])
        assert site.meta.events() == []


class TestCommerce7:
    @pytest.mark.parametrize("mode", ["error500", "html503", "throttled", "reset", "notjson"])
    def test_that_fails_for_a_while_is_asked_again(self, site: Site, mode: str) -> None:
        site.service.start()
        site.commerce7.misbehave(mode, times=2)
        site.commerce7.perform("join")
        assert "em" in the_event(site, "Subscribe")["user_data"]
        assert len(site.service.rows()) == 1

    def test_that_refuses_us_shows_why_meanwhile(self, site: Site) -> None:
        site.service.start()
        assert site.service.rows() == []
        site.commerce7.misbehave("unauthorized", times=None)
        site.commerce7.perform("join")
        row(site, "Subscribe", " received ", "no access to Commerce7")
        assert site.meta.events() == []

    def test_tells_the_currency_and_releases_what_waited_for_it(self, site: Site) -> None:
        site.service.configure("--set", "currency=null")
        site.commerce7.tell_of_itself(currency=None)
        site.service.start()
        site.commerce7.perform("web")
        assert "currency unknown" in row(site, "Purchase", " on hold ")

        site.commerce7.tell_of_itself(currency="EUR")
        # The command's own queue ends with the command, so the sweep enqueues the task again.
        site.service.command("configure", TENANT, "--set", 'currency="EUR"')
        eventually(lambda: site.service.call_task("/tasks/sweep").ok and site.meta.events())
        assert the_event(site, "Purchase")["custom_data"]["currency"] == "EUR"

    def test_tells_the_currency_at_first_sight(self, site: Site) -> None:
        site.service.configure("--set", "currency=null")
        site.commerce7.tell_of_itself(currency="CAD")
        site.service.start()
        eventually(lambda: '"message": "shop.read"' in site.service.log_file.read_text())
        site.commerce7.perform("web")

        event = the_event(site, "Purchase")
        assert event["custom_data"]["currency"] == "CAD"
        assert site.commerce7.calls("for-web")

    def test_tells_the_page_where_it_was_bought(self, site: Site) -> None:
        site.service.start()

        def bought_at() -> str:
            order = site.commerce7.perform("web")["object"]
            (event,) = eventually(lambda: site.meta.events(f"c7-order-{order['id']}"))
            return str(event["event_source_url"])

        # The shop's public settings are read while the first orders are sent.
        eventually(lambda: bought_at() == "https://shop.example.com/checkout")


class TestTwoPixels:
    def test_get_the_same_event_and_the_failure_of_one_holds_nothing(self, site: Site) -> None:
        choice = ["--secondary-pixel-id", SECOND_PIXEL, "--secondary-token-stdin"]
        site.service.configure(*choice, token=f"{TOKEN}\nEAAwrongtoken")
        site.service.start()
        order = site.commerce7.perform("web")["object"]
        (event,) = eventually(site.meta.events)
        assert event["pixel"] == PIXEL
        assert "on hold Secondary Meta refused the access token" in row(site, " on hold ")

        site.service.configure(*choice, token=f"EAAwrongtoken\n{TOKEN}")
        other = site.commerce7.perform("join")["object"]
        (event,) = eventually(lambda: site.meta.events(f"c7-membership-{other['id']}"))
        assert event["pixel"] == SECOND_PIXEL
        assert site.meta.events(f"c7-order-{order['id']}")[0]["pixel"] == PIXEL

    def test_get_one_id(self, site: Site) -> None:
        choice = ["--secondary-pixel-id", SECOND_PIXEL, "--secondary-token-stdin"]
        site.service.configure(*choice, token=f"{TOKEN}\n{TOKEN}")
        site.service.start()
        site.commerce7.perform("book")
        eventually(lambda: len(site.meta.events()) == 2)
        first, second = site.meta.events()
        assert {first["pixel"], second["pixel"]} == {PIXEL, SECOND_PIXEL}
        about = ("event_id", "event_time", "user_data", "custom_data", "event_name")
        assert [first.get(key) for key in about] == [second.get(key) for key in about]
