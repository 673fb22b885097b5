"""The dashboard's tabs: what each is called, where its fragment is, and what its template shows.

A tab's own address returns its fragment; `GET /?tab=…` returns the page with the fragment in it.
"""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode, urlsplit

from flask import Flask
from msgspec import Struct

from service.web.configuration.views import configuration_view
from service.web.dashboard.docs import help_view
from service.web.dashboard.overview import overview_view
from service.web.eventlog.event_page import event_view
from service.web.eventlog.query import EVENT_PATH
from service.web.eventlog.views import eventlog_view
from service.web.request.guard import session


class Tab(Struct, frozen=True, kw_only=True):
    """One tab, or a page within a tab, whose address begins with the tab's.

    `view` returns the template's variables for the session of the request.
    """

    title: str
    path: str
    template: str
    view: Callable[[], Mapping[str, object]]

    @property
    def name(self) -> str:
        """Return the tab's name in the dashboard's address."""
        return self.path.removeprefix("/")

    def holds(self, page: "Tab") -> bool:
        """Tell whether the page is this tab, or within it."""
        return page.path == self.path or page.path.startswith(f"{self.path}/")


TABS = (
    Tab(
        title="Overview", path="/overview", template="dashboard/_overview.html", view=overview_view
    ),
    Tab(
        title="Configuration",
        path="/configuration",
        template="configuration/_configuration.html",
        view=configuration_view,
    ),
    Tab(
        title="Event Log", path="/activity", template="eventlog/_eventlog.html", view=eventlog_view
    ),
    Tab(title="Help", path="/help", template="dashboard/_help.html", view=help_view),
)

PAGES = (
    *TABS,
    Tab(title="Event", path=EVENT_PATH, template="eventlog/_event.html", view=event_view),
)
"""What the dashboard shows by its address: the tabs, and the pages within them."""


def tab_called(name: str | None) -> Tab:
    """Return the tab or page of this name; the first tab for an unknown name."""
    return next((tab for tab in PAGES if tab.name == name), TABS[0])


def tab_address(path: str) -> str:
    """Return the dashboard's address that shows this tab's path inside the page.

    static/js/dashboard/tabs.js reads and writes the same addresses.
    """
    asked = urlsplit(path)
    query = urlencode({"tenantId": session().tenant_id, "tab": asked.path.removeprefix("/")})
    return f"/?{query}" + (f"&{asked.query}" if asked.query else "")


def register_tabs(app: Flask) -> None:
    """Make `tab_address` available in every template."""
    app.jinja_env.globals["tab_address"] = tab_address
