"""Gives Firestore the indexes, expiry and rules of this repository.

Usage: gcloud auth print-access-token | python3 deploy/firestore.py PROJECT

gcloud itself can set neither rules nor the index of a single field across collections, so Google's
APIs are asked: Cloud Firestore Admin (indexes.create, fields.patch) and Firebase Rules. It may be
run again: what is there already is left alone.
"""

import json
import sys
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

ROOT = Path(__file__).parents[1]
FIRESTORE = "https://firestore.googleapis.com/v1"
RULES = "https://firebaserules.googleapis.com/v1"

Document = dict[str, Any]


class Asked(NamedTuple):
    """A request to an API."""

    method: str
    url: str
    document: Document


class Answer(NamedTuple):
    """What an API answered."""

    status: int
    document: Document


Send = Callable[[Asked], Answer]
"""Sends a request, and returns the answer."""


class RefusedError(Exception):
    """An API refused a request; the message has its reason."""


def apply(project: str, send: Send) -> Iterator[str]:
    """Apply indexes, expiry and rules; yield a line for each."""
    declared = json.loads((ROOT / "firestore.indexes.json").read_text())
    groups = f"{FIRESTORE}/projects/{project}/databases/(default)/collectionGroups"
    for index in declared["indexes"]:
        group = f"{groups}/{index['collectionGroup']}"
        asked = Asked("POST", f"{group}/indexes", _composite(index))
        _send(send, asked, unless=HTTPStatus.CONFLICT)
        fields = ", ".join(field["fieldPath"] for field in index["fields"])
        yield f"index of {index['collectionGroup']}: {fields}"
    for override in declared["fieldOverrides"]:
        name = f"{override['collectionGroup']}/fields/{override['fieldPath']}"
        mask = "indexConfig,ttlConfig" if override.get("ttl") else "indexConfig"
        _send(send, Asked("PATCH", f"{groups}/{name}?updateMask={mask}", _field(override)))
        yield f"field {override['collectionGroup']}.{override['fieldPath']}"
    yield _rules(project, send)


def _composite(index: Document) -> Document:
    return {"queryScope": index["queryScope"], "fields": index["fields"]}


def _field(override: Document) -> Document:
    path = override["fieldPath"]
    indexes = [
        {
            "queryScope": index["queryScope"],
            "fields": [{"fieldPath": path, **_kind(index)}],
        }
        for index in override["indexes"]
    ]
    document: Document = {"indexConfig": {"indexes": indexes}}
    return document | ({"ttlConfig": {}} if override.get("ttl") else {})


def _kind(index: Document) -> Document:
    return {name: index[name] for name in ("order", "arrayConfig") if name in index}


def _rules(project: str, send: Send) -> str:
    text = (ROOT / "firestore.rules").read_text()
    source = {"source": {"files": [{"name": "firestore.rules", "content": text}]}}
    made = _send(send, Asked("POST", f"{RULES}/projects/{project}/rulesets", source))
    release = {
        "name": f"projects/{project}/releases/cloud.firestore",
        "rulesetName": made.document["name"],
    }
    changed = Asked("PATCH", f"{RULES}/{release['name']}", {"release": release})
    updated = _send(send, changed, unless=HTTPStatus.NOT_FOUND)
    if updated.status == HTTPStatus.NOT_FOUND:
        _send(send, Asked("POST", f"{RULES}/projects/{project}/releases", release))
    return "rules"


def _send(send: Send, asked: Asked, *, unless: int | None = None) -> Answer:
    """Send a request; every failure but this one status is raised."""
    answer = send(asked)
    if answer.status >= HTTPStatus.BAD_REQUEST and answer.status != unless:
        told = json.dumps(answer.document)
        raise RefusedError(f"{asked.method} {asked.url}: {answer.status} {told}")
    return answer


def google(project: str, token: str) -> Send:
    """Return how requests are sent to Google, with this access token."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "X-Goog-User-Project": project,
    }

    def send(asked: Asked) -> Answer:
        body = json.dumps(asked.document).encode()
        request = Request(  # noqa: S310 - https
            asked.url, data=body, headers=headers, method=asked.method
        )
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310 - https
                return Answer(answer.status, json.load(answer))
        except HTTPError as error:
            return Answer(error.code, {"error": error.read().decode(errors="replace")})

    return send


def main() -> None:
    """Read the project's name and the access token, and apply everything."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the script and the project
        sys.exit("usage: gcloud auth print-access-token | python3 deploy/firestore.py PROJECT")
    project = sys.argv[1]
    try:
        for line in apply(project, google(project, sys.stdin.read().strip())):
            print(line)  # noqa: T201 - it speaks to a terminal
    except RefusedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
