"""The parts of a Commerce7 order, each in the full shape of a real one."""

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tests.sandbox.people import TASTING_ROOM, Person
from tests.sandbox.products import Line

Json = dict[str, Any]

STAFF_EMAIL = "staff@example.com"
STAFF = {"accountId": "28d47300-8bd5-5815-8443-106d1b6382ed", "name": "Staff Example"}
TILL = {"id": "5443bd4a-1b3f-5c14-ac9d-90bf4e0b3c9e", "title": "Tasting Bar 1"}
CLUB_TITLE = "Example Red Club"

CHROME = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)


def fixed_id(name: str) -> str:
    """Return the fixed id of this name: products and clubs keep their ids after a restart."""
    return str(uuid5(NAMESPACE_URL, f"sandbox:{name}"))


def part_id(order_id: str, part: str) -> str:
    """Return the id of a part of an order; it is derived, so that building an order is pure."""
    return str(uuid5(UUID(order_id), part))


def timestamp(moment: datetime) -> str:
    """Return the moment as Commerce7 writes it: UTC, milliseconds, a Z."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def item(order_id: str, line: Line, *, tax: int) -> Json:
    """Return one line of an order."""
    product, slug = line.product, line.product.slug
    return {
        "id": part_id(order_id, f"item:{product.sku}"),
        "purchaseType": "Regular",
        "productTitle": product.title,
        "productSlug": slug,
        "type": product.type,
        "inventoryLocationId": fixed_id("cellar"),
        "productId": fixed_id(f"product:{slug}"),
        "productVariantTitle": product.variant,
        "productVariantId": fixed_id(f"variant:{slug}"),
        "sku": product.sku,
        "price": product.price,
        "originalPrice": product.price,
        "quantity": line.quantity,
        "tax": tax,
        "taxType": "Wine" if product.type == "Wine" else "General Merchandise",
        "weight": 3,
        "hasShipping": product.ships,
        "volumeInML": 750 if product.ships else None,
        "departmentCode": product.type,
        "departmentId": fixed_id(f"department:{product.type}"),
        "collectionIds": f"{fixed_id('collection:all')},{fixed_id('collection:new')}",
        "isPriceOverride": False,
        **dict.fromkeys(("costOfGood", "comparePrice", "bottleDeposit"), 0),
        **dict.fromkeys(("quantityFulfilled", "quantitySentToPrep"), 0),
        **dict.fromkeys(("image", "vendor", "allocationId", "bundleItems"), None),
        **dict.fromkeys(("itemData", "modifiers", "notes"), None),
    }


def address(order_id: str, part: str, person: Person) -> Json:
    """Return a bill-to or ship-to address; Commerce7's has no e-mail address."""
    return {
        "id": part_id(order_id, part),
        "customerAddressId": person.address_id,
        "birthDate": "1984-02-29",
        "honorific": None,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "company": None,
        "phone": person.phone,
        "address": person.address,
        "address2": None,
        "city": person.city,
        "stateCode": person.state,
        "zipCode": person.zip_code,
        "countryCode": person.country,
    }


def winery_address(order_id: str) -> Json:
    """Return the address of goods that are carried out: the winery's own, not the buyer's."""
    return {
        "id": part_id(order_id, "carry-out"),
        "inventoryLocationId": fixed_id("cellar"),
        **dict.fromkeys(("customerAddressId", "birthDate", "honorific"), None),
        **dict.fromkeys(("firstName", "lastName", "company", "address2"), None),
        **winery_place(),
    }


def winery_place() -> Json:
    """Return the winery's address and phone."""
    return {
        "phone": TASTING_ROOM.phone,
        "address": TASTING_ROOM.address,
        "city": TASTING_ROOM.city,
        "stateCode": TASTING_ROOM.state,
        "zipCode": TASTING_ROOM.zip_code,
        "countryCode": TASTING_ROOM.country,
    }


def tender(order_id: str, amount: int, *, tip: int, paid_at: str) -> Json:
    """Return an order's payment."""
    return {
        "id": part_id(order_id, "tender"),
        "originalOrderTenderId": None,
        "tenderType": "Credit Card",
        "chargeType": "Sale",
        "chargeStatus": "Success",
        "amountTendered": amount,
        "tip": tip,
        "errorCode": "",
        "paymentDate": paid_at,
        "otherPaymentMethod": None,
        "createdAt": paid_at,
        "updatedAt": paid_at,
        "creditCard": {
            "gateway": "No Gateway",
            "cardBrand": "Visa",
            "maskedCardNumber": "************1111",
            "expiryMo": 1,
            "expiryYr": 2030,
            "tokenOnFile": "fakeId",
            "customerCreditCardId": part_id(order_id, "card"),
            **dict.fromkeys(("bin", "cardHolderName", "oneTimeToken"), None),
            **dict.fromkeys(("processorResponse", "authorizationId"), None),
        },
    }


def tax_line(order_id: str, amount: int, state: str) -> Json:
    """Return the tax of an order."""
    return {
        "id": part_id(order_id, "tax"),
        "vendor": "Local",
        "title": "State Tax",
        "countryCode": "US",
        "stateCode": state,
        "freight": 0,
        "food": 0,
        "generalMerchandise": 8,
        "wine": 8,
        "price": amount,
        "originalPrice": amount,
        **dict.fromkeys(("isPriceOverride", "isIncludedInPrice"), False),
        **dict.fromkeys(("isFlatRate", "isNonTaxable"), False),
        "sortOrder": 0,
    }


def shipping_line(order_id: str, amount: int) -> Json:
    """Return an order's shipping."""
    return {
        "id": part_id(order_id, "shipping"),
        "vendor": "Local",
        "title": "Ground",
        "code": "ground",
        "carrier": "FedEx",
        "service": "Ground",
        "shippingServiceId": fixed_id("ground"),
        "price": amount,
        "originalPrice": amount,
        "isPriceOverride": False,
        "processorResponse": None,
        "tax": 0,
    }


def connection(channel: str, person: Person | None, *, user_agent: str = CHROME) -> Json | None:
    """Return the browser that made the order; only on the web it is the buyer's."""
    if channel == "Club":
        return None
    if channel == "Web" and person:
        # Commerce7 sends IPv4 addresses in their IPv6-mapped form.
        ip = person.ip if ":" in person.ip else f"::ffff:{person.ip}"
    else:
        ip = "192.168.0.30" if channel == "POS" else "8.8.4.200"
    return {"customerIpAddress": ip, "userAgent": user_agent}


def club() -> Json:
    """Return the club that a shipment belongs to."""
    return {
        "clubId": fixed_id("club"),
        "clubTitle": CLUB_TITLE,
        "clubPackageId": fixed_id("club-package"),
        "clubMembershipId": fixed_id("club-membership"),
    }
