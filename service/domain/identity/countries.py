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
        # Shorter, older and other spellings.
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
        "turkey": "tr",
        "uae": "ae",
        "vatican": "va",
        "vaticancity": "va",
    }
)
"""Folded names that pycountry lacks, and a few that are very common."""

AMBIGUOUS_NAMES: Final = frozenset({"congo", "kongo", "korea"})
"""Folded names that two countries share, though pycountry gives them to one or none."""
