"""Both themes of Commerce7's admin on one page: each is only another choice of colours."""

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page

from tests.e2e import axe
from tests.e2e.screens import settle, take

THEMES = ("light", "dark")
_WEAR = "theme => { document.documentElement.dataset.theme = theme }"


def look_at(page: Page, name: str) -> list[Any]:
    """Take pictures of the frame in each theme, and return the rules that it breaks there."""
    found: list[Any] = []
    for theme in each_theme(page, name):
        found += [(theme, *broken) for broken in axe.violations(page.frames[1])]
    return found


def each_theme(page: Page, name: str) -> Iterator[str]:
    """Let the frame wear one theme after the other, and take pictures of it."""
    for theme in THEMES:
        page.frames[1].evaluate(_WEAR, theme)
        settle(page)
        take(page, f"{name}-{theme}")
        yield theme
