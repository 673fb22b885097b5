"""POST from Commerce7 when a winery installs the app or removes it.

Commerce7 often sends no login here, so by default none is needed, and a call without ours is
confirmed first (docs/adr/0011-installs-are-confirmed-with-our-api-key.md).
"""

import logging

from flask import Blueprint, Response, abort, jsonify, request

from service.commerce7.json_text import NotJsonError
from service.commerce7.lifecycle import parse_lifecycle_call
from service.usecases.tenants.record_install import record_install, record_uninstall
from service.web.request.alarms import raise_alarm
from service.web.request.body import read_body
from service.web.request.caller import shows_login
from service.web.request.current import limits, now, services, settings

MOST_BYTES = 64 * 1024
_ALL_WINERIES = "all wineries"

lifecycle = Blueprint("lifecycle", __name__)
log = logging.getLogger(__name__)


@lifecycle.post("/auth/install")
def install() -> tuple[Response, int]:
    """Record that a winery has installed the app."""
    is_proven, tenant_id = _checked_call()
    noted = record_install(tenant_id, is_proven=is_proven, now=now(), services=services())
    log.info("install.recorded", extra={"tenant": tenant_id, "status": noted.state})
    return jsonify(result=str(noted.state)), 200


@lifecycle.post("/auth/uninstall")
def uninstall() -> tuple[Response, int]:
    """Record a reported uninstall; answer success for an unknown winery too."""
    _, tenant_id = _checked_call()
    noted = record_uninstall(tenant_id, now=now(), services=services())
    log.info("uninstall.recorded", extra={"tenant": tenant_id, "status": noted and noted.state})
    return jsonify(result="noted"), 200


def _checked_call() -> tuple[bool, str]:
    """Return whether the caller is proven to be Commerce7, and the winery of the call."""
    is_proven = shows_login(f"{settings().c7_app_id}:{settings().c7_app_secret}")
    if not is_proven and settings().c7_require_install_auth:
        log.warning("install.refused")
        abort(401)
    try:
        tenant_id = parse_lifecycle_call(read_body(most=MOST_BYTES))
    except NotJsonError:
        abort(400)
    if tenant_id is None:
        abort(422)
    if not is_proven and limits().unproven_installs.retry_after(_ALL_WINERIES, now=now()):
        log.warning("install.flood")
        abort(503)
    if not is_proven and "Authorization" in request.headers:
        raise_alarm("install.wrong_login", tenant_id=tenant_id)
    return is_proven, tenant_id
