"""Every Firestore query has its index: the emulator answers without one, Firestore does not.

Reference: Firestore, "Index types" and the format of `firestore.indexes.json`.
"""

import ast
import inspect
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from service.domain.events.event import EventName
from service.domain.records.log_view import LogView, Show
from service.domain.records.record import Status
from service.domain.shop.order import Channel
from service.gcp import queries
from service.gcp.queries import ID, Query
from service.infra.tenant_documents import DUE_NAMES

ROOT = Path(__file__).parents[2]
DECLARED = json.loads((ROOT / "firestore.indexes.json").read_text())
NOW = datetime(2026, 8, 5, tzinfo=UTC)
SAMPLES = {
    "tenant_id": "winery", "now": NOW, "limit": 10, "after": (NOW, "key"),
    "status": Status.HELD, "before": NOW, "until": NOW, "field": "", "marks": ["mark"],
    "day": "2026-08-05",
}  # fmt: skip
CONTAINS = "CONTAINS"
KINDS = {"==": "ASCENDING", "array_contains": CONTAINS, "array_contains_any": CONTAINS}
VIEWS = [
    LogView(show=show, event=event, status=status, channel=channel, since=since, object=name)
    for show, event, status, channel, since, name in product(
        (Show.WEBSITE, Show.ALL),
        (None, EventName.LEAD),
        (None, Status.ERROR),
        (None, Channel.POS),
        (None, NOW),
        ("", "1001"),
    )
]
ASKED = [
    (name, function)
    for name, function in inspect.getmembers(queries, inspect.isfunction)
    if function.__module__ == queries.__name__ and not name.startswith("_")
]


def samples(function: Any) -> list[Query]:
    """Return a query of every shape that the function makes."""
    names = list(inspect.signature(function).parameters)
    given = {name: SAMPLES[name] for name in names if name != "view"}
    asked = [function(**given, view=view) for view in VIEWS] if "view" in names else []
    if "field" in names:
        asked = [function(**{**given, "field": field}) for field in DUE_NAMES.values()]
    queries = asked or [function(**given)]
    assert all(isinstance(query, Query) for query in queries)
    return queries


def shapes(query: Query) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the indexes that the query needs: collection, scope, fields with directions in order.

    Each of several equalities needs its own index with the same order; Firestore merges them.
    """
    equal = [
        (field, KINDS[comparison]) for field, comparison, _ in query.where if comparison in KINDS
    ]
    ordered = [(field, direction) for field, direction in query.order if field != ID]
    ranged = [field for field, asked, _ in query.where if asked not in KINDS]
    assert all(field == ordered[0][0] for field in ranged), "a range is ordered by itself first"
    scope = "COLLECTION_GROUP" if query.group else "COLLECTION"
    return [
        (query.collection[-1], scope, [*one, *ordered])
        for one in ([[each] for each in equal] or [[]])
    ]


def single(collection: str, scope: str, field: str, direction: str) -> bool:
    """Return whether the field has this single-field index; by default it has both directions."""
    for override in DECLARED["fieldOverrides"]:
        if (override["collectionGroup"], override["fieldPath"]) == (collection, field):
            kind = "arrayConfig" if direction == CONTAINS else "order"
            wanted = {kind: direction, "queryScope": scope}
            return wanted in override["indexes"]
    return scope == "COLLECTION"


def composite(collection: str, scope: str, fields: list[tuple[str, str]]) -> bool:
    wanted = [
        {"fieldPath": field, "arrayConfig" if direction == CONTAINS else "order": direction}
        for field, direction in fields
    ]
    return any(
        (index["collectionGroup"], index["queryScope"], index["fields"])
        == (collection, scope, wanted)
        for index in DECLARED["indexes"]
    )


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            function = node.func
            yield function.attr if isinstance(function, ast.Attribute) else ast.unparse(function)


@pytest.mark.parametrize(("name", "function"), ASKED, ids=[name for name, _ in ASKED])
def test_a_query_has_its_index(name: str, function: Any) -> None:
    for query in samples(function):
        for collection, scope, fields in shapes(query):
            if len(fields) > 1:
                assert composite(collection, scope, fields), (name, fields)
            for field, direction in fields[: 1 if len(fields) == 1 else 0]:
                assert single(collection, scope, field, direction), name


def test_an_index_has_its_query() -> None:
    needed = [
        needed for _, function in ASKED for query in samples(function) for needed in shapes(query)
    ]
    for index in DECLARED["indexes"]:
        fields = [
            (each["fieldPath"], each.get("order") or each["arrayConfig"])
            for each in index["fields"]
        ]
        assert (index["collectionGroup"], index["queryScope"], fields) in needed
    for override in DECLARED["fieldOverrides"]:
        for index in override["indexes"]:
            kind = index.get("order") or index["arrayConfig"]
            field = [(override["fieldPath"], kind)]
            assert (override["collectionGroup"], index["queryScope"], field) in needed


def test_all_queries_are_made_in_one_module() -> None:
    for path in (ROOT / "service").rglob("*.py"):
        made = set(calls(path))
        if path.name != "queries.py":
            assert "Query" not in made, path
        if path.name != "documents.py" or path.parent.name != "gcp":
            assert not {"where", "order_by", "collection_group", "stream"} & made, path


def test_fields_without_queries_have_no_index() -> None:
    spared = {
        (each["collectionGroup"], each["fieldPath"])
        for each in DECLARED["fieldOverrides"]
        if not each["indexes"]
    }
    assert {("events", "doc"), ("signals", "sealed"), ("secrets", "primary")} <= spared


def test_locks_and_signals_expire_by_themselves_too() -> None:
    expiring = {
        (each["collectionGroup"], each["fieldPath"])
        for each in DECLARED["fieldOverrides"]
        if each.get("ttl")
    }
    assert expiring == {("events", "expires_at"), ("signals", "expires_at")}


def test_no_client_but_the_service_has_access() -> None:
    rules = (ROOT / "firestore.rules").read_text()
    assert "match /{document=**}" in rules
    assert [line.strip() for line in rules.splitlines() if "allow" in line] == [
        "allow read, write: if false;"
    ]
