"""The control API of the sandbox's Commerce7: commands, faults, public settings, users."""

from typing import Any

from flask import Blueprint, request

from tests.sandbox import fault_control
from tests.sandbox.books import NothingToDoError
from tests.sandbox.courier import Trouble
from tests.sandbox.state import sandbox
from tests.sandbox.webhooks import Topic

Answer = tuple[dict[str, Any], int]

blueprint = Blueprint("commerce7_control", __name__, url_prefix="/commerce7")


@blueprint.post("/orders")
@blueprint.post("/signals")
def command() -> Answer:
    """Make an object, or change an earlier one, and return the service's answers."""
    shop = sandbox().commerce7.shop
    wish = request.get_json(silent=True)
    kind = wish.get("kind") if isinstance(wish, dict) else None
    if kind not in shop.commands:
        return {"message": f"kind must be one of: {', '.join(shop.commands)}"}, 400
    try:
        outcome = shop.perform(kind)
    except NothingToDoError as nothing:
        return {"message": str(nothing)}, 409
    made = {"object": outcome.object}
    if outcome.topic is Topic.ORDER:
        made["order"] = outcome.object
    return {**made, "webhooks": [delivery.as_json() for delivery in outcome.deliveries]}, 201


@blueprint.post("/_control")
def control() -> Answer:
    """Plan a fault of the API, or end it."""
    return fault_control.plan_from_json(sandbox().commerce7.faults)


@blueprint.post("/_webhooks")
def trouble_webhooks() -> Answer:
    """Lose, repeat and reorder webhooks from now on; deliver what was held back until now."""
    courier, wish = sandbox().commerce7.shop.courier, request.get_json()
    trouble = Trouble(
        lost=wish.get("lost", 0.0),
        repeated=wish.get("repeated", 0.0),
        is_reordered=wish.get("is_reordered", False),
    )
    courier.change(trouble)
    return {"lost": courier.lost, "failed": len(courier.failed)}, 200


@blueprint.post("/_lists")
def change_lists() -> Answer:
    """Say whether the lists take what is not documented of them."""
    manners, wish = sandbox().commerce7.lists, request.get_json()
    manners.takes_times = manners.takes_cursors = wish.get("is_exact") is True
    return {"is_exact": manners.takes_times}, 200


@blueprint.post("/_settings")
def change_settings() -> Answer:
    """Replace some of the public settings, and return all of them."""
    changes = request.get_json(silent=True)
    if not isinstance(changes, dict):
        return {"message": "the body must be a JSON object: settings and their new values"}, 400
    return sandbox().commerce7.settings.merge(changes), 200


@blueprint.post("/_app")
def change_app() -> Answer:
    """Install or remove the app, or only send that call, and return the service's answer."""
    wish = request.get_json(silent=True)
    wish = wish if isinstance(wish, dict) else {}
    system, config = sandbox().commerce7.app, sandbox().config
    what, with_login = wish.get("do"), wish.get("login") is True
    if what not in {"install", "uninstall"}:
        return {"message": "do must be install or uninstall"}, 400
    if wish.get("only_tell") is True:
        answer = system.tell(what, config, with_login=with_login)
    elif what == "install":
        answer = system.install(config, with_login=with_login)
    else:
        answer = system.uninstall(config, with_login=with_login)
    return {"status": answer.status_code, "body": answer.json()}, 200


@blueprint.put("/_wineries/<tenant_id>")
def add_winery(tenant_id: str) -> tuple[str, int]:
    """Let another winery, without a shop here, have the app, without a call to the service."""
    sandbox().commerce7.app.others.add(tenant_id)
    return "", 204


@blueprint.post("/_users/<slug>/sign-in")
def sign_in(slug: str) -> Answer:
    """Return a new token of this user."""
    accounts, now = sandbox().commerce7.accounts, sandbox().config.clock()
    return {"account": accounts.sign_in(slug, now=now)}, 200


@blueprint.post("/_users/<slug>/sign-out")
def sign_out(slug: str) -> tuple[str, int]:
    """Invalidate all tokens of this user."""
    sandbox().commerce7.accounts.sign_out(slug)
    return "", 204


@blueprint.post("/_users/<slug>/role")
def change_role(slug: str) -> tuple[str, int]:
    """Give this user another role."""
    sandbox().commerce7.accounts.change_role(slug, request.get_json()["role"])
    return "", 204


@blueprint.get("/_calls")
def calls() -> dict[str, Any]:
    """Return the API's recorded requests, oldest first."""
    return {"calls": [call.as_json() for call in sandbox().commerce7.calls.all()]}


@blueprint.delete("/_calls")
def forget() -> tuple[str, int]:
    """Delete the API's recorded requests."""
    sandbox().commerce7.calls.clear()
    return "", 204
