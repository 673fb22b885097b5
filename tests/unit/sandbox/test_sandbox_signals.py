"""The customers, memberships and reservations made by the sandbox's commands."""

from typing import Any

import pytest

from tests.sandbox.bench import Bench
from tests.sandbox.people import BUYERS, newcomer

STAFF = "staff@example.com"
OK = {"status": 200, "body": {"received": True}}

Json = dict[str, Any]


@pytest.fixture
def bench() -> Bench:
    return Bench()


def told(bench: Bench) -> list[tuple[str, str, str | None]]:
    """Return each webhook's object, action and staff member."""
    return [(each["object"], each["action"], each["user"]) for each in bench.told]


class TestASignUp:
    @pytest.mark.parametrize(("kind", "user"), [("signup", None), ("signup-by-staff", STAFF)])
    def test_makes_a_customer(self, bench: Bench, kind: str, user: str | None) -> None:
        made = bench.make(kind)

        assert made == {"object": made["object"], "webhooks": [{"action": "Create", **OK}]}
        assert told(bench) == [("Customer", "Create", user)]
        assert bench.told[0]["payload"] == made["object"]
        assert bench.told[0]["tenantId"] == "sandbox-winery"
        assert made["object"]["emails"][0]["email"].endswith("@example.com")
        assert made["object"]["createdAt"] == "2026-08-05T12:00:00.000Z"
        assert made["object"]["hasAccount"] is (user is None)
        assert made["object"]["orderInformation"]["orderCount"] == 0

    def test_is_of_a_new_person_each_time(self, bench: Bench) -> None:
        made = [bench.make("signup")["object"] for _ in range(5)]

        assert len({each["id"] for each in made}) == 5
        assert len({each["emails"][0]["email"] for each in made}) == 5
        assert {person.customer_id for person in BUYERS}.isdisjoint(each["id"] for each in made)

    def test_can_be_looked_up_as_it_was_made(self, bench: Bench) -> None:
        made = bench.make("signup")["object"]
        bench.clock.pass_(3600)

        assert bench.found(f"customer/{made['id']}") == made
        [entry] = bench.found(f"customer/{made['id']}/address")["customerAddresses"]
        assert (entry["lastName"], entry["zipCode"]) == (made["lastName"], made["zipCode"])

    @pytest.mark.parametrize("token", ["0", "63", "64", "deadbeef"])
    def test_is_of_an_invented_person(self, token: str) -> None:
        person = newcomer(token)

        assert person.email.endswith("@example.com")
        assert person.phone[:2] + person.phone[5:10] == "+155501"
        assert len(person.phone) == len("+15415550100")


class TestJoining:
    def test_makes_an_active_membership(self, bench: Bench) -> None:
        made = bench.make("join")
        membership = made["object"]

        assert made == {"object": membership, "webhooks": [{"action": "Create", **OK}]}
        assert told(bench) == [("Club Membership", "Create", None)]
        assert bench.told[0]["payload"] == membership
        assert (membership["status"], membership["cancelDate"]) == ("Active", None)
        assert membership["signupDate"] == "2026-08-05T12:00:00.000Z"
        assert bench.found(f"club-membership/{membership['id']}") == membership

    def test_tells_no_way_to_reach_the_member_but_the_api_does(self, bench: Bench) -> None:
        membership = bench.make("join")["object"]
        customer = bench.found(f"customer/{membership['customerId']}")
        book = bench.found(f"customer/{membership['customerId']}/address")
        [own] = [
            entry
            for entry in book["customerAddresses"]
            if entry["id"] == membership["billToCustomerAddressId"]
        ]

        assert {"emails", "phones", "zipCode"}.isdisjoint(membership["customer"])
        assert customer["emails"][0]["email"].endswith("@example.com")
        assert (own["lastName"], own["zipCode"]) == (customer["lastName"], customer["zipCode"])

    def test_again_is_a_new_membership_of_the_same_customer(self, bench: Bench) -> None:
        first = bench.make("join")["object"]
        bench.make("join-again", status=409)
        bench.make("leave")
        bench.make("web")  # uses up a number, so that the next in turn would be another person
        bench.clock.pass_(60)
        second = bench.make("join-again")["object"]

        assert second["id"] != first["id"]
        assert second["customerId"] == first["customerId"]
        assert second["signupDate"] == "2026-08-05T12:01:00.000Z"
        assert told(bench)[-1] == ("Club Membership", "Create", None)
        assert bench.found(f"club-membership/{first['id']}")["status"] == "Cancelled"
        assert bench.found(f"club-membership/{second['id']}")["status"] == "Active"


class TestLeaving:
    def test_cancels_the_last_active_membership(self, bench: Bench) -> None:
        first, second = bench.make("join")["object"], bench.make("join")["object"]
        bench.clock.pass_(60)
        left = bench.make("leave")
        membership = left["object"]

        assert left["webhooks"] == [{"action": "Update", **OK}]
        assert told(bench)[-1] == ("Club Membership", "Update", STAFF)
        assert bench.told[-1]["payload"] == membership
        assert membership["id"] == second["id"]
        assert (membership["status"], membership["cancellationReason"]) == ("Cancelled", "Moving")
        assert membership["cancelDate"] == "2026-08-05T12:01:00.000Z"
        assert membership["signupDate"] == second["signupDate"]
        assert bench.found(f"club-membership/{second['id']}") == membership
        assert bench.make("leave")["object"]["id"] == first["id"]
        bench.make("leave", status=409)

    def test_leaves_what_was_told_before_as_it_was(self, bench: Bench) -> None:
        bench.make("join")
        bench.make("leave")

        assert bench.told[0]["payload"]["status"] == "Active"
        assert bench.told[0]["payload"]["customer"]["clubs"][0]["cancelDate"] is None


class TestDeletingAMembership:
    def test_tells_all_of_it_for_the_last_time(self, bench: Bench) -> None:
        bench.make("delete-membership", status=409)
        first, second = bench.make("join")["object"], bench.make("join")["object"]
        bench.looks_up = "club-membership"
        gone = bench.make("delete-membership")

        assert gone == {"object": second, "webhooks": [{"action": "Delete", **OK}]}
        assert told(bench)[-1] == ("Club Membership", "Delete", STAFF)
        assert bench.told[-1]["payload"] == second
        assert bench.seen_meanwhile == [404]
        assert bench.ask(f"club-membership/{second['id']}").status_code == 404
        assert bench.found(f"club-membership/{first['id']}") == first

    def test_leaves_nothing_to_be_done_to_it(self, bench: Bench) -> None:
        bench.make("join")
        bench.make("leave")
        bench.make("delete-membership")

        for kind in ("leave", "join-again", "delete-membership"):
            bench.make(kind, status=409)


class TestAReservation:
    def test_on_the_web_is_held_and_then_paid(self, bench: Bench) -> None:
        made = bench.make("book")
        held, paid = (each["payload"] for each in bench.told)

        assert made["object"] == paid
        assert made["webhooks"] == [{"action": "Create", **OK}, {"action": "Update", **OK}]
        assert told(bench) == [("Reservation", "Create", None), ("Reservation", "Update", None)]
        assert held["id"] == paid["id"]
        assert money(held) == ("Hold", "Pending", None)
        assert money(paid) == ("Paid", "Paid", "2026-08-05T12:00:00.000Z")
        assert held["createdAt"] == paid["createdAt"] < paid["updatedAt"]
        assert bench.found(f"reservation/{paid['id']}") == paid

    def test_is_there_from_its_first_webhook_on(self, bench: Bench) -> None:
        bench.looks_up = "reservation"
        bench.make("book")

        assert bench.seen_meanwhile == [200, 200]

    def test_by_phone_is_made_by_a_colleague_in_one_step(self, bench: Bench) -> None:
        made = bench.make("book-by-phone")
        reservation = made["object"]

        assert made["webhooks"] == [{"action": "Create", **OK}]
        assert told(bench) == [("Reservation", "Create", STAFF)]
        assert reservation["channel"] == "Inbound"
        assert money(reservation) == ("Reserved", "Pending", None)
        assert bench.found(f"reservation/{reservation['id']}") == reservation

    def test_tells_of_the_guest_s_browser_on_the_web_only(self, bench: Bench) -> None:
        web = bench.make("book")["object"]
        phone = bench.make("book-by-phone")["object"]
        ips = {person.ip for person in BUYERS}

        assert web["connectionInformation"]["customerIpAddress"].removeprefix("::ffff:") in ips
        assert phone["connectionInformation"]["userAgent"].startswith("Mozilla/")
        assert phone["connectionInformation"]["customerIpAddress"].removeprefix("::ffff:") not in (
            ips
        )

    def test_is_of_a_customer_who_can_be_reached(self, bench: Bench) -> None:
        reservation = bench.make("book")["object"]
        customer = bench.found(f"customer/{reservation['customerId']}")

        assert reservation["customer"]["emails"] == customer["emails"] != []
        assert reservation["customer"]["phones"] == customer["phones"] != []


def money(reservation: Json) -> tuple[Any, ...]:
    """Return how a reservation stands."""
    return tuple(reservation[key] for key in ("status", "paymentStatus", "reservationPaidDate"))
