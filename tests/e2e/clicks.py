"""How many clicks a task takes, counted by the browser and not by the test."""

from playwright.sync_api import BrowserContext

_COUNT = """
addEventListener("pointerdown", (event) => { if (event.isTrusted) countClick(); }, true);
"""


class Clicks:
    """Counts what a user clicks in every page and frame of the context that is opened from now on.

    What is pressed counts, since one click on a label is two click events.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.number = 0
        context.expose_function("countClick", self._count)
        context.add_init_script(_COUNT)

    def _count(self) -> None:
        self.number += 1

    def restart(self) -> None:
        """Begin the count anew, where a task begins."""
        self.number = 0
