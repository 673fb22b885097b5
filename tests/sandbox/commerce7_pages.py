"""Pages of Commerce7's admin, with buttons that make objects and so send webhooks."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from tests.sandbox import fault_control
from tests.sandbox.accounts import USERS
from tests.sandbox.books import NothingToDoError
from tests.sandbox.commerce7_rows import row
from tests.sandbox.orders import OrderKind
from tests.sandbox.state import sandbox

NEW_ORDERS: Mapping[str, str] = {
    OrderKind.WEB: "Web order",
    OrderKind.POS: "POS order",
    OrderKind.POS_ANONYMOUS: "POS order, no customer",
    OrderKind.POS_NO_EMAIL: "POS order, customer without e-mail",
    OrderKind.OWN: "POS order of the tasting room itself",
    OrderKind.INBOUND: "Inbound order, by staff",
    OrderKind.CLUB: "Club shipment",
    OrderKind.UNPAID: "Unpaid web order",
    OrderKind.GIFT: "Gift to another state",
    OrderKind.CALIFORNIA: "California order",
}
BUTTONS: Mapping[str, Mapping[str, str]] = {
    "New order": NEW_ORDERS,
    "Orders, then": {
        "pay": "Pay the last unpaid order",
        "refund": "Refund the last paid order",
    },
    "Customers": {
        "signup": "Sign up in the web shop",
        "signup-by-staff": "Customer entered by staff",
    },
    "Wine club": {
        "join": "Join the club",
        "join-again": "Join again after a cancellation",
        "leave": "Cancel the last active membership",
        "delete-membership": "Delete the last membership",
    },
    "Reservations": {
        "book": "Book on the web and pay",
        "book-by-phone": "Book by phone",
    },
    "Whatever it was": {"repeat": "Send the last webhook again"},
}

blueprint = Blueprint("commerce7_pages", __name__, url_prefix="/commerce7")


@blueprint.get("/")
def admin() -> str:
    """Show the buttons and the objects that they have made."""
    return _page()


@blueprint.post("/")
def press() -> Response | tuple[str, int]:
    """Run a button's command, then redirect to the page, so that a reload repeats nothing."""
    shop = sandbox().commerce7.shop
    command = request.form.get("command", "")
    if command not in shop.commands:
        abort(400, "There is no such button.")
    try:
        shop.perform(command)
    except NothingToDoError as nothing:
        return _page(notice=str(nothing)), 409
    return redirect(url_for("commerce7_pages.admin"), 303)


@blueprint.get("/admin/<tenant_id>")
def open_app(tenant_id: str) -> str:
    """Show the app in its frame, as the admin's Apps menu does, to the chosen user."""
    systems = sandbox()
    slug = request.args.get("as", USERS[0].slug)
    if tenant_id != systems.config.tenant_id or slug not in {user.slug for user in USERS}:
        abort(404)
    token = systems.commerce7.accounts.sign_in(slug, now=systems.config.clock())
    query = {"tenantId": tenant_id, "account": token}
    theme = request.args.get("theme")
    if theme in {"dark", "light"}:
        query["adminUITheme"] = theme
    return render_template(
        "admin_frame.html",
        config=systems.config,
        users=USERS,
        user=next(user for user in USERS if user.slug == slug),
        theme=theme or "",
        is_installed=systems.commerce7.app.is_installed,
        frame_url=f"{systems.config.service_url}/?{urlencode(query)}",
    )


@blueprint.post("/admin/<tenant_id>")
def change_app(tenant_id: str) -> Response:
    """Install or remove the app, or sign a user out."""
    systems = sandbox()
    app, what = systems.commerce7.app, request.form.get("do", "")
    if what == "install":
        app.install(systems.config)
    elif what == "uninstall":
        app.uninstall(systems.config)
    elif what == "sign-out":
        for user in USERS:
            systems.commerce7.accounts.sign_out(user.slug)
        return redirect(url_for("commerce7_pages.admin"), 303)
    return redirect(url_for("commerce7_pages.open_app", tenant_id=tenant_id), 303)


@blueprint.post("/mood")
def change_mood() -> Response:
    """Plan or end a fault of the API, then show the page anew."""
    fault_control.plan_from_form(sandbox().commerce7.faults)
    return redirect(url_for("commerce7_pages.admin"), 303)


def _page(notice: str = "") -> str:
    systems = sandbox()
    return render_template(
        "commerce7.html",
        config=systems.config,
        notice=notice,
        buttons=BUTTONS,
        faults=systems.commerce7.faults,
        rows=[row(record) for record in systems.commerce7.shop.records()],
    )
