import pycountry
import pytest

from service.domain.identity import normalize_state
from service.domain.identity.american_states import STATE_CODES, TERRITORIES


@pytest.mark.parametrize("country", ["us", "ca", None])
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("california", "ca"),
        ("Calif\u00f3rnia", "ca"),
        ("Washington, D.C.", "dc"),
        ("Puerto Rico", "pr"),
        ("U.S. Virgin Islands", "vi"),
        ("Québec", "qc"),
        ("Newfoundland & Labrador", "nl"),
        ("CA-ON", "on"),
        ("US_NY", "ny"),
        ("California, USA", "ca"),
        ("Ontario, Canada", "on"),
        ("Calif.", "ca"),
        ("CA 94558-1234", "ca"),
        ("CA - California", "ca"),
        ("Oregon (OR)", "or"),
        ("State of New Jersey", "nj"),
        ("Delaware, United States of America", "de"),
        ("Rhode Island & Providence Plantations", "ri"),
        ("Napa, CA 94558", "ca"),
        ("US.CA", "ca"),
        ("Tex.", "tx"),
        ("Mass.", "ma"),
        ("N. Carolina", "nc"),
        ("No. Dakota", "nd"),
        ("W. Va.", "wv"),
        ("Penna.", "pa"),
        ("Wash. D.C.", "dc"),
        ("P.Q.", "qc"),
        ("Nfld.", "nl"),
        ("N.W.T.", "nt"),
        ("Oregon City", "oregoncity"),
        ("Baja California", "bajacalifornia"),
        ("Oregon / California", "oregoncalifornia"),
        ("USA", "usa"),
        ("Bavaria", "bavaria"),
    ],
)
def test_american_names_become_codes(raw: str, code: str, country: str | None) -> None:
    assert normalize_state(raw, country=country) == code


@pytest.mark.parametrize(
    ("raw", "country", "state"),
    [
        ("wa", "au", "wa"),
        ("WA", None, "wa"),
        ("Victoria", "au", "victoria"),
        ("Victoria", None, "victoria"),
        ("New South Wales", "au", "newsouthwales"),
        ("AU-NSW", "au", "nsw"),
        ("AU-", "au", "au"),
        ("Georgia", "ge", "georgia"),
        ("Georgia", "gb", "georgia"),
        ("Georgia", None, "ga"),
        ("Maine", "fr", "maine"),
        ("US-CA", "fr", "usca"),
        ("Baden-Württemberg", "de", "badenwurttemberg"),
        ("東京都", "jp", "東京都"),
        ("Puerto Rico", "pr", "pr"),
    ],
)
def test_other_countries_keep_the_name(raw: str, country: str | None, state: str) -> None:
    assert normalize_state(raw, country=country) == state


@pytest.mark.parametrize("raw", ["", "75", "JP-13", "n/a", "None", "."])
def test_text_without_letters_is_no_state(raw: str) -> None:
    assert normalize_state(raw, country="jp") is None


def test_every_code_of_the_table_is_its_own_normal_form() -> None:
    assert {normalize_state(code, country="us") for code in STATE_CODES.values()} == set(
        STATE_CODES.values()
    )
    assert len(set(STATE_CODES.values())) == 50 + 1 + 5 + 3 + 3 + 13
    assert all(pycountry.countries.get(alpha_2=code) for code in TERRITORIES)
