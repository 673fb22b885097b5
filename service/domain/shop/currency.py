"""The currencies that exist: a code that is none would have Meta refuse every event."""

import pycountry

# ISO 4217 lists funds, metals, units of account and codes for tests beside money.
_NO_MONEY = frozenset(
    {
        *("BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW"),
        *("XAD", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS"),
        *("XUA", "XXX"),
    }
)


def currency_of(text: str) -> str | None:
    """Return the ISO 4217 code that this is, in upper case; `None` if there is no such money."""
    known = pycountry.currencies.get(alpha_3=text)
    code = known.alpha_3 if known else None
    return None if code in _NO_MONEY else code
