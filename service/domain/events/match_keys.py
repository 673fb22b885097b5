"""Whether an identity is enough for Meta to match a person."""

from service.domain.events.event import Identity

WORDS = {
    "hashed_emails": "email",
    "hashed_phones": "phone",
    "hashed_first_names": "first name",
    "hashed_last_names": "last name",
    "hashed_cities": "city",
    "hashed_states": "state",
    "hashed_postcodes": "postcode",
    "hashed_countries": "country",
    "hashed_external_ids": "customer id",
    "ip": "IP address",
    "user_agent": "browser",
    "fbc": "click id",
    "fbp": "browser id",
    "subscription_id": "membership id",
}
"""The fields of an identity in words for the merchant."""

MEMBERSHIP_KEYS = frozenset({WORDS["subscription_id"]})
"""The keys of memberships alone; they tell nothing of a person."""

BROWSER_KEYS = frozenset({WORDS["ip"], WORDS["user_agent"]})
"""The keys that come with the request of a browser."""

# Meta refuses an event whose keys are all in one of these (Meta: Conversions API best practices,
# "customer information parameters"); `ge` and `db` are left out because we never send them.
_TOO_BROAD = (
    frozenset({"city", "country", "state", "postcode", "browser"}),
    frozenset({"first name"}),
    frozenset({"last name"}),
)


def match_keys(identity: Identity) -> tuple[str, ...]:
    """Return which keys are present, in words for the merchant."""
    return tuple(word for field, word in WORDS.items() if getattr(identity, field))


def is_matchable(identity: Identity) -> bool:
    """Tell whether Meta would accept an event with these keys."""
    if identity.hashed_emails or identity.hashed_phones:
        return True  # most events: none of the sets has these keys
    present = set(match_keys(identity)) - MEMBERSHIP_KEYS
    return not any(present <= broad for broad in _TOO_BROAD)
