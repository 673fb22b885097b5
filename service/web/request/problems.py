"""Error pages: what happened, and what to do."""

from dataclasses import dataclass

from flask import Response, make_response, render_template, request

from service.web.request.current import settings

RETRY_AFTER_SECONDS = "30"
_TRY_AGAIN = frozenset({429, 503})
_FROM_THE_MENU = "Open 1Pixel inside the Commerce7 admin: Apps, then 1Pixel."


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
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
        "This page was opened outside Commerce7, perhaps from a bookmark or in a tab of its own.",
        _FROM_THE_MENU,
    ),
)
SHARED_LINK = Problem(
    status=401,
    title="Open this link inside Commerce7",
    section="shared-link",
    advice=(
        "This link shows one event to people of its winery. It was opened outside Commerce7.",
        f"Copy the link. {_FROM_THE_MENU}",
        "Then open the Event Log and paste the link into its search field.",
    ),
)
UNAUTHORIZED = Problem(
    status=401,
    title="Unauthorized",
    section="unauthorized",
    advice=(
        "Commerce7 does not take you for a user of this winery; you may be signed out there.",
        "Sign in to the Commerce7 admin, then open 1Pixel from its Apps menu.",
    ),
)
TEMPLATE_NOT_FILLED = Problem(
    status=400,
    title="Commerce7 did not say which winery this is",
    section="frame-address",
    advice=(
        "The address of the app's frame holds {{tenantId}} as it is written, instead of a winery.",
        "Nobody at the winery did anything wrong: tell us, and we mend the app's entry.",
    ),
)
TWO_WINERIES = Problem(
    status=400,
    title="Two wineries at once",
    section="two-wineries",
    advice=("The address names two wineries, so we show none.", _FROM_THE_MENU),
)
NO_WINERY = Problem(
    status=400,
    title="Which winery?",
    section="which-winery",
    advice=("The address names no winery.", _FROM_THE_MENU),
)
NOT_INSTALLED = Problem(
    status=403,
    title="1Pixel is not installed for this winery",
    section="not-installed-here",
    advice=(
        "If you have just installed it, Commerce7 may need a moment: try again.",
        "Otherwise an Admin Owner installs it from the Commerce7 App Store.",
    ),
    can_retry=True,
)
NO_ANSWER = Problem(
    status=503,
    title="Commerce7 does not answer",
    section="commerce7-silent",
    advice=(
        "We ask Commerce7 who you are, and at the first visit whether 1Pixel is installed.",
        "It does not answer just now. Nothing is lost. Try again in a moment.",
    ),
    can_retry=True,
)
BUSY = Problem(
    status=503,
    title="Commerce7 is slow to answer",
    section="commerce7-slow",
    advice=(
        "We ask Commerce7 who you are before we show anything, and others wait for that already.",
        "Events are sent all the same. Try again in a minute.",
    ),
    can_retry=True,
)
TOO_MANY = Problem(
    status=429,
    title="Too many tries",
    section="too-many-tries",
    advice=("This was opened too often in a short time.", "Try again in a minute."),
    can_retry=True,
)
NO_DATA = Problem(
    status=503,
    title="1Pixel cannot reach its data",
    section="no-data",
    advice=("Nothing is lost.", "Try again in a minute."),
    can_retry=True,
)
NOTHING_HERE = Problem(
    status=404, title="There is nothing here", section="nothing-here", advice=(_FROM_THE_MENU,)
)
SOMETHING_WRONG = Problem(
    status=500,
    title="Something went wrong",
    section="something-wrong",
    advice=("Nothing is lost.", "Try again in a minute."),
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
