"""Delivering a webhook as Commerce7 does: one POST, HTTP Basic, and the answer kept as it came."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from tests.sandbox.config import SandboxConfig

_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivered webhook; `status` is `None` when nobody answered and `answer` says why."""

    action: str
    status: int | None
    answer: Any

    @property
    def succeeded(self) -> bool:
        """Whether Commerce7 would leave it at that."""
        return self.status is not None and requests.codes.ok <= self.status < 300

    def as_json(self) -> dict[str, Any]:
        """Return the delivery as the JSON API shows it."""
        return {"action": self.action, "status": self.status, "body": self.answer}


Deliver = Callable[[dict[str, Any], SandboxConfig], Delivery]
"""How a webhook gets to the service."""


def deliver(webhook: dict[str, Any], config: SandboxConfig) -> Delivery:
    """Post the webhook once; a redirect is an answer, not a place to send credentials to."""
    action, url = webhook["action"], f"{config.service_url}/webhooks/commerce7"
    login = (config.webhook_user, config.webhook_password)
    try:
        answer = post_to_service("/webhooks/commerce7", webhook, config, login=login)
    except requests.Timeout:
        return Delivery(action, None, f"{url} did not answer within {_PATIENCE_SECONDS} seconds.")
    except requests.RequestException:
        return Delivery(action, None, f"{url} cannot be reached. Is the service running?")
    return Delivery(action, answer.status_code, _read(answer))


def post_to_service(
    path: str, body: dict[str, Any], config: SandboxConfig, *, login: tuple[str, str] | None
) -> requests.Response:
    """Post once, and return the answer.

    Raises:
        requests.RequestException: there was none.
    """
    with requests.Session() as session:
        session.trust_env = False  # no proxy stands between a developer and localhost
        return session.post(
            f"{config.service_url.rstrip('/')}{path}",
            json=body,
            auth=login,
            timeout=_PATIENCE_SECONDS,
            allow_redirects=False,
        )


def _read(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except requests.JSONDecodeError:
        return answer.text
