"""Bare Flask routes: one insert of the body, one Firestore create of it, one empty answer."""

import os
import sqlite3
from functools import cache
from threading import Lock
from typing import Any
from uuid import uuid4

from flask import Flask, Response, jsonify, request

app = Flask(__name__)
_lock = Lock()


@app.get("/readyz")
def ready() -> Response:
    """Say that the process serves."""
    return jsonify(ready=True)


@app.post("/sqlite")
def keep_in_sqlite() -> Response:
    """Insert the body, with the pragmas of the service's file, and one connection that writes."""
    body = request.get_data()
    with _lock:
        _connection().execute("INSERT INTO bodies (body) VALUES (?)", (body,))
    return jsonify(result="recorded")


@app.post("/firestore")
def keep_in_firestore() -> Response:
    """Create one document with the body."""
    _client().collection("bodies").document(uuid4().hex).create(
        {"body": request.get_data().decode()}
    )
    return jsonify(result="recorded")


@app.post("/collect")
def collect() -> tuple[str, int]:
    """Read the body, and answer nothing."""
    request.get_data()
    return "", 204


@cache
def _connection() -> sqlite3.Connection:
    connection = sqlite3.connect(
        os.environ["SQLITE_PATH"], timeout=5, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")
    return connection


@cache
def _client() -> Any:
    from google.cloud import firestore  # noqa: PLC0415 - half a second, for one route

    return firestore.Client(project=os.environ["GOOGLE_CLOUD_PROJECT"])
