"""Reading HTML pages as trees: their texts, ids and headings."""

from collections.abc import Iterator
from functools import lru_cache
from xml.etree.ElementTree import Element

import html5lib

HEADINGS = ("h1", "h2", "h3", "h4")


@lru_cache(maxsize=16)
def tree_of(html: str) -> Element:
    """Return the page, or the element around the fragment; fail if it is no valid HTML."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    if html.lower().startswith("<!doctype"):
        root: Element = parser.parse(html)
        return root
    # A <tbody> is valid only inside a table.
    container = "table" if html.lstrip().startswith("<tbody") else "div"
    fragment: Element = parser.parseFragment(html, container=container)
    return fragment


def elements(root: Element) -> Iterator[Element]:
    """Yield every element, without comments (whose tag is a function)."""
    yield from (each for each in root.iter() if not callable(each.tag))


def words_of(element: Element) -> str:
    """Return the element's text in one line."""
    return " ".join("".join(element.itertext()).split())


def ids_of(root: Element) -> list[str]:
    """Return every id, in the page's order."""
    return [name for each in elements(root) if (name := each.get("id"))]


def headings_of(root: Element) -> list[tuple[int, str]]:
    """Return every heading's level and text."""
    return [
        (HEADINGS.index(each.tag) + 1, words_of(each))
        for each in elements(root)
        if each.tag in HEADINGS
    ]


def section_of(root: Element, anchor: str) -> str:
    """Return the text under a heading, up to the next one of the same or a higher level."""
    parents = {child: parent for parent in root.iter() for child in parent}
    heading = next(each for each in elements(root) if each.get("id") == anchor)
    assert heading.tag in HEADINGS, f"#{anchor} is no heading"
    siblings = list(parents[heading])
    said = [words_of(heading)]
    for each in siblings[siblings.index(heading) + 1 :]:
        if each.tag in HEADINGS and each.tag <= heading.tag:
            break
        said.append(words_of(each))
    return " ".join(said)
