from collections.abc import Callable

import pytest

from service.domain import identity

RULES: dict[str, Callable[[str], object]] = {
    "name": identity.normalize_name,
    "city": identity.normalize_city,
    "email": identity.normalize_email,
    "country": identity.normalize_country,
    "state": lambda raw: identity.normalize_state(raw, country="us"),
    "postcode": lambda raw: identity.normalize_postcode(raw, country="us"),
    "phone": lambda raw: identity.normalize_phone(raw, region="US"),
}


@pytest.mark.parametrize(
    ("key", "escaped", "plain"),
    [
        ("name", "O&#39;Brien", "O'Brien"),
        ("name", "O&#x27;Brien", "O'Brien"),
        ("name", "O&apos;Brien", "O'Brien"),
        ("name", "O&amp;#39;Brien", "O'Brien"),
        ("name", "Mu&ntilde;oz", "Muñoz"),
        ("name", "MU&NTILDE;OZ", "Muñoz"),
        ("name", "Jos&#233;", "José"),
        ("name", "Anne&nbsp;&amp;&nbsp;Lee", "Anne & Lee"),
        ("city", "S&atilde;o Paulo", "São Paulo"),
        ("city", "Coeur d&rsquo;Alene", "Coeur d\u2019Alene"),
        ("email", "o&#39;brien@cellar-post.net", "o'brien@cellar-post.net"),
        ("email", "wine&amp;dine@cellar-post.net", "wine&dine@cellar-post.net"),
        ("email", "casey&#64;cellar-post.net", "casey@cellar-post.net"),
        ("country", "Trinidad &amp; Tobago", "Trinidad & Tobago"),
        ("state", "Hawai&#8216;i", "Hawai\u2018i"),
        ("postcode", "94558&nbsp;", "94558"),
        ("phone", "&#43;1&nbsp;650&nbsp;555&nbsp;1212", "+1 650 555 1212"),
    ],
)
def test_html_is_read_as_what_it_shows(key: str, escaped: str, plain: str) -> None:
    rule = RULES[key]
    assert rule(escaped) == rule(plain)
    assert rule(plain)


@pytest.mark.parametrize(
    ("raw", "name"), [("AT&T", "att"), ("Ridge &notes", "ridgenotes"), ("&nosuch;", "nosuch")]
)
def test_an_ampersand_alone_is_no_html(raw: str, name: str) -> None:
    assert identity.normalize_name(raw) == name


@pytest.mark.parametrize("key", RULES)
@pytest.mark.parametrize(
    "raw", ["n/a", "None", "unknown", "xxx", "XX", "TBD", "tba", "not provided", "[object Object]"]
)
def test_what_stands_for_no_answer_is_no_value(key: str, raw: str) -> None:
    assert not RULES[key](raw)
