"""POST from Commerce7 when a winery installs the app or removes it.

Commerce7 often sends no login here, so by default none is needed, and a call without ours is
confirmed first (docs/adr/0011-installs-are-confirmed-with-our-api-key.md). The answer says nothing
of the winery, since strangers ask, too.
"""

import logging

from flask import Blueprint, Response, abort, jsonify, request

from service.commerce7.json_text import NotJsonError
from service.commerce7.lifecycle import parse_lifecycle_call
from service.usecases.tenants.record_install import record_install, record_uninstall
from service.web.request.alarms import raise_alarm
from service.web.request.body import read_body
from service.web.request.caller import client_network, shows_login
from service.web.request.current import limits, now, services, settings

MOST_BYTES = 64 * 1024

lifecycle = Blueprint("lifecycle", __name__)
log = logging.getLogger(__name__)


@lifecycle.post("/auth/install")
def install() -> tuple[Response, int]:
    """Record that a winery has installed the app."""
    is_proven, tenant_id = _checked_call()
    if is_proven or not _is_repeated("install", tenant_id):
        noted = record_install(
            tenant_id,
            is_proven=is_proven,
            now=now(),
            services=services(),
            refused_at=limits().refused_installs.time_of(tenant_id, now=now()),
        )
        log.info("install.recorded", extra={"tenant": tenant_id, "status": noted.state})
    return _noted()


@lifecycle.post("/auth/uninstall")
def uninstall() -> tuple[Response, int]:
    """Record a reported uninstall."""
    is_proven, tenant_id = _checked_call()
    if is_proven or not _is_repeated("uninstall", tenant_id):
        noted = record_uninstall(tenant_id, now=now(), services=services())
        log.info("uninstall.recorded", extra={"tenant": tenant_id, "status": noted and noted.state})
    return _noted()


def _checked_call() -> tuple[bool, str]:
    """Return whether the caller is proven to be Commerce7, and the winery of the call.

    A network over its budget gets 503, which asks for a repetition: its report may be news, and is
    not recorded.
    """
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
    if not is_proven and limits().unproven_installs.retry_after(client_network(), now=now()):
        log.warning("install.flood")
        abort(503)
    if not is_proven and "Authorization" in request.headers:
        raise_alarm("install.wrong_login", tenant_id=tenant_id)
    return is_proven, tenant_id


def _is_repeated(report: str, tenant_id: str) -> bool:
    """Tell whether the winery is over its budget of unproven reports of this kind.

    Then the same report was recorded some seconds ago, so this one is answered as that was, and
    costs nothing. A refusal would lose a true one among forged ones.
    """
    key = f"{report}/{tenant_id}"
    return limits().repeated_installs.retry_after(key, now=now()) is not None


def _noted() -> tuple[Response, int]:
    return jsonify(result="noted"), 200
