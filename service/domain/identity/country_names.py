"""The names of countries in many languages, from the data that libphonenumber ships."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import MappingProxyType

import phonenumbers

from service.domain.identity.countries import ISO_CODES
from service.domain.identity.folding import folded

_MODULE = "phonenumbers.geodata.locale"
_SAME_AS_ANOTHER_LANGUAGE = "*"
# Without its accents a Vietnamese name is another word: Bỉ is Belgium, BI is Burundi.
_NOT_FOLDABLE = frozenset({"vi"})
_SHORTEST = 4


def code_of_name(name: str) -> str | None:
    """Return the ISO-2 lower-case code of a folded Latin name, in whatever language it is."""
    return _codes().get(name) if _is_a_name(name) else None


def unambiguous(names: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """Return the code of each folded Latin name that means one country in all languages.

    `names` maps upper-case codes to names by language, where `*xx` repeats the name in language
    `xx` of the same country and so adds nothing.
    """
    codes: dict[str, set[str]] = defaultdict(set)
    for code, by_language in names.items():
        for language, name in by_language.items():
            if not name.startswith(_SAME_AS_ANOTHER_LANGUAGE) and language not in _NOT_FOLDABLE:
                codes[folded(name)].add(code.lower())
    return MappingProxyType(
        {
            name: next(iter(meant))
            for name, meant in codes.items()
            if len(meant) == 1 and meant <= ISO_CODES and _is_a_name(name)
        }
    )


@cache
def _codes() -> Mapping[str, str]:
    return unambiguous(_shipped_names())


def _is_a_name(name: str) -> bool:
    return name.isascii() and len(name) >= _SHORTEST


def _shipped_names() -> Mapping[str, Mapping[str, str]]:
    # A plain import would run the package above it, which loads 100 MB of area codes in half a
    # second. The one file with the names needs 2 MB and 15 ms.
    directories = [f"{directory}/geodata" for directory in phonenumbers.__path__]
    spec = PathFinder.find_spec(_MODULE, directories)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(_MODULE, name=_MODULE)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    names: Mapping[str, Mapping[str, str]] = module.LOCALE_DATA
    return names
