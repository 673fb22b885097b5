"""Meta's rules for one event. Pure.

Reference: Meta's Conversions API documentation, "Server Event Parameters", and "Data Processing
Options" for Limited Data Use.
"""

from datetime import datetime, timedelta
from typing import Any

from tests.sandbox.graph_errors import in_future, invalid, too_old, unexpected_key
from tests.sandbox.meta_custom_data_rules import check_custom_data
from tests.sandbox.meta_user_data_rules import check_user_data

_WINDOW = timedelta(days=7)
_ACTION_SOURCES = frozenset(
    {"email", "website", "app", "phone_call", "chat", "physical_store"}
    | {"system_generated", "business_messaging", "other"}
)
_LDU_KEYS = frozenset({"data_processing_options_country", "data_processing_options_state"})
_EVENT_KEYS = _LDU_KEYS | {
    *("event_name", "event_time", "event_id", "event_source_url", "action_source"),
    *("user_data", "custom_data", "data_processing_options", "opt_out", "referrer_url"),
    *("original_event_data", "attribution_data", "customer_segmentation", "app_data"),
    *("messaging_channel", "advanced_measurement_table"),
}
_TEXTS = ("event_name", "event_id", "event_source_url", "referrer_url")
_REQUIRED = ("event_name", "event_time", "action_source", "user_data")
_US = 1
_LDU_STATES = frozenset({0, *range(1000, 1014)})


def check_event(event: object, *, param: str, now: datetime) -> None:
    """Refuse an event that Meta would refuse; `param` is its place in the request."""
    if not isinstance(event, dict):
        raise invalid(param, "must be an object")
    for key in event:
        if key not in _EVENT_KEYS:
            raise unexpected_key(key, param)
    for key in _REQUIRED:
        if key not in event:
            raise invalid(f"{param}['{key}']", "is required")
    _check_texts(event, param)
    _check_time(event["event_time"], param, now)
    _check_data_use(event, param)
    check_user_data(event["user_data"], param=f"{param}['user_data']")
    check_custom_data(
        event.get("custom_data", {}),
        param=f"{param}['custom_data']",
        event_name=event["event_name"],
    )


def _check_texts(event: dict[str, Any], param: str) -> None:
    for key in _TEXTS:
        if key in event and not (isinstance(event[key], str) and event[key]):
            raise invalid(f"{param}['{key}']", "must be a non-empty string")
    source = event["action_source"]
    if not isinstance(source, str) or source not in _ACTION_SOURCES:
        raise invalid(f"{param}['action_source']", "is none of Meta's action sources")
    if source == "website" and "event_source_url" not in event:
        raise invalid(f"{param}['event_source_url']", "is required of website events")


def _check_time(event_time: object, param: str, now: datetime) -> None:
    if type(event_time) is not int:
        raise invalid(f"{param}['event_time']", "must be a Unix time in whole seconds")
    if event_time > now.timestamp():
        raise in_future()
    if event_time < (now - _WINDOW).timestamp():
        raise too_old()


def _check_data_use(event: dict[str, Any], param: str) -> None:
    options = event.get("data_processing_options", [])
    if options not in ([], ["LDU"]):
        raise invalid(f"{param}['data_processing_options']", 'must be [] or ["LDU"]')
    if not options and _LDU_KEYS & event.keys():
        raise invalid(f"{param}['data_processing_options']", "is required with its country")
    country = event.get("data_processing_options_country", 0)
    state = event.get("data_processing_options_state", 0)
    if type(country) is not int or country not in (0, _US):
        raise invalid(f"{param}['data_processing_options_country']", "must be 0 or 1")
    if type(state) is not int or state not in _LDU_STATES:
        raise invalid(f"{param}['data_processing_options_state']", "must be 0 or 1000 to 1013")
    if state and country != _US:
        raise invalid(f"{param}['data_processing_options_country']", "must be 1 with a state")
