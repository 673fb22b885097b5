"""Placeholders that tills enter when no customer is known, such as `guest`.

Sent to Meta, a placeholder would merge many strangers into one person. Meta: Best Practices asks
for data of the person who acted but gives no list, so these are ours. They are few on purpose: a
real person's data must not be thrown away. Words for "no answer" (`n/a`, `xxx`) are dropped from
every field before (`cleaning`), placeholder ZIP codes in `postcode`.
"""

import re

_PLACEHOLDER_MAILBOXES = frozenset(
    {
        "anonymous",
        "declined",
        "donotreply",
        "fakeemail",
        "guest",
        "na",
        "noaddress",
        "nobody",
        "noemail",
        "noemailaddress",
        "noemailgiven",
        "noemailprovided",
        "nomail",
        "none",
        "nonegiven",
        "noneprovided",
        "noreply",
        "notavailable",
        "notgiven",
        "notprovided",
        "null",
        "refused",
        "tbd",
        "undefined",
        "unknown",
        "walkin",
        "walkincustomer",
        "walkinguest",
    }
)
# RFC 2606 and RFC 6761 reserve these. example.com is left out, so that tests can use it.
_IMPOSSIBLE_TOP_LEVELS = frozenset({"example", "invalid", "localdomain", "localhost", "test"})
_PLACEHOLDER_DOMAINS = frozenset({"na.na", "no-email.com", "noemail.com", "nomail.com", "none.com"})
_ONE_LETTER = re.compile(r"([a-z])\1{2,}")
_SEQUENCES = frozenset({"0123456789", "1234567890", "9876543210", "1231231234", "1112223333"})
_NATIONAL_DIGITS = 10
# No line has these digits, and no area of North America has the code 555.
_ZEROS_AT_THE_END = "0000000"
_NO_AREA = "1555"
_NORTH_AMERICAN_DIGITS = 11
_PLACEHOLDER_NAMES = frozenset(
    {
        "anon",
        "anonymous",
        "barcustomer",
        "barguest",
        "cashcustomer",
        "cashsale",
        "client",
        "cliente",
        "clubmember",
        "customer",
        "customername",
        "dummy",
        "firstname",
        "firstnamelastname",
        "firstlast",
        "fname",
        "gast",
        "guest",
        "guestcustomer",
        "guestguest",
        "guests",
        "guestuser",
        "invitado",
        "invité",
        "kunde",
        "lastname",
        "laufkunde",
        "laufkundschaft",
        "lname",
        "member",
        "name",
        "nobody",
        "nofirstname",
        "nolastname",
        "noname",
        "ospite",
        "poscustomer",
        "posguest",
        "possale",
        "retailcustomer",
        "tastingroom",
        "tastingroomguest",
        "test",
        "testcustomer",
        "tester",
        "testguest",
        "testtest",
        "valuedcustomer",
        "visitor",
        "walkin",
        "walkincustomer",
        "walkinguest",
        "walkup",
        "wineclubmember",
    }
)
# Words of the list above that are family names, too, after a real first name.
_FAMILY_NAMES = frozenset(
    {"client", "cliente", "gast", "guest", "kunde", "name", "ospite", "test", "tester"}
)
_DIGITS = "0123456789"


def is_placeholder_email(normalized: str) -> bool:
    """Tell whether a normalised address is a placeholder.

    `noemail@`, `no-email2@`, `guest@`, `xxx@`, or a domain that cannot exist (RFC 2606). An address
    that a person might own, such as `test@test.com`, is not.
    """
    local, _, domain = normalized.rpartition("@")
    mailbox = local if local.isalnum() else "".join(filter(str.isalnum, local))
    return (
        mailbox in _PLACEHOLDER_MAILBOXES
        or mailbox.rstrip(_DIGITS) == "noemail"
        or _ONE_LETTER.fullmatch(mailbox) is not None
        or domain in _PLACEHOLDER_DOMAINS
        or domain.rpartition(".")[2] in _IMPOSSIBLE_TOP_LEVELS
    )


def is_placeholder_phone(normalized: str) -> bool:
    """Tell whether normalised digits are those of somebody who fills a field.

    One digit repeated, digits in a row, seven zeros at the end, or North America's area 555, with
    or without a country code: `15555555555`, `11234567890`, `61400000000`, `15551234567`.
    """
    if not normalized.isdigit():
        return False
    national = normalized[-_NATIONAL_DIGITS:]
    has_no_area = len(normalized) == _NORTH_AMERICAN_DIGITS and normalized.startswith(_NO_AREA)
    return (
        national.count(national[0]) == len(national)
        or national in _SEQUENCES
        or normalized.endswith(_ZEROS_AT_THE_END)
        or has_no_area
    )


def is_placeholder_name(normalized: str) -> bool:
    """Tell whether a normalised first or whole name is a placeholder: `guest`, `walkin`, `aaa`.

    So is a last name that stands alone. Digits without a letter are no name.
    """
    word = normalized.rstrip(_DIGITS)
    has_letter = word.isalpha() or any(map(str.isalpha, word))
    is_filler = not has_letter or _ONE_LETTER.fullmatch(word) is not None
    return is_filler or word in _PLACEHOLDER_NAMES


def is_placeholder_last_name(normalized: str) -> bool:
    """Tell the same of a last name after a real first name: there are people called Guest."""
    return is_placeholder_name(normalized) and normalized not in _FAMILY_NAMES
