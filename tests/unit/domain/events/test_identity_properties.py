"""What no identity ever contains, for any person."""

from hypothesis import example, given
from hypothesis import strategies as st

from service.domain.events.event import Event, Identity
from service.domain.events.identify import identify
from service.domain.identity import hashed, normalize_name, normalize_phone
from service.domain.identity.hashing import HASH_OF_NOTHING
from service.domain.shop.person import Address, Customer, Person
from tests.builders import an_order, outcome_of

PLACEHOLDERS = [
    "", " ", "n/a", "N.A.", "-", "null", "undefined", "unknown", "none", "noemail@noemail.com",
    "Guest", "Walk In", "000-000-0000", "+1 555 555 5555", "\u200b", "guest@winery.invalid",
]  # fmt: skip
TEXT = st.one_of(
    st.none(),
    st.sampled_from(PLACEHOLDERS),
    st.text(max_size=12),
    st.sampled_from(["Casey", "O\u2019Brien", "casey@example.com", "+17079631234", "OH", "44101"]),
)
ADDRESS = st.builds(
    Address,
    first_name=TEXT,
    last_name=TEXT,
    phone=TEXT,
    city=TEXT,
    state=TEXT,
    postcode=TEXT,
    country=st.sampled_from([None, "US", "DE", "nowhere"]),
)
TEXTS = st.lists(TEXT.filter(bool), max_size=3).map(tuple)
PERSON = st.builds(
    Person,
    customer=st.builds(Customer, id=TEXT, emails=TEXTS, phones=TEXTS, address=ADDRESS),
    bill_to=ADDRESS,
    elsewhere=st.lists(ADDRESS, max_size=2).map(tuple),
)
JUNK = {hashed(word) for word in ("na", "null", "undefined", "unknown", "none")}
PLACEHOLDER_EMAILS = {hashed(word) for word in ("noemail@noemail.com", "guest@winery.invalid")}
PLACEHOLDER_PHONES = {hashed(word) for word in ("0000000000", "10000000000", "15555555555")}
PLACEHOLDER_FIRST_NAMES = {hashed(word) for word in ("guest", "walkin")}


def hashes(identity: Identity) -> list[str]:
    names = [name for name in identity.__struct_fields__ if name.startswith("hashed_")]
    return [value for name in names for value in getattr(identity, name)]


@given(PERSON)
@example(Person(bill_to=Address(first_name="Guest", last_name="Ng", city="Ukiah")))
@example(Person(customer=Customer(emails=("noemail@noemail.com",), phones=("000-000-0000",))))
def test_no_hash_is_of_nothing_or_of_a_placeholder(person: Person) -> None:
    identity = identify(person, is_seen_online=False)
    assert not {HASH_OF_NOTHING, *JUNK} & set(hashes(identity))
    assert not PLACEHOLDER_EMAILS & set(identity.hashed_emails)
    assert not PLACEHOLDER_PHONES & set(identity.hashed_phones)
    assert not PLACEHOLDER_FIRST_NAMES & set(identity.hashed_first_names)


WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=5, max_size=12)


@given(
    first=WORD,
    last=WORD,
    city=WORD,
    number=st.integers(2_000_000, 9_999_999),
)
def test_a_gifts_recipient_is_in_no_hash(first: str, last: str, city: str, number: int) -> None:
    phone = f"+1415{number}"
    recipient = Address(
        first_name=f"r{first}", last_name=f"r{last}", phone=phone, city=f"r{city}",
        state="HI", postcode="96813", country="US",
    )  # fmt: skip
    event = outcome_of(an_order(elsewhere=(recipient,)))
    assert isinstance(event, Event)
    theirs = {
        normalize_name(f"r{first}"),
        normalize_name(f"r{last}"),
        f"r{city}",
        normalize_phone(phone, region="US"),
        "hi",
        "96813",
    }
    assert not {hashed(value) for value in theirs if value} & set(hashes(event.identity))
