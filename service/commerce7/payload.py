"""The keys of a webhook that are read, as types for the JSON decoder. Pure.

The decoder makes no objects of all other keys, which are most of an order. A value of another kind
than expected is kept as it is; the readers in `fields` take it for missing.

Reference: Commerce7 developer documentation, "Webhooks", "Orders", "Club Memberships",
"Reservations" and "Customers".
"""

from typing import Any, TypeVar

from msgspec import Struct

from service.commerce7.fields import MOST_CHILDREN

Scalar = str | int | float | bool | None
Value = Scalar | list[Any] | dict[str, Any]


class Place(Struct):
    """An address."""

    firstName: Value = None
    lastName: Value = None
    phone: Value = None
    city: Value = None
    stateCode: Value = None
    zipCode: Value = None
    countryCode: Value = None


class Email(Struct):
    """One of a customer's e-mail addresses."""

    email: Value = None
    status: Value = None


class Phone(Struct):
    """One of a customer's phone numbers."""

    phone: Value = None


class Club(Struct):
    """One of a customer's club memberships."""

    clubMembershipId: Value = None
    cancelDate: Value = None


class CustomerRecord(Place):
    """A customer's record."""

    id: Value = None
    updatedAt: Value = None
    createdAt: Value = None
    hasAccount: Value = None
    email: Value = None
    emails: list[Email | Scalar | list[Any]] | Scalar | dict[str, Any] = None
    phones: list[Phone | Scalar | list[Any]] | Scalar | dict[str, Any] = None
    clubs: list[Club | Scalar | list[Any]] | Scalar | dict[str, Any] = None


class Item(Struct):
    """One line of an order."""

    sku: Value = None
    productId: Value = None
    productVariantId: Value = None
    quantity: Value = None
    price: Value = None


class Till(Struct):
    """The profile of a till."""

    id: Value = None


class Associate(Struct):
    """The member of staff who sold."""

    accountId: Value = None
    id: Value = None
    name: Value = None


class Fraud(Struct):
    """The result of the fraud check."""

    isFraudulent: Value = None


class Connection(Struct):
    """The browser that made the object."""

    customerIpAddress: Value = None
    userAgent: Value = None


class MetaData(Struct):
    """What a theme writes for us."""

    onepixel: Value = None


class Payload(CustomerRecord):
    """The object of a webhook, of any kind."""

    customer: CustomerRecord | Scalar | list[Any] = None
    customerId: Value = None
    channel: Value = None
    status: Value = None
    connectionInformation: Connection | Scalar | list[Any] = None
    metaData: MetaData | Scalar | list[Any] = None
    # orders
    orderNumber: Value = None
    purchaseType: Value = None
    previousOrderId: Value = None
    previousOrderNumber: Value = None
    refundOrderId: Value = None
    refundOrderNumber: Value = None
    externalOrderVendor: Value = None
    externalOrderNumber: Value = None
    paymentStatus: Value = None
    orderPaidDate: Value = None
    orderSubmittedDate: Value = None
    orderDeliveryMethod: Value = None
    total: Value = None
    subTotal: Value = None
    items: list[Item | Scalar | list[Any]] | Scalar | dict[str, Any] = None
    billTo: Place | Scalar | list[Any] = None
    shipTo: Place | Scalar | list[Any] = None
    posProfileId: Value = None
    posProfile: Till | Scalar | list[Any] = None
    salesAssociate: Associate | Scalar | list[Any] = None
    fraud: Fraud | Scalar | list[Any] = None
    # club memberships
    signupDate: Value = None
    cancelDate: Value = None
    cancellationReason: Value = None
    billToCustomerAddressId: Value = None
    # reservations
    reservationNumber: Value = None
    externalReservationVendor: Value = None
    externalReservationNumber: Value = None


class Envelope(Struct):
    """A webhook."""

    tenantId: Value = None
    object: Value = None
    action: Value = None
    user: Value = None
    payload: Payload | Scalar | list[Any] = None


Part = TypeVar("Part", bound=Struct)


def read_as(kind: type[Part], value: object) -> Part:
    """Return the object as this type: decoded as such, or still a dictionary.

    What is no object reads as an empty one.
    """
    if isinstance(value, kind):
        return value
    if not isinstance(value, dict):
        return kind()
    return kind(**{key: value[key] for key in kind.__struct_fields__ if key in value})


def read_all(kind: type[Part], values: object) -> list[Part]:
    """Return the objects of a list as this type, at most 5,000; none of what is no list."""
    if not isinstance(values, list):
        return []
    return [read_as(kind, each) for each in values[:MOST_CHILDREN]]
