"""The shop's products, and lines of an order or a cart."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product; `price` in cents."""

    title: str
    sku: str
    price: int
    type: str = "Wine"
    ships: bool = True

    @property
    def slug(self) -> str:
        """The product's name in addresses."""
        return self.title.lower().replace(" ", "-")

    @property
    def variant(self) -> str:
        """The title of the product's only variant."""
        return "750ml" if self.ships else "Per person"


@dataclass(frozen=True, slots=True)
class Line:
    """Some units of a product; `price` in cents."""

    product: Product
    quantity: int

    @property
    def price(self) -> int:
        """The price of all units."""
        return self.product.price * self.quantity


CABERNET = Product(title="2022 Example Cabernet", sku="EX-CAB-22", price=4900)
RESERVE = Product(title="2021 Example Reserve Red", sku="EX-RES-21", price=6000)
FLIGHT = Product(
    title="Example Tasting Flight", sku="EX-FLIGHT", price=2500, type="Tasting", ships=False
)

PRODUCTS = {product.sku: product for product in (CABERNET, RESERVE, FLIGHT)}
"""All products, by SKU."""
