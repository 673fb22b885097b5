"""What Commerce7's webhooks must come to, as the two vendors' documentation has it.

Each file in `tests/vectors/signals` changes one of the sample webhooks (RFC 7386) and says what
must be sent to Meta, or why nothing is. Hashes are made here, from what the file says in plain.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from msgspec.structs import fields

from service.domain.events.event import EventName
from service.domain.mapping.table import RULES
from service.domain.tenants.tenant import TenantSettings
from service.preview import preview_webhook
from tests.builders import NOW

VECTORS = Path(__file__).parents[1] / "vectors"
FILES = sorted((VECTORS / "signals").glob("*.json"))
DEFAULTS = {
    "currency": "USD",
    "shop_domains": ["shop.example.com"],
    "pixels": {"primary": {"id": "0" * 15}},
}
HashedKey = Literal["em", "ph", "fn", "ln", "ct", "st", "zp", "country", "external_id"]


class Expected(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An event, of which `event` and `hashed` must be so, or the reason why there is none.

    `absent` are dotted paths in the event or keys of its `user_data`; `never` are values that
    stand nowhere in the request, neither in plain nor hashed.
    """

    skipped: str | None = None
    waiting: str | None = None
    held: str | None = None
    event_name: EventName | None = None
    event: dict[str, Any] = msgspec.field(default_factory=dict)
    hashed: dict[HashedKey, list[str]] = msgspec.field(default_factory=dict)
    absent: list[str] = msgspec.field(default_factory=list)
    never: list[str] = msgspec.field(default_factory=list)

    def __post_init__(self) -> None:
        outcomes = (self.skipped, self.waiting, self.held, self.event_name)
        if sum(outcome is not None for outcome in outcomes) != 1:
            raise ValueError("exactly one of skipped, waiting, held and event_name")
        says_what = bool(self.event or self.hashed)
        if says_what != (self.event_name is not None):
            raise ValueError("an event, and only an event, has event or hashed")
        if (self.absent or self.never) and not says_what:
            raise ValueError("only an event has absent and never")


class Vector(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    about: str
    base: str
    change: dict[str, Any]
    settings: dict[str, Any] = msgspec.field(default_factory=dict)
    customers: dict[str, dict[str, Any]] = msgspec.field(default_factory=dict)
    expected: Expected

    def __post_init__(self) -> None:
        if unknown := set(self.settings) - {each.name for each in fields(TenantSettings)}:
            raise ValueError(f"no such settings: {unknown}")


def read(file: Path) -> Vector:
    return msgspec.json.decode(file.read_bytes(), type=Vector)


def patched(target: object, patch: object) -> Any:
    """Return the target changed as RFC 7386 says."""
    if not isinstance(patch, dict):
        return patch
    old = target if isinstance(target, dict) else {}
    changed = {key: patched(old.get(key), new) for key, new in patch.items() if new is not None}
    return {key: value for key, value in old.items() if key not in patch} | changed


def told(vector: Vector) -> dict[str, Any]:
    webhook = json.loads((VECTORS / "commerce7" / vector.base).read_bytes())
    return preview_webhook(
        json.dumps(patched(webhook, vector.change)).encode(),
        settings=msgspec.convert(patched(DEFAULTS, vector.settings), TenantSettings),
        customers=vector.customers,
        now=NOW,
    )


def hash_of(plain: str) -> str:
    return sha256(plain.encode()).hexdigest()


def part_of(whole: object, like: object) -> object:
    """Return what is in `whole` under the keys of `like`, lists entire."""
    if not isinstance(whole, Mapping) or not isinstance(like, Mapping):
        return whole
    return {key: part_of(whole[key], value) for key, value in like.items() if key in whole}


def has(event: object, path: str) -> bool:
    key, _, rest = path.partition(".")
    return isinstance(event, Mapping) and key in event and (not rest or has(event[key], rest))


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
class TestASignal:
    def test_comes_to_what_its_vector_says(self, file: Path) -> None:
        vector = read(file)
        expected, got = vector.expected, told(vector)
        if expected.event_name is None:
            assert got == msgspec.to_builtins(expected)
            return
        assert got.get("event_name") == expected.event_name, got
        (event,) = got["request"]["data"]
        user_data, text = event["user_data"], json.dumps(got, ensure_ascii=False).lower()
        hashed = {key: [hash_of(each) for each in plain] for key, plain in expected.hashed.items()}

        assert event["event_name"] == expected.event_name
        assert part_of(event, expected.event) == expected.event
        assert part_of(user_data, hashed) == hashed
        assert [path for path in expected.absent if has(event, path) or path in user_data] == []
        assert [each for each in expected.never if each in text or hash_of(each) in text] == []


class TestTheVectors:
    def test_are_many_and_of_every_kind(self) -> None:
        told = [msgspec.to_builtins(read(file).expected) for file in FILES]
        assert len(FILES) >= 50
        assert set().union(*told) == set(Expected.__struct_fields__)
        assert {each.get("event_name") for each in told} == {None} | {rule.name for rule in RULES}

    def test_start_from_samples_that_exist(self) -> None:
        samples = {file.name for file in (VECTORS / "commerce7").iterdir()}
        assert {read(file).base for file in FILES} <= samples

    @pytest.mark.parametrize(
        "keys", ["", "skiped", "skipped waiting", "event_name", "skipped never"]
    )
    def test_with_wrong_or_missing_keys_are_refused(self, keys: str) -> None:
        values = {"event_name": "Purchase", "never": ["robin"]}
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({key: values.get(key, "why") for key in keys.split()}, Expected)
