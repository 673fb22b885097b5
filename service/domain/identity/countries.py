"""What ISO 3166-1 calls a country, and names that no list of it has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_SECOND_LETTERS = {
    "a": "defgilmoqrstuwxz",
    "b": "abdefghijlmnoqrstvwyz",
    "c": "acdfghiklmnoruvwxyz",
    "d": "ejkmoz",
    "e": "ceghrst",
    "f": "ijkmor",
    "g": "abdefghilmnpqrstuwy",
    "h": "kmnrtu",
    "i": "delmnoqrst",
    "j": "emop",
    "k": "eghimnprwyz",
    "l": "abcikrstuvy",
    "m": "acdefghklmnopqrstuvwxyz",
    "n": "acefgilopruz",
    "o": "m",
    "p": "aefghklmnrstwy",
    "q": "a",
    "r": "eosuw",
    "s": "abcdeghijklmnorstvxyz",
    "t": "cdfghjklmnortvwz",
    "u": "agmsyz",
    "v": "aceginu",
    "w": "fs",
    "y": "et",
    "z": "amw",
}

ISO_CODES: Final = frozenset(
    first + second for first, seconds in _SECOND_LETTERS.items() for second in seconds
)
"""The officially assigned ISO 3166-1 alpha-2 codes, in lower case."""

ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # So common that the names of the whole world need not be loaded for them.
        "unitedstates": "us",
        "unitedstatesofamerica": "us",
        "usa": "us",
        "canada": "ca",
        "unitedkingdom": "gb",
        "australia": "au",
        # The United Kingdom and its parts.
        "uk": "gb",
        "britain": "gb",
        "greatbritain": "gb",
        "england": "gb",
        "scotland": "gb",
        "wales": "gb",
        "northernireland": "gb",
        # Other spellings, and what ISO 3166-1 or the country itself writes.
        "boliviaplurinationalstateof": "bo",
        "bruneidarussalam": "bn",
        "burma": "mm",
        "caboverde": "cv",
        "czechia": "cz",
        "easttimor": "tl",
        "eswatini": "sz",
        "holland": "nl",
        "holysee": "va",
        "hongkong": "hk",
        "hongkongsar": "hk",
        "iranislamicrepublicof": "ir",
        "ivorycoast": "ci",
        "koreademocraticpeoplesrepublicof": "kp",
        "korearepublicof": "kr",
        "republicofkorea": "kr",
        "laopeoplesdemocraticrepublic": "la",
        "macau": "mo",
        "moldovarepublicof": "md",
        "netherlandskingdomofthe": "nl",
        "northmacedonia": "mk",
        "oesterreich": "at",
        "palestinestateof": "ps",
        "republicofireland": "ie",
        "russianfederation": "ru",
        "slovakrepublic": "sk",
        "syrianarabrepublic": "sy",
        "taiwanprovinceofchina": "tw",
        "tanzaniaunitedrepublicof": "tz",
        "turkey": "tr",
        "turkiye": "tr",
        "uae": "ae",
        "vaticancity": "va",
        "venezuelabolivarianrepublicof": "ve",
    }
)
"""Folded names that libphonenumber's list lacks, and a few that are very common."""

AMBIGUOUS_NAMES: Final = frozenset({"congo", "kongo", "korea"})
"""Folded names that two countries bear, though libphonenumber's list gives them to one."""
