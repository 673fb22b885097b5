"""The winery's shop on the web: a site of its own, with the service's snippet on every page.

Like Commerce7's, it is one page whose script changes the address (`history.pushState`) between the
base routes of the public settings, and calls the cart's API on another origin. The address chooses
what else the theme does (`OPTIONS`), by `with`, which all links of the shop keep.
"""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import uuid4

from flask import Blueprint, Flask, current_app, render_template, request

from tests.sandbox.order_parts import Json
from tests.sandbox.people import BUYERS, Person
from tests.sandbox.products import PRODUCTS
from tests.sandbox.state import sandbox, share

OPTIONS: Mapping[str, str] = {
    "ga4": "Google's tag (GA4)",
    "banner": "A consent banner (choose consent in the dashboard, too)",
    "pixel": "A Meta pixel in the theme",
    "login": "A customer who has signed in",
}
"""What a theme may have, by its name in the address."""

_API = "API_URL"
_ROUTES = ("collection", "product", "cart", "checkout")

blueprint = Blueprint("storefront", __name__)


def create_storefront(sandbox_app: Flask, *, api_url: str) -> Flask:
    """Return the shop of a sandbox, whose API and Meta are at `api_url`, for an own origin."""
    app = Flask(__name__)
    app.config[_API] = api_url
    share(app, sandbox_app)
    app.register_blueprint(blueprint)
    return app


@blueprint.get("/", defaults={"path": ""})
@blueprint.get("/<path:path>")
def page(path: str) -> str:
    """Return the shop's only page for every path: its script reads that."""
    del path
    chosen = [option for option in OPTIONS if option in request.args.getlist("with")]
    systems = sandbox()
    settings = systems.commerce7.settings.for_web()
    routes = {name: f"/{settings['baseRoute'][name]}" for name in _ROUTES}
    query = urlencode([("with", option) for option in chosen])
    return render_template(
        "storefront.html",
        name=settings["companyName"],
        currency=settings["currency"],
        routes=routes,
        query=f"?{query}" if query else "",
        ad_query=urlencode({"fbclid": f"IwAR{uuid4().hex}", "utm_source": "facebook"}),
        options=OPTIONS,
        chosen=chosen,
        products=PRODUCTS.values(),
        snippet=f"{systems.config.service_url.rstrip('/')}/snippet/{systems.config.tenant_id}.js",
        customer=BUYERS[0] if "login" in chosen else None,
        facts=_facts(chosen, routes=routes, currency=settings["currency"]),
    )


def _facts(chosen: list[str], *, routes: Mapping[str, str], currency: str) -> Json:
    """Return what the shop's scripts need to know."""
    config, api_url = sandbox().config, current_app.config[_API]
    return {
        "api": f"{api_url}/commerce7/v1",
        "tenant": config.tenant_id,
        "currency": currency,
        "routes": dict(routes),
        "products": {
            sku: {"title": product.title, "price": product.price / 100}
            for sku, product in PRODUCTS.items()
        },
        "options": chosen,
        "customer": _signed_in(BUYERS[0]) if "login" in chosen else None,
        "pixel": {
            "id": next(iter(config.pixels), ""),
            "script": f"{api_url}/meta/en_US/fbevents.js",
        },
    }


def _signed_in(person: Person) -> Json:
    return {"email": person.email, "customerId": person.customer_id}
