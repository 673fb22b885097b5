import pytest

from service.domain.identity import normalize_external_id


@pytest.mark.parametrize(
    ("raw", "normalized"),
    [
        ("A1B2C3D4-E5F6-7890-ABCD-EF1234567890", "a1b2c3d4-e5f6-7890-abcd-ef1234567890"),
        ("\tUser\u00a042\u200b", "user42"),
        ("0", "0"),
    ],
)
def test_an_id_is_lower_case_without_blanks(raw: str, normalized: str) -> None:
    assert normalize_external_id(raw) == normalized


@pytest.mark.parametrize("raw", ["", "null", "undefined", "None", "-", "x" * 1001])
def test_what_is_no_id_is_dropped(raw: str) -> None:
    assert normalize_external_id(raw) is None
