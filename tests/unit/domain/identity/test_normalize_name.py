import pytest

from service.domain.identity import normalize_name


@pytest.mark.parametrize(
    ("raw", "normalized"),
    [
        ("Jose\u0301", "josé"),
        ("JOSÉ", "josé"),
        ("O'Brien", "obrien"),
        ("O\u02bcBrien", "obrien"),
        ("O\u00b4Brien", "obrien"),
        ("Ka\u02bbiulani", "kaiulani"),
        ("Smith\u2013Jones\u2014Lee", "smithjoneslee"),
        ("Mary\u00a0\u3000Ann", "maryann"),
        ("Mary\u200bAnn", "maryann"),
        ("Anne\u00admarie", "annemarie"),
        ("Mary_Ann (Polly)", "maryannpolly"),
        ("\u201cMary\u201d", "mary"),
        ("マリー・アン", "マリーアン"),
        ("Weiß", "weiß"),
        ("Nil", "nil"),
        ("Nan", "nan"),
    ],
)
def test_spellings_of_one_name_have_one_form(raw: str, normalized: str) -> None:
    assert normalize_name(raw) == normalized


@pytest.mark.parametrize(
    "raw",
    [
        *["N/A", "n.a.", "(none)", "--", "…", "UNKNOWN", "undefined", "Not provided", "\u200b"],
        *["\x00", "\ud800", "😀", "\u0301", "a" * 1001],
    ],
)
def test_what_is_no_name_is_dropped(raw: str) -> None:
    assert normalize_name(raw) is None
