"""The rules for every page and fragment; the tests' client checks each one.

Reference: the HTML standard's parse errors (html5lib, strict), WCAG 2.2 for names and labels, and
our Content-Security-Policy. Rules that need a browser are checked by axe (tests/e2e).
"""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.plain_words import unplain
from tests.reading import elements, tree_of, words_of

_FIELDS = {"input", "select", "textarea"}
_REFERENCES = ("for", "aria-describedby", "aria-labelledby", "list", "form", "hx-indicator")
_REQUESTS = ("hx-get", "hx-post")
_SHOWN = ("alt", "aria-label", "placeholder", "title", "data-waits-for", "data-busy")
# What these elements hold is code, or was typed by someone.
_QUOTING = {"code", "pre", "bdi", "textarea", "script"}


class CheckingClient(FlaskClient):
    """A client that fails on every page that breaks a rule."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        answer = super().open(*args, **kwargs)
        if answer.mimetype == "text/html" and answer.text:
            check(answer.text)
        return answer


@cache
def check(html: str) -> None:
    """Fail if this page or fragment breaks a rule. Results are cached by text."""
    root = tree_of(html)
    if root.tag == "html":
        assert any(map(words_of, root.findall("head/title"))), "a page needs a title"
        assert root.get("lang"), "a page says its language"
        assert len(list(root.iter("h1"))) >= 1, "a page has a heading"
        tags = list(elements(root))
    else:
        roots = list(root)
        assert len(roots) == 1, "a fragment has one root"
        assert roots[0].get("id"), "a fragment's root has an id to be swapped by"
        tags = list(elements(roots[0]))
    _check_ids(tags, is_whole=root.tag == "html")
    _check_policy(tags)
    _check_controls(tags)
    _check_words(root)


def _check_ids(tags: list[Element], *, is_whole: bool) -> None:
    ids = Counter(each.get("id") for each in tags if each.get("id"))
    assert [each for each, times in ids.items() if times > 1] == [], "ids are unique"
    if not is_whole and "settings" not in ids:
        return  # A part may refer to the page around it.
    for element in tags:
        for name in _REFERENCES:
            for named in _ids_in(element.get(name, "")):
                assert named in ids, f"{name} names {named}, which is not there"
        href = element.get("href", "")
        assert not href.startswith("#") or href[1:] in ids, f"{href} leads nowhere"


def _ids_in(text: str) -> Iterator[str]:
    for word in text.split():
        if not word.startswith((".", "closest", "find", "this")):
            yield word.removeprefix("#")


def _check_policy(tags: list[Element]) -> None:
    for element in tags:
        assert element.tag != "style", "no inline style"
        assert element.tag != "script" or (element.get("src") and not element.text), (
            "no inline script"
        )
        for name in element.attrib:
            assert not name.startswith(("on", "hx-on")), f"{element.tag} has {name}"
            assert name not in {"style", "hx-vals-js"}, f"{element.tag} has {name}"
        for name in ("href", "src", "action", *_REQUESTS):
            assert not element.get(name, "").strip().lower().startswith(("javascript:", "data:"))


def _check_controls(tags: list[Element]) -> None:
    labelled = {each.get("for") for each in tags if each.tag == "label" and words_of(each)}
    for element in tags:
        if element.tag in _FIELDS and element.get("type") not in {"hidden", "submit"}:
            has_label = element.get("id") in labelled or element.get("aria-label")
            assert has_label, f"{element.get('name')} has no label"
        if element.tag in {"button", "a", "summary"}:
            assert words_of(element) or element.get("aria-label"), f"a {element.tag} without a name"
        if element.tag == "form":
            assert any(element.get(name) for name in ("action", *_REQUESTS)), "a form leads nowhere"
        if element.tag == "img":
            assert element.get("alt") is not None, "a picture without an alternative"
        if element.tag == "a" and element.get("target") == "_blank":
            assert "noopener" in element.get("rel", ""), "a new tab keeps its opener"


def _check_words(root: Element) -> None:
    for text in _texts(root):
        assert unplain(text) == ()


def _texts(element: Element) -> Iterator[str]:
    """Yield what the element shows; the words around a quotation stay together."""
    yield from (element.get(name, "") for name in _SHOWN)
    yield _own_words(element)
    for child in element:
        if not callable(child.tag):
            yield from _texts(child)


def _own_words(element: Element) -> str:
    if element.tag in _QUOTING:
        return ""
    return " … ".join([element.text or "", *(child.tail or "" for child in element)])
