"""Meta's Limited Data Use: the people that it covers, and the codes to send.

Meta: Data Processing Options (state codes, and `0, 0` for "Meta locates by IP address").
"""

from collections.abc import Iterable

from service.domain.events.event import DataUse
from service.domain.identity import normalize_country, normalize_state
from service.domain.shop.person import Address

_UNITED_STATES = 1
_CALIFORNIA = "ca"
_STATE_CODES = {
    "ca": 1000,
    "co": 1001,
    "ct": 1002,
    "fl": 1003,
    "or": 1004,
    "tx": 1005,
    "mt": 1006,
    "de": 1007,
    "ne": 1008,
    "nh": 1009,
    "nj": 1010,
    "mn": 1011,
    "md": 1012,
    "ri": 1013,
}


def data_use_for(addresses: Iterable[Address], *, other_states: bool) -> DataUse:
    """Return the data use for a person with these addresses, the most reliable first.

    California counts wherever it appears, ship-to included; the other states that Meta lists
    count only when the tenant asks for them.
    """
    states = [state for state in map(_american_state, addresses) if state in _STATE_CODES]
    if _CALIFORNIA in states:
        return _limited(_CALIFORNIA)
    return _limited(states[0]) if states and other_states else DataUse()


def _american_state(address: Address) -> str | None:
    country = normalize_country(address.country or "")
    return normalize_state(address.state or "", country="us") if country in (None, "us") else None


def _limited(state: str) -> DataUse:
    return DataUse(
        limited=True,
        country=_UNITED_STATES,
        state=_STATE_CODES[state],
        rule=f"address in {state.upper()}",
    )
