"""E-mail addresses (`em`)."""

import re

from service.domain.identity.cleaning import normalized

_WORD = re.compile(r"[a-z0-9_!#$%&'*+/=?^`{|}~-]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def normalize_email(raw: str) -> str | None:
    """Return the address in lower case, or `None` if it is not one address.

    "Trim any leading and trailing spaces. Convert all characters to lowercase" (Meta: Customer
    Information Parameters, `em`). What counts as an address is the Parameter Builder's rule:
    dotted ASCII words, one `@`, and a domain of at least two labels.
    """
    return normalized(raw, _email)


def _email(text: str) -> str | None:
    address = text.lower()
    local, _, domain = address.rpartition("@")
    labels = domain.split(".")
    is_address = (
        len(labels) > 1
        and all(_WORD.fullmatch(word) for word in local.split("."))
        and all(_LABEL.fullmatch(label) for label in labels)
    )
    return address if is_address else None
