import pycountry
import pytest

from service.domain.identity import normalize_country
from service.domain.identity.countries import ALIASES, AMBIGUOUS_NAMES
from service.domain.identity.country_names import unambiguous

ISO_CODES = {country.alpha_2.lower() for country in pycountry.countries}


def test_every_iso_code_but_the_one_that_reads_not_available() -> None:
    assert len(ISO_CODES) == 249
    assert {normalize_country(code.upper()) for code in ISO_CODES} == ISO_CODES - {"na"} | {None}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("uk", "gb"),
        ("U.K.", "gb"),
        ("Wales", "gb"),
        ("Northern Ireland", "gb"),
        ("The Netherlands", "nl"),
        ("Holland", "nl"),
        ("Bahamas", "bs"),
        ("The Bahamas", "bs"),
        ("Trinidad & Tobago", "tt"),
        ("Korea, Republic of", "kr"),
        ("Corée du Sud", "kr"),
        ("Deutschland", "de"),
        ("ÖSTERREICH", "at"),
        ("Osterreich", "at"),
        ("Côte d\u2019Ivoire", "ci"),
        ("Etats-Unis", "us"),
        ("Estados Unidos", "us"),
        ("Magyarország", "hu"),
        ("Suomi", "fi"),
        ("Zuid-Afrika", "za"),
        ("Nueva Zelanda", "nz"),
        ("Niger", "ne"),
        ("République de Corée", "kr"),
        ("U.S. Virgin Islands", "vi"),
        ("Russland", "ru"),
        ("Czech Republic", "cz"),
        ("Dominica", "dm"),
        ("Thailand", "th"),
        ("u. s.", "us"),
        ("USA", "us"),
        ("U.S.A.", "us"),
        ("The U.S. of A.", "us"),
        ("EE.UU.", "us"),
        ("DEU", "de"),
        ("mex", "mx"),
        ("GER", "de"),
        ("Éire", "ie"),
        ("Aotearoa", "nz"),
        ("US - United States", "us"),
        ("United States (USA)", "us"),
        ("Canada / CA", "ca"),
    ],
)
def test_a_name_in_any_of_many_languages_becomes_its_code(raw: str, code: str) -> None:
    assert normalize_country(raw) == code


@pytest.mark.parametrize(
    "raw",
    [
        # two countries
        *["Korea", "Congo", "Kongo", "The Congo"],
        # no country
        *["America", "Europe", "California", "Atlantis", "New"],
        # no ISO code
        *["XK", "EU", "AN", "ZZ", "u-s", "us-ca"],
        # Vietnamese: neither Malaysia, Burundi and Angola, nor an Italian city
        *["Mỹ", "Bỉ", "Áo", "Como"],
        # not Latin script
        *["Россия", "中国", "Ελλάδα"],
        # two names that do not agree, or one that is none
        *["China (Taiwan)", "Georgia, USA", "Ireland (Northern)", "Napa, US", "XXX"],
        # Namibia, but far more often "not available"
        *["NA", "N.A.", "NAM"],
        # no longer a country
        "Netherlands Antilles",
    ],
)
def test_what_is_not_certain_is_dropped(raw: str) -> None:
    assert normalize_country(raw) is None


def test_aliases_are_codes_of_certain_names() -> None:
    assert set(ALIASES.values()) <= ISO_CODES
    assert not AMBIGUOUS_NAMES & set(ALIASES)


def test_a_name_that_means_two_countries_in_two_languages_is_unknown() -> None:
    names = unambiguous(
        [
            *[("AT", name) for name in ("Austria", "Österreich", "Rakúsko", "Rakúsko")],
            *[("CZ", name) for name in ("Czechia", "Rakusko", "Чехия", "CR")],
        ]
    )
    assert names == {"austria": "at", "osterreich": "at", "czechia": "cz"}
