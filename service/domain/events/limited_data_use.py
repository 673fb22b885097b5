"""Meta's Limited Data Use: the people that it covers, and the codes to send.

Meta: Data Processing Options (state codes, and `0, 0` for "Meta locates by IP address").
"""

import re
from collections.abc import Iterable

from service.domain.events.event import DataUse
from service.domain.identity import normalize_country, normalize_postcode, normalize_state
from service.domain.identity.american_states import STATE_CODES
from service.domain.shop.person import Address

_UNITED_STATES = 1
_CALIFORNIA = "ca"
# United States Postal Service: L005, 3-digit ZIP Code prefixes 900 to 961. 962 and up are military.
_CALIFORNIAN_ZIP = re.compile(r"(?:ca)?9(?:[0-5][0-9]|6[01])[0-9]{2}")
_PERHAPS_AMERICAN = frozenset({None, "us"})
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

    California counts wherever it appears, ship-to included, and by its ZIP codes where an address
    names no state; the other states that Meta lists count only when the tenant asks for them.
    """
    places = {(each.country, each.state, each.postcode): None for each in addresses}
    states = [state for place in places if (state := _american_state(*place)) in _STATE_CODES]
    if _CALIFORNIA in states:
        return _limited(_CALIFORNIA)
    return _limited(states[0]) if states and other_states else DataUse()


def is_data_use_known(addresses: Iterable[Address]) -> bool:
    """Tell whether an address says if the person's state has such a law."""
    return any(map(_names_law, addresses))


def _names_law(address: Address) -> bool:
    country = normalize_country(address.country or "")
    is_placed = normalize_state(address.state or "", country=country) or normalize_postcode(
        address.postcode or "", country=country
    )
    return is_placed is not None or country not in _PERHAPS_AMERICAN


def _american_state(
    typed_country: str | None, typed_state: str | None, postcode: str | None
) -> str | None:
    country = normalize_country(typed_country or "")
    if country not in _PERHAPS_AMERICAN:
        return None
    state = normalize_state(typed_state or "", country="us")
    # Abroad a state may be any text, but in the United States one that is none is a slip.
    is_named = state is not None and (country is None or state in STATE_CODES)
    return state if is_named else _state_of_zip(postcode or "") or state


def _state_of_zip(postcode: str) -> str | None:
    code = normalize_postcode(postcode, country="us") or ""
    return _CALIFORNIA if _CALIFORNIAN_ZIP.fullmatch(code) else None


def _limited(state: str) -> DataUse:
    return DataUse(
        limited=True,
        country=_UNITED_STATES,
        state=_STATE_CODES[state],
        rule=f"address in {state.upper()}",
    )
