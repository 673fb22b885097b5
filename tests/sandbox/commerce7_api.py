"""Commerce7's REST API, as far as the service uses it.

Reference: Commerce7's developer documentation, "Commerce7 APIs": HTTP Basic with the app's id
and secret, the winery in a `tenant` header, 100 requests a minute. The public settings need the
header only.
"""

import time
from http import HTTPStatus

from flask import Blueprint, Response, g, jsonify, request

from tests.sandbox.calls import Call
from tests.sandbox.commerce7_errors import error
from tests.sandbox.commerce7_faults import API_ANSWERS, WAITS, ApiFaultMode
from tests.sandbox.commerce7_lists import NotTakenError, page
from tests.sandbox.faults import Fault, hang_up
from tests.sandbox.order_parts import Json
from tests.sandbox.state import sandbox
from tests.sandbox.webhooks import Topic

_WITHOUT_OUR_KEY = {"commerce7_api.get_public_settings", "commerce7_api.get_user"}
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

blueprint = Blueprint("commerce7_api", __name__, url_prefix="/commerce7/v1")


@blueprint.before_request
def receive() -> Response | None:
    """Count the request, apply a planned fault, and refuse wrong logins and too many requests."""
    system, now = sandbox().commerce7, sandbox().config.clock()
    is_private = request.endpoint not in _WITHOUT_OUR_KEY
    is_ours = is_private and _is_our_app()
    wait = system.limit.admit(now) if is_ours else None
    is_unplanned = system.lists.is_silent and "updatedAt" in request.args
    fault = g.fault = None if is_unplanned else system.faults.take()
    if fault and fault.mode in API_ANSWERS:
        return API_ANSWERS[fault.mode].response()
    if is_private and not is_ours:
        return error(HTTPStatus.UNAUTHORIZED).response()
    if wait is not None:
        return error(HTTPStatus.TOO_MANY_REQUESTS, retry_after=wait).response()
    return None


@blueprint.after_request
def answer(response: Response) -> Response:
    """Record the request, then answer it; late or never, if such a fault is planned."""
    fault: Fault[ApiFaultMode] | None = g.fault
    is_dropped = fault is not None and fault.mode is ApiFaultMode.RESET
    sandbox().commerce7.calls.keep(
        Call(
            at=sandbox().config.clock(),
            path=request.path.removeprefix("/commerce7"),
            status=None if is_dropped else response.status_code,
            fault=fault.mode if fault else None,
            tenant=request.headers.get("tenant", ""),
        )
    )
    if is_dropped:
        hang_up(request.environ["werkzeug.socket"])
    if fault and fault.mode in WAITS:
        time.sleep(fault.seconds)
    return response


@blueprint.get("/account/user")
def get_user() -> Response:
    """Return the user whose account token is, without a scheme, in the Authorization header."""
    account = sandbox().commerce7.accounts.whose(request.headers.get("Authorization", ""))
    if account is None or request.headers.get("tenant") != sandbox().config.tenant_id:
        return error(HTTPStatus.UNAUTHORIZED).response()
    return jsonify(account.as_json())


@blueprint.get("/order")
def list_orders() -> Response:
    """Return a page of the orders."""
    return _listed(Topic.ORDER, "orders")


@blueprint.get("/club-membership")
def list_memberships() -> Response:
    """Return a page of the memberships."""
    return _listed(Topic.MEMBERSHIP, "clubMemberships")


@blueprint.get("/reservation")
def list_reservations() -> Response:
    """Return a page of the reservations."""
    return _listed(Topic.RESERVATION, "reservations")


@blueprint.get("/customer")
def list_customers() -> Response:
    """Return a page of the customers that the commands have made."""
    return _listed(Topic.CUSTOMER, "customers")


@blueprint.get("/web-hook-log")
def list_webhooks() -> Response:
    """Return a page of the log of failed webhooks; of those that succeeded none is kept here."""
    failed = sandbox().commerce7.shop.courier.failed
    is_failures = request.args.get("isSuccess") == "false"
    return _page_of("webHookLogs", [entry for _, entry in reversed(failed)] if is_failures else [])


@blueprint.get("/order/<order_id>")
def get_order(order_id: str) -> Response:
    """Return an order as it is now."""
    return _found(sandbox().commerce7.shop.find(Topic.ORDER, order_id))


@blueprint.get("/club-membership/<membership_id>")
def get_membership(membership_id: str) -> Response:
    """Return a membership as it is now; a deleted one is not found."""
    return _found(sandbox().commerce7.shop.find(Topic.MEMBERSHIP, membership_id))


@blueprint.get("/reservation/<reservation_id>")
def get_reservation(reservation_id: str) -> Response:
    """Return a reservation as it is now."""
    return _found(sandbox().commerce7.shop.find(Topic.RESERVATION, reservation_id))


@blueprint.get("/customer/<customer_id>")
def get_customer(customer_id: str) -> Response:
    """Return the shop's record of a person."""
    return _found(sandbox().commerce7.shop.find(Topic.CUSTOMER, customer_id))


@blueprint.get("/customer/<customer_id>/address")
def get_addresses(customer_id: str) -> Response:
    """Return a person's address book."""
    return _found(sandbox().commerce7.shop.addresses(customer_id))


@blueprint.get("/setting/for-web")
def get_public_settings() -> Response:
    """Return the shop's public settings."""
    is_known = request.headers.get("tenant") == sandbox().config.tenant_id
    is_of_this_shape = request.args.get("version") == "V2"
    return _found(sandbox().commerce7.settings.for_web() if is_known and is_of_this_shape else None)


@blueprint.route("/<path:_unknown>", methods=_METHODS)
def refuse_path(_unknown: str) -> Response:
    """Refuse all other addresses."""
    return _found(None)


def _listed(topic: Topic, name: str) -> Response:
    """Return a page of the objects, the newest first.

    `q` finds what has the text in its number, so it finds more than one exact number.
    """
    records = sandbox().commerce7.shop.records()
    objects = [each.object for each in records if each.topic is topic and not each.is_deleted]
    if text := request.args.get("q"):
        objects = [each for each in objects if text in str(each.get("orderNumber"))]
    return _page_of(name, objects)


def _page_of(name: str, objects: list[Json]) -> Response:
    try:
        return jsonify(page(name, objects, request.args.to_dict(), sandbox().commerce7.lists))
    except (NotTakenError, ValueError):
        return error(HTTPStatus.UNPROCESSABLE_ENTITY).response()


def _found(answer: Json | None) -> Response:
    return error(HTTPStatus.NOT_FOUND).response() if answer is None else jsonify(answer)


def _is_our_app() -> bool:
    config, caller = sandbox().config, request.authorization
    known = ("basic", config.app_id, config.app_secret)
    if caller is None or (caller.type, caller.username, caller.password) != known:
        return False
    app, tenant_id = sandbox().commerce7.app, request.headers.get("tenant")
    return tenant_id in app.others or (app.is_installed and tenant_id == config.tenant_id)
