"""E-mail addresses (`em`)."""

import re

from service.domain.identity.cleaning import normalized

_WORD = r"[a-z0-9_!#$%&'*+/=?^`{|}~-]++"
_LABEL = r"[a-z0-9]++(?:-++[a-z0-9]++)*+"
_ADDRESS = re.compile(rf"{_WORD}(?:\.{_WORD})*+@{_LABEL}(?:\.{_LABEL})++")


def normalize_email(raw: str) -> str | None:
    """Return the address in lower case, or `None` if it is not one address.

    "Trim any leading and trailing spaces. Convert all characters to lowercase" (Meta: Customer
    Information Parameters, `em`). What counts as an address is the Parameter Builder's rule:
    dotted ASCII words, one `@`, and a domain of at least two labels.
    """
    return normalized(raw, _email)


def _email(text: str) -> str | None:
    address = text.lower()
    return address if _ADDRESS.fullmatch(address) else None
