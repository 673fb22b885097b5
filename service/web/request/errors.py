"""Answers to errors: a page for a browser, JSON for every other caller."""

import logging

from flask import Flask, Response, jsonify
from htmx_flask import request
from werkzeug.exceptions import HTTPException

from service.infra.logs import exception_fields
from service.ports import StoreUnavailableError
from service.web.request.problems import (
    BY_STATUS,
    RETRY_AFTER_SECONDS,
    SOMETHING_WRONG,
    page_for,
)

log = logging.getLogger(__name__)

_TRY_AGAIN = 503


def register_errors(app: Flask) -> None:
    """Register the app's error handlers."""
    app.register_error_handler(StoreUnavailableError, _store_unavailable)
    app.register_error_handler(HTTPException, _http_error)


def _store_unavailable(error: StoreUnavailableError) -> Response:
    log.error("store.unavailable", extra=exception_fields(error))
    return _answer(503, "not recorded")


def _http_error(error: HTTPException) -> Response:
    return _answer(error.code or 500, error.name.lower())


def _answer(status: int, result: str) -> Response:
    # A tab's address is fetched by htmx inside the dashboard, or opened on its own in a browser.
    # Only the latter gets a page.
    if request.accept_mimetypes.accept_html and request.method == "GET" and not request.htmx:
        response = page_for(BY_STATUS.get(status, SOMETHING_WRONG))
    else:
        response = jsonify(result=result)
    response.status_code = status
    response.vary.add("HX-Request")
    if status == _TRY_AGAIN:
        response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response
