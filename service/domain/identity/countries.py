"""Country names that no list of ISO 3166-1 has, and names that two countries share."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Very common: found here, they spare loading the names of all countries.
        "unitedstates": "us",
        "unitedstatesofamerica": "us",
        "usa": "us",
        "usofa": "us",
        "usofamerica": "us",
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
        "nireland": "gb",
        # Codes of sports and road signs, and abbreviations in other languages.
        "eeuu": "us",
        "eua": "us",
        "eng": "gb",
        "ger": "de",
        "ksa": "sa",
        "prc": "cn",
        "rsa": "za",
        "sui": "ch",
        "uae": "ae",
        "usvi": "vi",
        # In the people's own language.
        "aotearoa": "nz",
        "eire": "ie",
        "ellada": "gr",
        # Shorter, older and other spellings.
        "bosnia": "ba",
        "capeverde": "cv",
        "cocosislands": "cc",
        "easttimor": "tl",
        "falklandislands": "fk",
        "hongkongsar": "hk",
        "ivorycoast": "ci",
        "macedonia": "mk",
        "oesterreich": "at",
        "palestine": "ps",
        "republicofireland": "ie",
        "rusia": "ru",
        "russie": "ru",
        "russland": "ru",
        "sainthelena": "sh",
        "trinidad": "tt",
        "turkey": "tr",
        "vatican": "va",
        "vaticancity": "va",
    }
)
"""Folded names that pycountry lacks, and a few that are very common."""

AMBIGUOUS_NAMES: Final = frozenset({"congo", "kongo", "korea"})
"""Folded names that two countries share, though pycountry gives them to one or none."""
