"""Accessibility checks by axe-core: WCAG 2.2 AA and its own best practices.

Reference: axe-core's API documentation, `axe.run`.
"""

from functools import cache
from typing import Any

from playwright.sync_api import Frame

from tests.e2e.launch import ROOT

# What lies under a sticky bar is reached by scrolling, but axe calls it too small to be clicked.
# For its look, sticky parts stand where they are in the page.
_LOOK = """async () => {
  const all = [...document.querySelectorAll("*")];
  const sticky = all.filter((each) => getComputedStyle(each).position === "sticky");
  sticky.forEach((each) => each.style.setProperty("position", "relative", "important"));
  const found = await axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    resultTypes: ["violations"],
  });
  sticky.forEach((each) => each.style.removeProperty("position"));
  const told = (each) => each.html + each.failureSummary;
  return found.violations.map(({ id, nodes }) => [id, nodes.map(told)]);
}"""


@cache
def _source() -> str:
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text()


def violations(frame: Frame) -> list[Any]:
    """Return every broken rule, with the elements that break it."""
    if not frame.evaluate("'axe' in window"):
        frame.evaluate(_source())
    found: list[Any] = frame.evaluate(_LOOK)
    return found


def overflow(frame: Frame) -> int:
    """Return by how many pixels the page is wider than its window."""
    wider: int = frame.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider
