"""What tills type for nobody: it must not turn many strangers into one person.

Meta: Best Practices asks for data of the person who acted; the pages give no list, so these are
ours. They are few on purpose: a real person's data must not be thrown away.
"""

_NOBODYS_MAILBOXES = frozenset(
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
# RFC 2606 and RFC 6761 promise that these never exist; example.com is left to the tests of others.
_IMPOSSIBLE_TOP_LEVELS = frozenset({"example", "invalid", "localdomain", "localhost", "test"})
_NOBODYS_DOMAINS = frozenset({"noemail.com", "no-email.com"})
_SEQUENCES = frozenset({"0123456789", "1234567890"})
_NATIONAL_DIGITS = 10
_NOBODYS_NAMES = frozenset(
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
    """Tell whether a normalised address is one that is typed where there is none.

    `noemail@`, `no-email2@`, `guest@`, or a domain that cannot exist (RFC 2606). An address that
    a person might own, such as `test@test.com`, is not.
    """
    local, _, domain = normalized.rpartition("@")
    mailbox = "".join(char for char in local if char.isalnum())
    return (
        mailbox in _NOBODYS_MAILBOXES
        or mailbox.rstrip(_DIGITS) == "noemail"
        or domain in _NOBODYS_DOMAINS
        or domain.rpartition(".")[2] in _IMPOSSIBLE_TOP_LEVELS
    )


def is_placeholder_phone(normalized: str) -> bool:
    """Tell whether normalised digits are one key held down, or the keys in a row.

    With or without a country code: `15555555555`, `0000000000`, `11234567890`.
    """
    national = normalized[-_NATIONAL_DIGITS:]
    return normalized.isdigit() and (len(set(national)) == 1 or national in _SEQUENCES)


def is_placeholder_name(normalized: str) -> bool:
    """Tell whether a normalised first name means nobody: `guest`, `walkin`, `tastingroom`.

    For first names only: there are people whose last name is Guest.
    """
    return normalized.rstrip(_DIGITS) in _NOBODYS_NAMES
