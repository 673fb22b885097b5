"""What every store must do with documents of an older release, which lack the newer fields."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import FieldInfo, fields

from service.domain.copies import replace
from service.domain.delivery.circuit_breaker import Breaker, BreakerState
from service.domain.delivery.delivery import Try
from service.domain.delivery.verdict import Answer
from service.domain.events.event import Content, CustomData
from service.domain.events.money import Money
from service.domain.records.lookup import Lookup
from service.domain.records.record import EventRecord
from service.domain.shop.public_settings import Shop
from service.domain.tenants.catch_up import CatchUp
from service.domain.tenants.counting import Counting
from service.domain.tenants.installation import Installation
from service.domain.tenants.notices import Notice, Notices
from service.domain.tenants.progress import Progress, Verified
from service.domain.tenants.recheck import Recheck
from service.domain.tenants.report_plan import ReportPlan
from service.domain.tenants.tenant import Role, Tenant
from service.infra.tenant_documents import PARTS
from tests.builders import NOW, TENANT, a_delivery, a_record, some_settings, two_pixels
from tests.contract.conftest import Engine
from tests.tenants import put

Way = tuple[Any, ...]
LATER = NOW + timedelta(minutes=1)
RECORD = a_record(
    custom=CustomData(
        value=Money(minor=11584, currency="USD"),
        order_id="2101",
        contents=(Content(id="SKU-1", quantity=2, unit_price=4900),),
    ),
    deliveries={
        Role.PRIMARY: a_delivery(
            attempts=1, due_at=NOW, tries=(Try(at=NOW, answer=Answer.TRANSIENT, code=1),)
        )
    },
    lookup=Lookup(sealed_id="sealed", asked_at=NOW, due_at=NOW, attempts=2),
    match_keys=("email",),
    payload="sealed",
    is_test=True,
)
WINERY = Tenant(
    id=TENANT,
    choices=some_settings(pixels=two_pixels(), retention_days=30, alert_email="a@example.com"),
    shop=Shop(name="Ridge", currency="EUR"),
    shop_due_at=NOW,
    installation=Installation(check_at=NOW, checks=2),
    progress=Progress(
        tested={"primary": Verified(at=NOW, pixel_id="1", mark="m")}, first_sent_at=NOW
    ),
    breakers={Role.PRIMARY: Breaker(state=BreakerState.THROTTLED, probe_at=NOW, since=NOW)},
    recheck=Recheck(at=NOW, round=3),
    notices=Notices(
        by_key={"currency": Notice(since=NOW, failures=2)},
        look_at=NOW,
        report=ReportPlan(frequency="weekly", told_until=NOW.date(), failures=1),
    ),
    catch_up=CatchUp(dropped_since=NOW, at=NOW),
    counting=Counting(at=NOW, since=NOW, day=NOW.date()),
)


def defaulted(value: object, above: Way = ()) -> Iterator[Way]:
    """Yield the way to each field in here that has a default: an older release may lack it."""
    if isinstance(value, msgspec.Struct):
        for each in fields(value):
            if _has_default(each):
                yield (*above, each.name)
            yield from defaulted(getattr(value, each.name), (*above, each.name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from defaulted(item, (*above, key))
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from defaulted(item, (*above, number))


def _has_default(each: FieldInfo) -> bool:
    return not each.required


def with_default(value: Any, way: Way) -> Any:
    """Return the value with this field at its default."""
    step, *rest = way
    if isinstance(value, Mapping):
        return {**value, step: with_default(value[step], tuple(rest))}
    if isinstance(value, tuple):
        return (*value[:step], with_default(value[step], tuple(rest)), *value[step + 1 :])
    if rest:
        return replace(value, **{step: with_default(getattr(value, step), tuple(rest))})
    (known,) = (each for each in fields(value) if each.name == step)
    default = known.default
    if known.default_factory is not msgspec.NODEFAULT:
        default = known.default_factory()
    return replace(value, **{step: default})


def without(value: object, way: Way) -> Any:
    """Return the value's document without this field."""
    document = msgspec.json.decode(msgspec.json.encode(value))
    holder = document
    for step in way[:-1]:
        holder = holder[step]
    del holder[way[-1]]
    return document


class TestARecord:
    def test_that_lacks_a_field_is_readable_and_written_without_loss(self, engine: Engine) -> None:
        assert engine.events.add(RECORD)
        ways = list(defaulted(RECORD))
        assert {way[0] for way in ways} >= {"may_change", "deliveries", "lookup", "custom"}
        for way in ways:
            older = without(RECORD, way)
            engine.overwrite("events", RECORD.key, "doc", msgspec.json.encode(older))
            stored = engine.events.find(TENANT, RECORD.key)
            assert stored is not None, way
            assert stored.record == with_default(RECORD, way), way

            changed = replace(stored.record, updated_at=LATER)
            assert engine.events.replace(stored, changed)
            written = msgspec.json.decode(engine.text("events", RECORD.key, "doc"))
            kept = {**older, "updated_at": msgspec.to_builtins(LATER)}
            assert {key: written[key] for key in kept} == kept, way
            assert msgspec.convert(written, EventRecord) == changed, way


class TestAPartOfATenant:
    @pytest.mark.parametrize("name", PARTS)
    def test_that_lacks_a_field_is_readable_and_written_without_loss(
        self, engine: Engine, name: str
    ) -> None:
        attribute, _ = PARTS[name]
        whole = getattr(WINERY, attribute)
        engine.tenants.update(TENANT, lambda _: WINERY)
        ways = list(defaulted(whole))
        assert ways
        for way in ways:
            older = without(whole, way)
            engine.overwrite("tenants", TENANT, name, msgspec.json.encode(older))
            expected = replace(WINERY, **{attribute: with_default(whole, way)})
            assert engine.tenants.find(TENANT) == expected, way

            put(engine.tenants, TENANT, shop_due_at=LATER)
            assert msgspec.json.decode(engine.text("tenants", TENANT, name)) == older, way
            put(engine.tenants, TENANT, shop_due_at=NOW, **{attribute: whole})
            assert engine.tenants.find(TENANT) == WINERY, way

    def test_is_new_where_there_is_no_document(self) -> None:
        needed = {each.name for each in fields(Tenant) if not _has_default(each)}
        assert needed == {"id"}
        assert {attribute for attribute, _ in PARTS.values()} == {
            each.name for each in fields(Tenant)
        } - {"id", "shop_due_at"}
