"""The documentation and the privacy page, public and never framed; and the Help tab.

The documentation is one page, so that it can be searched, and so that old links to `/docs#…` keep
working.
"""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, render_template
from msgspec import Struct

from service.domain.tenants.tenant import Role
from service.web.dashboard.forget import forget_view
from service.web.request.current import settings, static_folder
from service.web.request.guard import require_session, session, visited_tenant
from service.web.request.problems import theme

docs = Blueprint("docs", __name__)


class Section(Struct, frozen=True, kw_only=True):
    """A section of the documentation; its template is named after its anchor."""

    id: str
    title: str

    @property
    def template(self) -> str:
        """Return the path of its template."""
        return f"docs/{self.id}.html"


SECTIONS = (
    Section(id="requirements", title="Requirements"),
    Section(id="security", title="Security & tracking controls"),
    Section(id="setup", title="Initial setup (5 minutes)"),
    Section(id="tracked-events", title="Tracked events"),
    Section(id="snippet", title="Optional: Website Pixel Snippet"),
    Section(id="testing", title="Testing your connection"),
    Section(id="event-log", title="Reading the Event Log"),
    Section(id="match-quality", title="Event Match Quality"),
    Section(id="second-pixel", title="Dual pixel setup"),
    Section(id="limited-data-use", title="CCPA & Limited Data Use"),
    Section(id="faq", title="FAQ & troubleshooting"),
)


class PictureText(Struct, frozen=True, kw_only=True):
    """A picture's alternative text and caption."""

    alt: str
    caption: str


PICTURES: Mapping[str, PictureText] = MappingProxyType(
    {
        "setup": PictureText(
            alt="The setup steps: one of three done, a button for the next, and an optional one.",
            caption="The setup steps on the Overview.",
        ),
        "connection": PictureText(
            alt="Pixel ID, access token, Test Connection, and below: Pixel credentials verified.",
            caption="A verified connection.",
        ),
        "simulate": PictureText(
            alt="Nine buttons, one for each event, and Meta's answer below them.",
            caption="A simulated event that Meta accepted.",
        ),
        "snippet": PictureText(
            alt="The snippet's line of code with a button to copy it.",
            caption="The snippet in the Configuration tab.",
        ),
        "log": PictureText(
            alt="The Event Log: rows with event, order number, channel, value, status and age.",
            caption="The Event Log.",
        ),
        "row": PictureText(
            alt="An opened row: what to do, a timeline, what was sent, and the matching fields.",
            caption="An opened row.",
        ),
        "receipt": PictureText(
            alt="The receipt: pixel, time, Meta's answer, and Meta's trace ID.",
            caption="Meta's receipt on the page of an event.",
        ),
        "second-pixel": PictureText(
            alt="The Secondary Pixel's own Pixel ID and access token.",
            caption="The secondary pixel in the Configuration tab.",
        ),
    }
)
"""Pictures that the documentation shows if they exist: `static/img/docs/<name>.webp`, or `.png`."""

_FORMATS = (".webp", ".png")


class Picture(Struct, frozen=True, kw_only=True):
    """A picture that exists; `file` is its path in the static folder."""

    file: str
    alt: str
    caption: str


class HelpFor(Struct, frozen=True, kw_only=True):
    """What the Help tab shows: what support needs to know of a winery, and support's address."""

    tenant_id: str
    role: str
    pixel_ids: Mapping[Role, str]
    graph_version: str
    support_email: str


@docs.get("/docs")
def documentation() -> str:
    """Show the documentation."""
    return render_template(
        "docs/index.html",
        sections=SECTIONS,
        pictures=_pictures(),
        write_roles=settings().write_roles,
        base_url=settings().base_url,
        **_common(),
    )


@docs.get("/privacy")
def privacy() -> str:
    """Show the privacy page: which data is kept, and for how long."""
    return render_template("docs/privacy.html", **_common())


@docs.get("/help")
def help_tab() -> str:
    """Return the Help tab's fragment; the only page here that needs a session."""
    require_session()
    return render_template("dashboard/_help.html", **help_view())


def help_view() -> Mapping[str, object]:
    """Return what the Help tab's template shows."""
    tenant = visited_tenant(is_fresh=True)
    return {
        "help": HelpFor(
            tenant_id=tenant.id,
            role=session().staff.role or "none",
            pixel_ids={role: tenant.settings.pixel_of(role) for role in Role},
            graph_version=settings().meta_graph_version,
            support_email=settings().support_email,
        ),
        **forget_view(),
    }


def _common() -> Mapping[str, object]:
    return {
        "support_email": settings().support_email,
        "grace_hours": f"{settings().uninstall_grace_hours:g}",
        "theme": theme(),
    }


def _pictures() -> Mapping[str, Picture]:
    folder = static_folder()
    found = {}
    for name, words in PICTURES.items():
        files = (f"img/docs/{name}{ending}" for ending in _FORMATS)
        if file := next((each for each in files if (folder / each).is_file()), None):
            found[name] = Picture(file=file, alt=words.alt, caption=words.caption)
    return found
