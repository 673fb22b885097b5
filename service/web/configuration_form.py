"""The Configuration page's form: what was typed, as settings or as what is wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from service.domain.event import EventName
from service.domain.order import Channel
from service.domain.tenant import Pixel, Pixels, Role, TenantSettings, is_pixel_id

_TOKEN = re.compile(r"[!-~]{20,1000}")
_ON = "on"
_NO_PIXEL_ID = "A pixel id has 10 to 17 digits; Events Manager shows it under Settings."
_CUT_TOKEN = "This is no access token: copy the whole of it from Events Manager."  # noqa: S105
_NO_TOKEN = "This pixel needs its access token: Events Manager, Settings, Generate access token."  # noqa: S105
_WHOSE_TOKEN = "Enter the id of the pixel that this token belongs to."  # noqa: S105


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Filled:
    """A filled form: settings and new tokens, and for each wrong field what is wrong with it."""

    settings: TenantSettings
    tokens: Mapping[Role, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


def read_form(
    typed: Mapping[str, str], *, before: TenantSettings, has_token: Mapping[Role, bool]
) -> Filled:
    """Return what was typed; an empty token field leaves the token as it is."""
    pixel_ids = {role: typed.get(f"{role}_pixel_id", "").strip() for role in Role}
    tokens = {
        role: token for role in Role if (token := "".join(typed.get(f"{role}_token", "").split()))
    }
    settings = replace(
        before,
        enabled=typed.get("enabled") == _ON,
        pixels=Pixels(
            primary=Pixel(id=pixel_ids[Role.PRIMARY]), secondary=Pixel(id=pixel_ids[Role.SECONDARY])
        ),
        events={name: typed.get(f"event_{name}") == _ON for name in EventName},
        channels={channel: typed.get(f"channel_{channel}") == _ON for channel in Channel},
    )
    faults: dict[str, str] = {}
    for role in Role:
        faults |= _pixel_faults(role, pixel_ids[role], tokens.get(role))
        if pixel_ids[role] and role not in tokens and not has_token.get(role):
            faults[f"{role}_token"] = _NO_TOKEN
    return Filled(settings=settings, tokens=tokens, faults=faults)


def _pixel_faults(role: Role, pixel_id: str, token: str | None) -> dict[str, str]:
    faults = {}
    if pixel_id and not is_pixel_id(pixel_id):
        faults[f"{role}_pixel_id"] = _NO_PIXEL_ID
    if token and not _TOKEN.fullmatch(token):
        faults[f"{role}_token"] = _CUT_TOKEN
    if token and not pixel_id:
        faults[f"{role}_pixel_id"] = _WHOSE_TOKEN
    return faults
