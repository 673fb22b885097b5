"""The Configuration tab's form: settings as fields, and submitted fields as settings."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.events.event import EventName
from service.domain.shop.order import Channel
from service.domain.tenants.settings_faults import checked, without_token
from service.domain.tenants.tenant import Pixel, Pixels, Role, TenantSettings
from service.web.configuration.fields import (
    NO_TOKEN,
    NOT_EMPTY,
    WHOSE_TOKEN,
    FaultError,
    read_choice,
    read_days,
    read_hosts,
    read_text,
    read_token,
)

ON = "on"
"""What a browser sends of a switch that is on."""

READERS: Mapping[str, Callable[[str], Any]] = {
    "test_event_code": read_text,
    "currency": read_text,
    "timezone": read_text,
    "value_rule": read_choice("total", "subtotal"),
    "content_id": read_choice("sku", "variant", "product"),
    "consent_mode": read_choice("off", "required"),
    "shop_domains": read_hosts,
    "retention_days": read_days,
    "alert_email": read_text,
    "report": read_choice("off", "weekly", "monthly"),
}
"""Readers of the fields that are one setting each, by its name; a missing field changes nothing."""

_FIELDS = {f"pixels.{role}.id": f"{role}_pixel_id" for role in Role}
SWITCHES = ("enabled", "ldu_other_states", "checkout_email", "remember_clicks")


class Form(Struct, frozen=True, kw_only=True):
    """The form as a page shows it: texts by field, switches that are on, and faults by field."""

    __repr__ = object.__repr__

    texts: Mapping[str, str]
    on: frozenset[str]
    faults: Mapping[str, str] = field(default_factory=dict)


class Filled(Struct, frozen=True, kw_only=True):
    """A submitted form, with its tokens and settings (the old settings if the form has faults)."""

    __repr__ = object.__repr__

    form: Form
    settings: TenantSettings
    tokens: Mapping[Role, str]


def form_of(settings: TenantSettings) -> Form:
    """Return the form that shows these settings; it never holds a token."""
    texts = {name: _text(getattr(settings, name)) for name in READERS}
    texts |= {f"{role}_pixel_id": settings.pixel_of(role) for role in Role}
    switches = {name for name in SWITCHES if getattr(settings, name)}
    switches |= {f"event_{name}" for name in EventName if settings.is_on(name)}
    switches |= {f"channel_{each}" for each in Channel if settings.is_on(each)}
    return Form(texts=texts, on=frozenset(switches))


def fields_of(settings: TenantSettings) -> Mapping[str, str]:
    """Return the form with these settings, as a browser would send it."""
    form = form_of(settings)
    return {**form.texts, **dict.fromkeys(form.on, ON)}


def read_form(
    typed: Mapping[str, str], *, before: TenantSettings, has_token: Mapping[Role, bool]
) -> Filled:
    """Read a submitted form; an empty token field keeps the saved token."""
    faults: dict[str, str] = {}
    tokens = {role: _read(f"{role}_token", read_token, typed=typed, faults=faults) for role in Role}
    pixel_ids = {
        role: typed.get(f"{role}_pixel_id", before.pixel_of(role)).strip() for role in Role
    }
    values = {
        name: _read(name, reader, typed=typed, faults=faults)
        for name, reader in READERS.items()
        if name in typed
    }
    readable = {name: value for name, value in values.items() if name not in faults}
    on = frozenset(name for name, value in typed.items() if value == ON)
    entered = replace(before, **readable, **_switched(on), pixels=_pixels(pixel_ids))
    settings, wrong = checked(entered)
    faults |= {_FIELDS.get(name, name): sentence for name, sentence in wrong.items()}
    new = {role: bool(typed.get(f"{role}_token", "").strip()) for role in Role}
    has_any = {role: new[role] or bool(has_token.get(role)) for role in Role}
    lacking = without_token(settings, before=before, has_token=has_any)
    for role in Role:
        known = _Known(
            pixel_id=before.pixel_of(role),
            has_token=bool(has_token.get(role)),
            has_new_token=new[role],
            lacks_token=role in lacking,
        )
        faults = _pair_faults(role, typed, known) | faults
    return Filled(
        form=Form(texts={**form_of(before).texts, **_typed_texts(typed)}, on=on, faults=faults),
        settings=before if faults else settings,
        tokens={role: token for role, token in tokens.items() if token},
    )


def _read(
    name: str, reader: Callable[[str], Any], *, typed: Mapping[str, str], faults: dict[str, str]
) -> Any:  # noqa: ANN401 - each reader knows its setting's type
    try:
        return reader(typed.get(name, "").strip())
    except FaultError as fault:
        faults[name] = str(fault)
        return None


class _Known(Struct, frozen=True, kw_only=True):
    """A pixel's saved id, and what is known of its tokens, the saved and the typed one."""

    pixel_id: str
    has_token: bool
    has_new_token: bool
    lacks_token: bool


def _pair_faults(role: Role, typed: Mapping[str, str], known: _Known) -> dict[str, str]:
    """Return the fault of a pixel id without a token, or of a token without a pixel id."""
    id_field, token_field = f"{role}_pixel_id", f"{role}_token"
    pixel_id = typed.get(id_field, known.pixel_id).strip()
    if known.lacks_token:
        return {token_field: NO_TOKEN}
    if known.has_new_token and not pixel_id:
        return {id_field: WHOSE_TOKEN}
    if known.pixel_id and known.has_token and not pixel_id:
        return {id_field: NOT_EMPTY}
    return {}


def _pixels(ids: Mapping[Role, str]) -> Pixels:
    return Pixels(primary=Pixel(id=ids[Role.PRIMARY]), secondary=Pixel(id=ids[Role.SECONDARY]))


def _switched(on: frozenset[str]) -> dict[str, Any]:
    return {
        **{name: name in on for name in SWITCHES},
        "events": {name: f"event_{name}" in on for name in EventName},
        "channels": {channel: f"channel_{channel}" in on for channel in Channel},
    }


def _typed_texts(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed into text fields, but no tokens: they are never shown again."""
    names = (*(f"{role}_pixel_id" for role in Role), *READERS)
    return {name: typed[name] for name in names if name in typed}


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return "\n".join(value)
    return "" if value is None else str(value)
