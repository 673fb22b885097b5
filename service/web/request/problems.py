"""Error pages: what happened, and what to do."""

from flask import Response, make_response, render_template, request
from msgspec import Struct

from service.web.request.current import settings

RETRY_AFTER_SECONDS = "30"
_TRY_AGAIN = frozenset({429, 503})
_FROM_THE_MENU = "In the Commerce7 admin choose Apps, then 1Pixel."


class Problem(Struct, frozen=True, kw_only=True):
    """An error page. `section` is its section of the documentation; `can_retry` shows a button."""

    status: int
    title: str
    section: str
    advice: tuple[str, ...]
    can_retry: bool = False


OUTSIDE = Problem(
    status=401,
    title="Missing frame signature",
    section="missing-frame-signature",
    advice=(
        "This page was opened outside Commerce7, for example from a bookmark.",
        _FROM_THE_MENU,
    ),
)
SHARED_LINK = Problem(
    status=401,
    title="Open this link inside Commerce7",
    section="shared-link",
    advice=(
        "This link shows one event to staff of its winery. It was opened outside Commerce7.",
        f"Copy the link. {_FROM_THE_MENU}",
        "Then open the Event Log and paste the link into its search field.",
    ),
)
UNAUTHORIZED = Problem(
    status=401,
    title="Unauthorized",
    section="unauthorized",
    advice=(
        "Commerce7 could not confirm your account for this winery. You may be signed out.",
        "Sign in to the Commerce7 admin, then open 1Pixel from its Apps menu.",
    ),
)
TEMPLATE_NOT_FILLED = Problem(
    status=400,
    title="Commerce7 did not say which winery this is",
    section="frame-address",
    advice=(
        "The page address has {{tenantId}} where the winery's ID should be.",
        "Contact support. This is an error in the app's entry at Commerce7, not in your settings.",
    ),
)
TWO_WINERIES = Problem(
    status=400,
    title="Two wineries in one link",
    section="two-wineries",
    advice=("The page address has two winery IDs, so neither is shown.", _FROM_THE_MENU),
)
NO_WINERY = Problem(
    status=400,
    title="No winery in this link",
    section="which-winery",
    advice=("The page address has no winery ID.", _FROM_THE_MENU),
)
NOT_INSTALLED = Problem(
    status=403,
    title="1Pixel is not installed for this winery",
    section="not-installed-here",
    advice=(
        "If you have just installed it, wait a moment and try again.",
        "Otherwise ask an Admin Owner to install it from the Commerce7 App Store.",
    ),
    can_retry=True,
)
NO_ANSWER = Problem(
    status=503,
    title="Commerce7 is not responding",
    section="commerce7-silent",
    advice=(
        "1Pixel could not check your account with Commerce7.",
        "No event is lost. Try again in a moment.",
    ),
    can_retry=True,
)
BUSY = Problem(
    status=503,
    title="Commerce7 is slow to respond",
    section="commerce7-slow",
    advice=(
        "Commerce7 confirms each user before 1Pixel opens, and others are already waiting.",
        "Events are still sent. Try again in a minute.",
    ),
    can_retry=True,
)
TOO_MANY = Problem(
    status=429,
    title="Too many attempts",
    section="too-many-tries",
    advice=("This page was opened too many times.", "Try again in a minute."),
    can_retry=True,
)
NO_DATA = Problem(
    status=503,
    title="1Pixel cannot load your data",
    section="no-data",
    advice=("No event is lost.", "Try again in a minute."),
    can_retry=True,
)
NOTHING_HERE = Problem(
    status=404, title="Page not found", section="nothing-here", advice=(_FROM_THE_MENU,)
)
SOMETHING_WRONG = Problem(
    status=500,
    title="Something went wrong",
    section="something-wrong",
    advice=("No event is lost.", "Try again in a minute."),
    can_retry=True,
)
BY_STATUS = {
    problem.status: problem
    for problem in (NO_WINERY, OUTSIDE, NOTHING_HERE, TOO_MANY, NO_DATA, SOMETHING_WRONG)
}


def page_for(problem: Problem, *, tenant_id: str | None = None) -> Response:
    """Return the page, with a link to the winery's admin if `tenant_id` is given."""
    response = make_response(
        render_template(
            "problem.html",
            problem=problem,
            admin_url=settings().admin_url(tenant_id) if tenant_id else None,
            support_email=settings().support_email,
            theme=theme(),
        )
    )
    response.status_code = problem.status
    if problem.status in _TRY_AGAIN:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def theme() -> str | None:
    """Return the admin's theme from the frame's address; `None` to follow the browser's."""
    asked = request.args.get("adminUITheme")
    return asked if asked in {"dark", "light"} else None
