"""Customer data as Meta wants it: normalised by its rules, then hashed.

Each key of `user_data` has one function that takes the shop's text and returns the normal form,
or `None` if the text holds no usable value. None of them raises, whatever the text.
"""

from service.domain.identity.browser_id import browser_id
from service.domain.identity.city import normalize_city
from service.domain.identity.cleaning import unescaped
from service.domain.identity.country import normalize_country
from service.domain.identity.demographics import normalize_birth_date, normalize_gender
from service.domain.identity.domains import ascii_host, is_open_to_all, owner_domain
from service.domain.identity.email import normalize_email
from service.domain.identity.external_id import normalize_external_id
from service.domain.identity.hashing import hashed
from service.domain.identity.ip import public_ip
from service.domain.identity.name import normalize_name
from service.domain.identity.phone import normalize_phone
from service.domain.identity.placeholders import (
    is_placeholder_email,
    is_placeholder_last_name,
    is_placeholder_name,
    is_placeholder_phone,
)
from service.domain.identity.postcode import normalize_postcode
from service.domain.identity.state import normalize_state

__all__ = [
    "ascii_host",
    "browser_id",
    "hashed",
    "is_open_to_all",
    "is_placeholder_email",
    "is_placeholder_last_name",
    "is_placeholder_name",
    "is_placeholder_phone",
    "normalize_birth_date",
    "normalize_city",
    "normalize_country",
    "normalize_email",
    "normalize_external_id",
    "normalize_gender",
    "normalize_name",
    "normalize_phone",
    "normalize_postcode",
    "normalize_state",
    "owner_domain",
    "public_ip",
    "unescaped",
]
