"""POST from Commerce7 when a winery installs the app or removes it.

Commerce7 often shows no login here, so by default nobody needs one, and nobody is believed
(docs/adr/0011-installs-are-confirmed-with-our-api-key.md).
"""

import logging

from flask import Blueprint, Response, abort, jsonify, request

from service.commerce7.json_text import NotJsonError
from service.commerce7.lifecycle import parse_lifecycle_call
from service.usecases.tenants.record_install import record_install, record_uninstall
from service.web.request.body import read_body
from service.web.request.caller import shows_login
from service.web.request.current import limits, now, services, settings

MOST_BYTES = 64 * 1024
_EVERYBODY = "everybody"

lifecycle = Blueprint("lifecycle", __name__)
log = logging.getLogger(__name__)


@lifecycle.post("/auth/install")
def install() -> tuple[Response, int]:
    """Note that a winery has installed us."""
    is_proven, tenant_id = _told()
    noted = record_install(tenant_id, is_proven=is_proven, now=now(), services=services())
    log.info("install.noted", extra={"tenant": tenant_id, "status": noted.state})
    return jsonify(result=str(noted.state)), 200


@lifecycle.post("/auth/uninstall")
def uninstall() -> tuple[Response, int]:
    """Note that a winery is said to have removed us; whoever we do not know has."""
    _, tenant_id = _told()
    noted = record_uninstall(tenant_id, now=now(), services=services())
    log.info("uninstall.noted", extra={"tenant": tenant_id, "status": noted and noted.state})
    return jsonify(result="noted"), 200


def _told() -> tuple[bool, str]:
    """Return whether the caller has proven to be Commerce7, and which winery they speak of."""
    is_proven = shows_login(f"{settings().c7_app_id}:{settings().c7_app_secret}")
    if not is_proven and ("Authorization" in request.headers or settings().c7_require_install_auth):
        log.warning("install.refused")
        abort(401)
    try:
        tenant_id = parse_lifecycle_call(read_body(most=MOST_BYTES))
    except NotJsonError:
        abort(400)
    if tenant_id is None:
        abort(422)
    if not is_proven and limits().unproven_installs.retry_after(_EVERYBODY, now=now()):
        log.warning("install.flood")
        abort(503)
    return is_proven, tenant_id
