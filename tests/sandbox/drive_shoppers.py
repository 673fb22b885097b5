"""Shoppers of `shoppers.py` against a running service and sandbox, by HTTP and without a browser.

`TRUSTED_PROXY_HOPS=1 python -m tests.sandbox`, and in another terminal
`python -m tests.sandbox.drive_shoppers --shoppers 100 --seed 1`, which prints the truth of each
order as a line of JSON. Without a trusted proxy all hits come from this machine's own address. The
service limits the hits of a winery (`service/web/request/limits.py`): more than a thousand at once
are partly left out, and the answer does not tell.
"""

import argparse
import json
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic, sleep

import requests

from tests.sandbox.config import utc_now
from tests.sandbox.order_parts import Json
from tests.sandbox.shoppers import Beacon, Plan, Sale, Truth, plan

_PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """The addresses of the service, the sandbox and the shop."""

    service_url: str
    sandbox_url: str
    shop_url: str
    tenant_id: str
    session: requests.Session = field(default_factory=requests.Session)

    def drive(self, plan: Plan, *, speed: float | None = None) -> None:
        """Do all steps in their order: at once, or `speed` times as fast as they are planned.

        Raises:
            requests.RequestException: the service or the sandbox did not answer, or refused.
        """
        self.session.trust_env = False  # no proxy for this machine
        began, first = monotonic(), plan.steps[0].at if plan.steps else None
        for step in plan.steps:
            if speed and first:
                sleep(max(0.0, (step.at - first).total_seconds() / speed + began - monotonic()))
            if isinstance(step, Beacon):
                self._tell(step)
            else:
                self._order(step)

    def _tell(self, beacon: Beacon) -> None:
        answer = self.session.post(
            f"{self.service_url}/collect",
            data=json.dumps({"tenant": self.tenant_id, **beacon.body}),
            headers=self._headers(beacon) | {"Content-Type": "text/plain;charset=UTF-8"},
            timeout=_PATIENCE_SECONDS,
        )
        answer.raise_for_status()

    def _order(self, sale: Sale) -> None:
        cart = f"{self.sandbox_url}/commerce7/v1/cart/{sale.cart_id}"
        items = [{"sku": line.product.sku, "quantity": line.quantity} for line in sale.lines]
        headers = self._headers(sale)
        self.session.put(
            cart, json={"items": items}, headers=headers, timeout=_PATIENCE_SECONDS
        ).raise_for_status()
        self.session.post(
            f"{cart}/checkout", json=_typed(sale), headers=headers, timeout=_PATIENCE_SECONDS
        ).raise_for_status()

    def _headers(self, step: Beacon | Sale) -> dict[str, str]:
        return {
            "Origin": self.shop_url,
            "User-Agent": step.user_agent,
            "X-Forwarded-For": step.ip,
        }


def _typed(sale: Sale) -> Json:
    person = sale.person
    return {
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "phone": person.phone,
        "address": person.address,
        "city": person.city,
        "stateCode": person.state,
        "zipCode": person.zip_code,
    }


def as_json(truth: Truth) -> Json:
    """Return the truth of an order as the command prints it."""
    return {
        "order": truth.order_id,
        "shopper": truth.shopper,
        "fbc": truth.fbc,
        "fbp": truth.fbp,
        "traits": sorted(truth.traits),
    }


def main(now: datetime) -> int:
    """Drive shoppers by the command line's arguments, and print the truth."""
    parser = argparse.ArgumentParser(description="Simulated shoppers in the sandbox's shop.")
    parser.add_argument("--shoppers", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--speed", type=float, help="times as fast; without it, all at once")
    parser.add_argument("--service", default="http://localhost:8080")
    parser.add_argument("--sandbox", default="http://127.0.0.1:8090")
    parser.add_argument("--shop", default="http://shop.localhost:8091")
    parser.add_argument("--tenant", default="sandbox-winery")
    given = parser.parse_args()
    lasting = timedelta(minutes=30)
    planned = plan(
        given.shoppers,
        seed=given.seed,
        # At once, all of it has happened; in time, it begins now.
        begun=now if given.speed else now - lasting - timedelta(minutes=5),
        lasting=lasting,
        shop_url=given.shop,
    )
    driver = Driver(
        service_url=given.service,
        sandbox_url=given.sandbox,
        shop_url=given.shop,
        tenant_id=given.tenant,
    )
    driver.drive(planned, speed=given.speed)
    for truth in planned.truth:
        print(json.dumps(as_json(truth)))
    return 0


if __name__ == "__main__":
    sys.exit(main(utc_now()))
