"""The currencies that exist: with any other code, Meta would refuse every event."""

import pycountry

# ISO 4217 also lists funds, metals, units of account and test codes, which are not money.
_NOT_MONEY = frozenset(
    {
        *("BOV", "CHE", "CHW", "CLF", "COU", "MXV", "USN", "UYI", "UYW"),
        *("XAD", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS"),
        *("XUA", "XXX"),
    }
)


def currency_of(text: str) -> str | None:
    """Return the ISO 4217 code in upper case, or `None` if there is no such currency."""
    known = pycountry.currencies.get(alpha_3=text)
    code = known.alpha_3 if known else None
    return None if code in _NOT_MONEY else code
