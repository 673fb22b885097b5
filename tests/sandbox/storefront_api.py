"""The cart of Commerce7's API, which the storefront's script calls from the shopper's browser.

Commerce7 does not document it. Of the real one only the address is known
(`https://api.commerce7.com/v1/cart/<uuid>`) and that it is called from another origin; bodies and
answers are our own. It has no login, and is neither counted nor made to fail as the app's API is.
"""

from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from tests.sandbox.carts import Cart, CartOrderedError
from tests.sandbox.order_commands import check_out
from tests.sandbox.order_parts import Json
from tests.sandbox.people import Person
from tests.sandbox.products import PRODUCTS, Line
from tests.sandbox.state import sandbox
from tests.sandbox.webhooks import Topic

A_PUBLIC_ADDRESS = "8.8.4.32"
"""The shopper's address in an order, if their browser is on this machine: Meta refuses its own."""

_MOST = 99
_LONGEST = 100
_FIELDS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "email": "email",
    "phone": "phone",
    "address": "address",
    "city": "city",
    "stateCode": "state",
    "zipCode": "zip_code",
}
"""The checkout's fields, and what they are called in `Person`."""

Answer = tuple[dict[str, Any], int]

blueprint = Blueprint("storefront_api", __name__, url_prefix="/commerce7/v1/cart")


@blueprint.after_request
def allow_shops(response: Response) -> Response:
    """Let pages of other origins call this, without their cookies (Fetch: CORS)."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Headers"] = "content-type, tenant, x-forwarded-for"
    response.headers["Access-Control-Allow-Methods"] = "GET, PUT, POST"
    return response


@blueprint.get("/<uuid:cart_id>")
def get_cart(cart_id: UUID) -> Json:
    """Return a cart, and its order once there is one."""
    return _shown(str(cart_id), sandbox().commerce7.carts.get(str(cart_id)))


@blueprint.put("/<uuid:cart_id>")
def put_cart(cart_id: UUID) -> Answer:
    """Replace a cart's lines."""
    lines = _lines(request.get_json(silent=True))
    if lines is None:
        return _problem("A line needs a known sku and a quantity.", HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        cart = sandbox().commerce7.carts.put(str(cart_id), lines)
    except CartOrderedError:
        return _problem("This cart has been ordered.", HTTPStatus.CONFLICT)
    return _shown(str(cart_id), cart), HTTPStatus.OK


@blueprint.post("/<uuid:cart_id>/checkout")
def order_cart(cart_id: UUID) -> Answer:
    """Make the cart's order, with its webhook, and return the cart with it."""
    system, shopper = sandbox().commerce7, _shopper(request.get_json(silent=True))
    if shopper is None:
        return _problem("Please fill in all fields.", HTTPStatus.UNPROCESSABLE_ENTITY)
    if not system.carts.get(str(cart_id)).lines:
        return _problem("Your cart is empty.", HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        cart = system.carts.close(str(cart_id))
    except CartOrderedError:
        return _problem("This cart has been ordered.", HTTPStatus.CONFLICT)
    user_agent = request.user_agent.string
    system.shop.carry_out(
        check_out(cart.lines, cart_id=str(cart_id), person=shopper, user_agent=user_agent)
    )
    return _shown(str(cart_id), cart), HTTPStatus.CREATED


def _lines(body: Any) -> tuple[Line, ...] | None:
    listed = body.get("items") if isinstance(body, dict) else None
    if not isinstance(listed, list):
        return None
    lines = [_line(each) for each in listed]
    known = tuple(line for line in lines if line)
    return known if len(known) == len(lines) else None


def _line(body: Any) -> Line | None:
    product = PRODUCTS.get(str(body.get("sku"))) if isinstance(body, dict) else None
    if product is None:
        return None
    quantity = body.get("quantity")
    is_number = type(quantity) is int and 1 <= quantity <= _MOST
    return Line(product, quantity) if is_number else None


def _shopper(body: Any) -> Person | None:
    typed = body if isinstance(body, dict) else {}
    known = {ours: str(typed.get(theirs) or "").strip() for theirs, ours in _FIELDS.items()}
    is_whole = all(0 < len(text) <= _LONGEST for text in known.values())
    return Person(**known, ip=_public_address()) if is_whole else None


def _public_address() -> str:
    """Return the shopper's address; behind a proxy, the one that the proxy names."""
    address = request.access_route[0] if request.access_route else ""
    try:
        return address if ip_address(address).is_global else A_PUBLIC_ADDRESS
    except ValueError:
        return A_PUBLIC_ADDRESS


def _shown(cart_id: str, cart: Cart) -> Json:
    order = sandbox().commerce7.shop.find(Topic.ORDER, cart_id) if cart.is_ordered else None
    return {
        "id": cart_id,
        "items": [
            {
                "sku": line.product.sku,
                "productTitle": line.product.title,
                "productSlug": line.product.slug,
                "price": line.product.price,
                "quantity": line.quantity,
            }
            for line in cart.lines
        ],
        "subTotal": cart.sub_total,
        "orderNumber": order and order["orderNumber"],
        "total": order and order["total"],
    }


def _problem(message: str, status: HTTPStatus) -> Answer:
    return {"message": message}, status
