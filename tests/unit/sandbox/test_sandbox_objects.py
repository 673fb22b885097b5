"""The sandbox's customers, memberships and reservations have the shape of Commerce7's."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.sandbox.address_book import address_book
from tests.sandbox.customers import customer, embedded_customer, new_customer
from tests.sandbox.memberships import a_membership, cancelled
from tests.sandbox.people import BUYERS, CALIFORNIAN, EVERYBODY, GIFT_RECIPIENT, Person
from tests.sandbox.reservations import ReservationChannel, a_reservation, paid_for
from tests.sandbox.samples import same_shape, sample
from tests.sandbox.webhooks import Topic, envelope

NOW = datetime(2026, 8, 5, 12, 0, 0, 7_000, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


class TestACustomer:
    def test_has_the_shape_of_a_real_one(self) -> None:
        documented = sample("08_customer_create.json")
        new = new_customer(BUYERS[0], now=NOW, by_staff=False)

        same_shape(customer(BUYERS[0], now=NOW), documented["payload"])
        same_shape(envelope(Topic.CUSTOMER, new, "Create", tenant_id="t", user=None), documented)

    def test_who_is_new_has_bought_nothing(self) -> None:
        new = new_customer(BUYERS[0], now=NOW, by_staff=False)
        history = sample("08_customer_create.json")["payload"]["orderInformation"]

        assert new["orderInformation"] == history
        assert new["createdAt"] == new["updatedAt"] == "2026-08-05T12:00:00.007Z"
        assert customer(BUYERS[0], now=NOW)["createdAt"] < new["createdAt"]

    @pytest.mark.parametrize("with_contact", [True, False])
    def test_may_be_out_of_reach(self, *, with_contact: bool) -> None:
        record = embedded_customer(BUYERS[0], now=NOW, with_contact=with_contact)

        assert bool(record["emails"]) is bool(record["phones"]) is with_contact

    @pytest.mark.parametrize("person", EVERYBODY, ids=lambda person: person.last_name)
    def test_is_invented(self, person: Person) -> None:
        assert person.email.rpartition("@")[2] in {"example.com", "shop.example.com"}
        assert person.phone[:2] == "+1"
        assert person.phone[5:10] == "55501"


class TestAnAddressBook:
    @pytest.mark.parametrize("owner", EVERYBODY, ids=lambda person: person.last_name)
    def test_has_the_owner_s_own_entry_as_its_default(self, owner: Person) -> None:
        book = address_book(owner, now=NOW)
        [default] = [entry for entry in book["customerAddresses"] if entry["isDefault"]]

        assert book["total"] == len(book["customerAddresses"])
        assert {entry["customerId"] for entry in book["customerAddresses"]} == {owner.customer_id}
        assert default["id"] == owner.address_id
        assert (
            default
            | {
                "firstName": owner.first_name,
                "lastName": owner.last_name,
                "phone": owner.phone,
                "address": owner.address,
                "city": owner.city,
                "stateCode": owner.state,
                "zipCode": owner.zip_code,
                "countryCode": owner.country,
            }
            == default
        )

    def test_has_other_people_in_it_before_the_owner(self) -> None:
        others, own = address_book(BUYERS[0], now=NOW)["customerAddresses"]

        assert (others["firstName"], others["isDefault"]) == (GIFT_RECIPIENT.first_name, False)
        assert (own["firstName"], own["isDefault"]) == (BUYERS[0].first_name, True)
        assert address_book(CALIFORNIAN, now=NOW)["total"] == 1


class TestAMembership:
    def test_has_the_shape_of_a_real_one(self) -> None:
        documented = sample("09_club_membership_create.json")
        membership = a_membership(BUYERS[0], membership_id=str(uuid4()), now=NOW)

        same_shape(
            envelope(Topic.MEMBERSHIP, membership, "Create", tenant_id="t", user=None), documented
        )
        assert documented["object"] == Topic.MEMBERSHIP
        assert membership["customer"]["clubs"][0]["clubMembershipId"] == membership["id"]
        assert membership["billToCustomerAddressId"] == BUYERS[0].address_id
        assert membership["signupDate"] == "2026-08-05T12:00:00.007Z"

    def test_has_that_shape_also_when_cancelled(self) -> None:
        before = a_membership(BUYERS[0], membership_id=str(uuid4()), now=NOW)
        kept = deepcopy(before)
        after = cancelled(before, now=LATER)

        same_shape(after, sample("10_club_membership_update_cancelled.json")["payload"])
        assert before == kept
        assert after["cancelDate"] == after["updatedAt"] == "2026-08-05T13:00:00.007Z"
        assert after["customer"]["clubs"][0]["cancelDate"] == after["cancelDate"]
        assert after["customer"]["clubs"][0]["signupDate"] == before["signupDate"]


class TestAReservation:
    @pytest.mark.parametrize("channel", ReservationChannel)
    def test_has_the_shape_of_a_real_one(self, channel: ReservationChannel) -> None:
        documented = sample("11_reservation_update_paid_web.json")
        made = a_reservation(BUYERS[0], channel, reservation_id=str(uuid4()), number=3040, now=NOW)
        kept = deepcopy(made)
        paid = paid_for(made, now=LATER)

        same_shape(made, documented["payload"])
        same_shape(
            envelope(Topic.RESERVATION, paid, "Update", tenant_id="t", user=None), documented
        )
        assert made == kept
        assert made["createdAt"] < paid["updatedAt"] < made["reservationDate"]
