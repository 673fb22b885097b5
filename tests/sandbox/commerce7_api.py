"""Commerce7's REST API, as far as the service asks it, and a command for tests.

Reference: Commerce7's developer documentation, "Commerce7 APIs": HTTP Basic with the app's id
and secret, and the winery in a `tenant` header.
"""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, request

from tests.sandbox.customers import customer
from tests.sandbox.people import EVERYBODY
from tests.sandbox.shop import NothingToDoError
from tests.sandbox.state import sandbox

Answer = tuple[dict[str, Any], int]

blueprint = Blueprint("commerce7_api", __name__, url_prefix="/commerce7")


@blueprint.post("/orders")
def command() -> Answer:
    """Make an order, or pay, refund or repeat one, and say what the service answered."""
    shop = sandbox().shop
    wish = request.get_json(silent=True)
    kind = wish.get("kind") if isinstance(wish, dict) else None
    if kind not in shop.commands:
        return {"message": f"kind must be one of: {', '.join(shop.commands)}"}, 400
    try:
        outcome = shop.perform(kind)
    except NothingToDoError as nothing:
        return {"message": str(nothing)}, 409
    webhooks = [delivery.as_json() for delivery in outcome.deliveries]
    return {"order": outcome.order, "webhooks": webhooks}, 201


@blueprint.get("/v1/order/<order_id>")
def get_order(order_id: str) -> Answer:
    """Return an order as it is now."""
    if not _is_our_app():
        return _error(HTTPStatus.UNAUTHORIZED)
    order = sandbox().shop.order(order_id)
    return (order, 200) if order else _error(HTTPStatus.NOT_FOUND)


@blueprint.get("/v1/customer/<customer_id>")
def get_customer(customer_id: str) -> Answer:
    """Return the shop's record of a person."""
    if not _is_our_app():
        return _error(HTTPStatus.UNAUTHORIZED)
    now = sandbox().config.clock()
    found = (each for each in EVERYBODY if each.customer_id == customer_id)
    person = next(found, None)
    return (customer(person, now=now), 200) if person else _error(HTTPStatus.NOT_FOUND)


@blueprint.get("/v1/<path:_unknown>")
def get_nothing(_unknown: str) -> Answer:
    """Refuse what this Commerce7 does not have."""
    return _error(HTTPStatus.NOT_FOUND if _is_our_app() else HTTPStatus.UNAUTHORIZED)


def _is_our_app() -> bool:
    config, caller = sandbox().config, request.authorization
    known = ("basic", config.app_id, config.app_secret)
    if caller is None or (caller.type, caller.username, caller.password) != known:
        return False
    return request.headers.get("tenant") == config.tenant_id


def _error(status: HTTPStatus) -> Answer:
    type_ = "unauthorized" if status is HTTPStatus.UNAUTHORIZED else "notFound"
    body = {"statusCode": status, "type": type_, "message": status.phrase, "errors": []}
    return body, status
