"""Meta's own SDK making the same event from ready-made values, up to its JSON.

The form that the SDK posts it in is left out; encoding it would take longer.
"""

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from facebook_business.adobjects.serverside.action_source import ActionSource
from facebook_business.adobjects.serverside.content import Content
from facebook_business.adobjects.serverside.custom_data import CustomData
from facebook_business.adobjects.serverside.delivery_category import DeliveryCategory
from facebook_business.adobjects.serverside.event import Event
from facebook_business.adobjects.serverside.event_request import EventRequest
from facebook_business.adobjects.serverside.user_data import UserData

from tests.bench.stopwatch import answer_requests

USER_DATA = {
    "em": "emails",
    "ph": "phones",
    "fn": "first_names",
    "ln": "last_names",
    "ct": "cities",
    "st": "states",
    "zp": "zip_codes",
    "country": "country_codes",
    "external_id": "external_ids",
    "client_ip_address": "client_ip_address",
    "client_user_agent": "client_user_agent",
}


def write(request: dict[str, Any]) -> bytes:
    """Return the request's bytes; the SDK normalises and hashes."""
    (event,) = request["data"]
    user_data = UserData(**{USER_DATA[key]: value for key, value in event["user_data"].items()})
    built = Event(
        event_name=event["event_name"],
        event_time=event["event_time"],
        event_id=event["event_id"],
        action_source=ActionSource(event["action_source"]),
        user_data=user_data,
        custom_data=_custom_data(event["custom_data"]),
        data_processing_options=event.get("data_processing_options"),
        data_processing_options_country=event.get("data_processing_options_country"),
        data_processing_options_state=event.get("data_processing_options_state"),
    )
    whole = EventRequest(pixel_id="1", events=[built], partner_agent=request["partner_agent"])
    event_json: str = whole.get_params()["data"][0]
    return event_json.encode()


def _custom_data(custom: dict[str, Any]) -> CustomData:
    return CustomData(
        value=custom["value"],
        currency=custom["currency"],
        order_id=custom["order_id"],
        content_type=custom["content_type"],
        content_ids=custom["content_ids"],
        contents=[_content(each) for each in custom["contents"]],
        num_items=custom["num_items"],
    )


def _content(content: dict[str, Any]) -> Content:
    category = content.get("delivery_category")
    return Content(
        product_id=content["id"],
        quantity=content["quantity"],
        item_price=content["item_price"],
        delivery_category=DeliveryCategory(category) if category else None,
    )


if __name__ == "__main__":
    requests = json.loads(Path(sys.argv[1]).read_bytes())
    if sys.argv[2:] == ["--print"]:
        print(json.dumps([write(each).decode() for each in requests]))
    else:
        answer_requests([partial(write, each) for each in requests])
