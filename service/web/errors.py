"""Every error, in one table, told to whoever called."""

import logging

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from service.ports import StoreUnavailableError

log = logging.getLogger(__name__)

_TRY_AGAIN = 503
_RETRY_AFTER_SECONDS = "30"
_ADVICE = {
    400: ("This address is incomplete", "Open 1Pixel from the Apps menu in Commerce7."),
    401: ("Unauthorized", "Open 1Pixel from the Apps menu in Commerce7."),
    404: ("There is nothing here", "Open 1Pixel from the Apps menu in Commerce7."),
    503: ("1Pixel cannot reach its data", "Nothing is lost. Try again in a minute."),
}
_UNFORESEEN = ("Something went wrong", "Nothing is lost. Try again in a minute.")


def register_errors(app: Flask) -> None:
    """Teach the app to answer errors as pages to people and as JSON to machines."""
    app.register_error_handler(StoreUnavailableError, _store_unavailable)
    app.register_error_handler(HTTPException, _http_error)


def _store_unavailable(error: StoreUnavailableError) -> Response:
    log.error("store.unavailable", extra={"cause": type(error.__cause__).__name__})
    return _answer(503, "not recorded")


def _http_error(error: HTTPException) -> Response:
    return _answer(error.code or 500, error.name.lower())


def _answer(status: int, result: str) -> Response:
    if request.accept_mimetypes.accept_html and request.method == "GET":
        title, advice = _ADVICE.get(status, _UNFORESEEN)
        response = Response(render_template("error.html", title=title, advice=advice))
    else:
        response = jsonify(result=result)
    response.status_code = status
    if status == _TRY_AGAIN:
        response.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    return response
