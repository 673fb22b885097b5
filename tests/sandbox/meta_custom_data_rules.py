"""Meta's rules for an event's custom data: money and goods. Pure.

Reference: Meta's Conversions API documentation, "Custom Data Parameters". Only custom data may have
unknown keys.
"""

import math
import re
from typing import Any

from tests.sandbox.graph_errors import (
    currency_invalid,
    currency_missing,
    invalid,
    unexpected_key,
    value_missing,
)

_CURRENCY = re.compile(r"[A-Z]{3}")
_DELIVERY_CATEGORIES = frozenset({"in_store", "curbside", "home_delivery"})
_CONTENT_KEYS = frozenset(
    {"id", "quantity", "item_price", "delivery_category"}
    | {"title", "description", "brand", "category"}
)


def check_custom_data(custom_data: object, *, param: str, event_name: str) -> None:
    """Refuse custom data that Meta would refuse in an event of this name."""
    if not isinstance(custom_data, dict):
        raise invalid(param, "must be an object")
    if event_name == "Purchase":
        _check_price(custom_data)
    _check_ids(custom_data, param)
    contents = custom_data.get("contents", [])
    if not isinstance(contents, list):
        raise invalid(f"{param}['contents']", "must be an array")
    for index, content in enumerate(contents):
        _check_content(content, f"{param}['contents'][{index}]")


def _check_price(custom_data: dict[str, Any]) -> None:
    if not _is_number(custom_data.get("value")):
        raise value_missing()
    currency = custom_data.get("currency")
    if currency in (None, ""):
        raise currency_missing()
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise currency_invalid()


def _check_ids(custom_data: dict[str, Any], param: str) -> None:
    if not isinstance(custom_data.get("order_id", ""), str):
        raise invalid(f"{param}['order_id']", "must be a string")
    content_ids = custom_data.get("content_ids", [])
    if not isinstance(content_ids, list) or not all(isinstance(each, str) for each in content_ids):
        raise invalid(f"{param}['content_ids']", "must be an array of strings")


def _check_content(content: object, param: str) -> None:
    if not isinstance(content, dict):
        raise invalid(param, "must be an object")
    for key in content:
        if key not in _CONTENT_KEYS:
            raise unexpected_key(key, param)
    if not isinstance(content.get("id"), str) or not content["id"]:
        raise invalid(f"{param}['id']", "must be a non-empty string")
    quantity = content.get("quantity")
    if type(quantity) is not int or quantity < 1:
        raise invalid(f"{param}['quantity']", "must be an integer above 0")
    if not _is_number(content.get("item_price", 0)):
        raise invalid(f"{param}['item_price']", "must be a number")
    category = content.get("delivery_category", "in_store")
    if not isinstance(category, str) or category not in _DELIVERY_CATEGORIES:
        raise invalid(f"{param}['delivery_category']", "is none of Meta's delivery categories")


def _is_number(value: object) -> bool:
    return type(value) is int or (type(value) is float and math.isfinite(value))
