import pytest

from service.domain.identity import normalize_city


@pytest.mark.parametrize(
    ("raw", "forms"),
    [
        ("Napa", ("napa",)),
        ("St. Helena", ("sthelena",)),
        ("São Paulo", ("saopaulo", "sopaulo")),
        ("Sa\u0303o Paulo", ("saopaulo", "sopaulo")),
        ("Zürich", ("zurich", "zrich")),
        ("Ærø", ("aero", "r")),
        ("Gießen", ("giessen", "gieen")),
        ("Paris 15", ("paris", "paris15")),
        ("29 Palms", ("palms",)),
        ("Kapa\u02bba", ("kapaa",)),
        ("\u02bbEwa", ("ewa",)),
        ("\uff2e\uff41\uff50\uff41", ("napa",)),
    ],
)
def test_the_folded_form_comes_first_then_the_pixels(raw: str, forms: tuple[str, ...]) -> None:
    assert normalize_city(raw) == forms


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("Москва", "москва"),
        ("Йошкар-Ола", "йошкарола"),
        ("Αθήνα", "αθήνα"),
        ("東京", "東京"),
        ("서울", "서울"),
        ("दिल्ली", "दिल्ली"),
        ("ニューヨーク", "ニューヨーク"),
    ],
)
def test_other_scripts_keep_their_letters(raw: str, form: str) -> None:
    assert normalize_city(raw) == (form,)


@pytest.mark.parametrize("raw", ["", "-", "n/a", "12345", "😀", "\u0301", "None 1", "a" * 1001])
def test_no_city_has_no_form(raw: str) -> None:
    assert normalize_city(raw) == ()


def test_a_hash_is_its_own_only_form() -> None:
    assert normalize_city("AB" * 32) == ("ab" * 32,)
