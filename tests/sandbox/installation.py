"""The app's installation at the winery, and Commerce7's calls about it."""

from dataclasses import dataclass, field
from typing import Any

import requests

from tests.sandbox.accounts import USERS
from tests.sandbox.config import SandboxConfig
from tests.sandbox.delivery import post_to_service


@dataclass(slots=True)
class AppInstallation:
    """The installation. `is_installed` decides whether the API accepts the app's login.

    It does so for `others`, too: wineries without a shop here, which have installed the app.
    """

    is_installed: bool = True
    others: set[str] = field(default_factory=set)

    def install(self, config: SandboxConfig, *, with_login: bool = False) -> requests.Response:
        """Install the app, and call the service."""
        self.is_installed = True
        return self.tell("install", config, with_login=with_login)

    def uninstall(self, config: SandboxConfig, *, with_login: bool = False) -> requests.Response:
        """Remove the app, and call the service."""
        self.is_installed = False
        return self.tell("uninstall", config, with_login=with_login)

    def tell(
        self, what: str, config: SandboxConfig, *, with_login: bool = False
    ) -> requests.Response:
        """Call the service, without changing the installation."""
        user = USERS[0].as_json()
        body: dict[str, Any] = {"tenantId": config.tenant_id}
        if what == "install":
            body["user"] = {key: user[key] for key in ("id", "firstName", "lastName", "email")}
        login = (config.app_id, config.app_secret) if with_login else None
        return post_to_service(f"/auth/{what}", body, config, login=login)
