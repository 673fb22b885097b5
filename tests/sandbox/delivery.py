"""Delivering a webhook as Commerce7 does: one POST with HTTP Basic. The answer is recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from tests.sandbox.config import SandboxConfig

_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivered webhook. Without an answer, `status` is `None` and `answer` the reason."""

    action: str
    status: int | None
    answer: Any

    @property
    def succeeded(self) -> bool:
        """Whether Commerce7 would not deliver it again."""
        return self.status is not None and requests.codes.ok <= self.status < 300

    def as_json(self) -> dict[str, Any]:
        """Return the delivery as the JSON API shows it."""
        return {"action": self.action, "status": self.status, "body": self.answer}


Deliver = Callable[[dict[str, Any], SandboxConfig], Delivery]
"""A function that delivers a webhook to the service."""


def deliver(webhook: dict[str, Any], config: SandboxConfig) -> Delivery:
    """Post the webhook once. Redirects are not followed: they would leak credentials."""
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
        requests.RequestException: there was no answer.
    """
    with requests.Session() as session:
        session.trust_env = False  # no proxy for localhost
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
