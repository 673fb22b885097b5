"""Placeholders that tills enter when no customer is known, such as `guest`.

Sent to Meta, a placeholder would merge many strangers into one person. Meta: Best Practices asks
for data of the person who acted but gives no list, so these are ours. They are few on purpose: a
real person's data must not be thrown away.
"""

_PLACEHOLDER_MAILBOXES = frozenset(
    {
        "anonymous",
        "donotreply",
        "guest",
        "na",
        "noaddress",
        "nobody",
        "noemail",
        "noemailaddress",
        "nomail",
        "none",
        "noreply",
        "null",
        "undefined",
        "unknown",
        "walkin",
    }
)
# RFC 2606 and RFC 6761 reserve these. example.com is left out, so that tests can use it.
_IMPOSSIBLE_TOP_LEVELS = frozenset({"example", "invalid", "localdomain", "localhost", "test"})
_PLACEHOLDER_DOMAINS = frozenset({"noemail.com", "no-email.com"})
_SEQUENCES = frozenset({"0123456789", "1234567890"})
_NATIONAL_DIGITS = 10
_PLACEHOLDER_NAMES = frozenset(
    {
        "anonymous",
        "cashcustomer",
        "cashsale",
        "customer",
        "guest",
        "noname",
        "nobody",
        "poscustomer",
        "posguest",
        "possale",
        "tastingroom",
        "tastingroomguest",
        "walkin",
        "walkincustomer",
        "walkinguest",
    }
)
_DIGITS = "0123456789"


def is_placeholder_email(normalized: str) -> bool:
    """Tell whether a normalised address is a placeholder.

    `noemail@`, `no-email2@`, `guest@`, or a domain that cannot exist (RFC 2606). An address that
    a person might own, such as `test@test.com`, is not.
    """
    local, _, domain = normalized.rpartition("@")
    mailbox = "".join(char for char in local if char.isalnum())
    return (
        mailbox in _PLACEHOLDER_MAILBOXES
        or mailbox.rstrip(_DIGITS) == "noemail"
        or domain in _PLACEHOLDER_DOMAINS
        or domain.rpartition(".")[2] in _IMPOSSIBLE_TOP_LEVELS
    )


def is_placeholder_phone(normalized: str) -> bool:
    """Tell whether normalised digits are one digit repeated, or the digits in a row.

    With or without a country code: `15555555555`, `0000000000`, `11234567890`.
    """
    national = normalized[-_NATIONAL_DIGITS:]
    return normalized.isdigit() and (len(set(national)) == 1 or national in _SEQUENCES)


def is_placeholder_name(normalized: str) -> bool:
    """Tell whether a normalised first name is a placeholder: `guest`, `walkin`, `tastingroom`.

    For first names only: there are people whose last name is Guest.
    """
    return normalized.rstrip(_DIGITS) in _PLACEHOLDER_NAMES
