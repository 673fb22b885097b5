"""The page checker finds each fault that it looks for."""

import pytest

from tests.page_checker import check

GOOD = (
    '<!doctype html><html lang="en"><head><title>T</title></head><body><h1>T</h1>'
    '<form hx-post="/x"><label for="a">A</label><input id="a"><button>Go</button></form>'
    "</body></html>"
)
WRONG = {
    "a title that is missing": GOOD.replace("<title>T</title>", "<title></title>"),
    "a language that is missing": GOOD.replace(' lang="en"', ""),
    "a heading that is missing": GOOD.replace("h1", "p"),
    "a tag that is never closed": GOOD.replace("</form>", ""),
    "a field without a label": GOOD.replace('for="a"', ""),
    "a label without words": GOOD.replace(">A<", "><"),
    "a form that leads nowhere": GOOD.replace(' hx-post="/x"', ""),
    "a button without a name": GOOD.replace("Go", ""),
    "an id that is there twice": GOOD.replace("<h1>", '<h1 id="a">'),
    "a reference to nothing": GOOD.replace('<input id="a"', '<input id="a" aria-describedby="b"'),
    "a link to nothing": GOOD.replace("</form>", '</form><a href="#b">b</a>'),
    "an inline script": GOOD.replace("<h1>", "<script>x</script><h1>"),
    "an inline style": GOOD.replace("<h1>", '<h1 style="color:red">'),
    "an inline handler": GOOD.replace("<h1>", '<h1 onclick="x">'),
    "a handler of htmx's": GOOD.replace("<h1>", '<h1 hx-on:click="x">'),
    "an address that is a script": GOOD.replace("<h1>", '<a href="javascript:x">x</a><h1>'),
    "a picture without an alternative": GOOD.replace("<h1>", '<img src="x"><h1>'),
    "a word that does not belong there": GOOD.replace("Go", "Ask whoever"),
    "a label with such a word": GOOD.replace("<h1>", '<h1 aria-label="Ask whoever">'),
    "a fragment with two roots": '<div id="a"></div><div id="b"></div>',
    "a fragment without an id": "<div></div>",
}


def test_a_good_page_passes() -> None:
    check(GOOD)


@pytest.mark.parametrize("name", WRONG)
def test_finds(name: str) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - html5lib's own errors, or a failed assertion
        check(WRONG[name])
