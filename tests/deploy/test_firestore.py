"""deploy/firestore.py: Firestore gets what this repository declares, and it may be repeated."""

import json

import pytest

from deploy.firestore import Answer, Asked, RefusedError, apply
from tests.deploy.sdk import against_messages
from tests.deploy.setup import ROOT

DECLARED = json.loads((ROOT / "firestore.indexes.json").read_text())
DATABASE = "https://firestore.googleapis.com/v1/projects/p/databases/(default)/collectionGroups/"


class Google:
    """Google's two APIs, as far as they are asked."""

    def __init__(self) -> None:
        self.requests: list[Asked] = []
        self.releases: set[str] = set()
        self.indexes: list[Asked] = []

    def send(self, asked: Asked) -> Answer:
        self.requests.append(asked)
        method, url, document = asked
        if url.endswith("/indexes"):
            is_known = asked in self.indexes
            self.indexes.append(asked)
            return Answer(409 if is_known else 200, {})
        if "/releases/" in url and method == "PATCH" and not self.releases:
            return Answer(404, {})
        if url.endswith("/releases"):
            self.releases.add(document["name"])
        return Answer(200, {"name": "projects/p/rulesets/1"})


@pytest.fixture
def google() -> Google:
    return Google()


def test_every_index_and_field_is_sent_as_the_api_has_it(google: Google) -> None:
    told = list(apply("p", google.send))
    made = [(url, body) for _, url, body in google.requests if url.endswith("/indexes")]
    assert [url.removeprefix(DATABASE) for url, _ in made] == [
        f"{each['collectionGroup']}/indexes" for each in DECLARED["indexes"]
    ]
    changed = [(url, body) for _, url, body in google.requests if "/fields/" in url]
    assert len(changed) == len(DECLARED["fieldOverrides"])
    assert len(told) == len(made) + len(changed) + 1
    messages = [("firestore", "v1", "GoogleFirestoreAdminV1Index", body) for _, body in made]
    messages += [("firestore", "v1", "GoogleFirestoreAdminV1Field", body) for _, body in changed]
    assert [fault for fault in against_messages(messages) if fault] == []


def test_a_field_gets_its_scopes_and_its_expiry(google: Google) -> None:
    list(apply("p", google.send))
    sent = {url: body for _, url, body in google.requests}
    assert sent[f"{DATABASE}events/fields/expires_at?updateMask=indexConfig,ttlConfig"] == {
        "indexConfig": {
            "indexes": [
                {
                    "queryScope": "COLLECTION_GROUP",
                    "fields": [{"fieldPath": "expires_at", "order": "ASCENDING"}],
                }
            ]
        },
        "ttlConfig": {},
    }
    assert sent[f"{DATABASE}events/fields/doc?updateMask=indexConfig"] == {
        "indexConfig": {"indexes": []}
    }


def test_the_rules_are_released_the_first_time_and_later(google: Google) -> None:
    list(apply("p", google.send))
    list(apply("p", google.send))
    sent = [(method, url) for method, url, _ in google.requests if "firebaserules" in url]
    rules = "https://firebaserules.googleapis.com/v1/projects/p"
    assert sent == [
        ("POST", f"{rules}/rulesets"),
        ("PATCH", f"{rules}/releases/cloud.firestore"),
        ("POST", f"{rules}/releases"),
        ("POST", f"{rules}/rulesets"),
        ("PATCH", f"{rules}/releases/cloud.firestore"),
    ]
    (source,) = next(body for _, url, body in google.requests if "rulesets" in url)["source"][
        "files"
    ]
    assert source["content"] == (ROOT / "firestore.rules").read_text()


def test_a_refusal_is_told_with_its_reason() -> None:
    def refuse(_asked: Asked) -> Answer:
        return Answer(403, {"error": "no permission"})

    with pytest.raises(RefusedError, match=r"403 .*no permission"):
        list(apply("p", refuse))
