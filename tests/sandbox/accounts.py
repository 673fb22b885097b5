"""The users of the winery's Commerce7 admin, and their account tokens.

Reference: Commerce7's developer documentation, "Authenticate App Requests". All are invented.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock
from typing import Any

import jwt

_KEY = "invented, and known to this sandbox alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user; `slug` is the name in addresses."""

    slug: str
    id: str
    first_name: str
    last_name: str
    role: str

    @property
    def email(self) -> str:
        """Return the user's invented e-mail address."""
        return f"{self.slug}@fictional-ridge.example"

    def as_json(self) -> dict[str, Any]:
        """Return the answer of `GET /account/user`."""
        return {
            "id": self.id,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "email": self.email,
            "role": self.role,
        }


USERS = (
    Account(slug="owner", id="00000000-0000-4000-8000-000000000001", first_name="Olive",
            last_name="Owner", role="Admin Owner"),
    Account(slug="admin", id="00000000-0000-4000-8000-000000000002", first_name="Ada",
            last_name="Admin", role="Admin"),
    Account(slug="reader", id="00000000-0000-4000-8000-000000000003", first_name="Rea",
            last_name="Der", role="Data"),
)  # fmt: skip


@dataclass(slots=True)
class Accounts:
    """The signed-in users. Signing out invalidates all tokens of a user."""

    _lock: Lock = field(default_factory=Lock)
    _tokens: dict[str, Account] = field(default_factory=dict)

    def sign_in(self, slug: str, *, now: datetime) -> str:
        """Return a new token of this user."""
        account = next(each for each in USERS if each.slug == slug)
        claims = {
            "sub": account.id,
            "firstName": account.first_name,
            "lastName": account.last_name,
            "email": account.email,
            "iat": int(now.timestamp() * 1000),
            "type": "Account",
        }
        token = jwt.encode(claims, _KEY, algorithm="HS256")
        with self._lock:
            self._tokens[token] = account
        return token

    def sign_out(self, slug: str) -> None:
        """Invalidate all tokens of this user."""
        with self._lock:
            self._tokens = {
                token: account for token, account in self._tokens.items() if account.slug != slug
            }

    def change_role(self, slug: str, role: str) -> None:
        """Give this user another role; their tokens stay valid."""
        with self._lock:
            self._tokens = {
                token: replace(account, role=role) if account.slug == slug else account
                for token, account in self._tokens.items()
            }

    def whose(self, token: str) -> Account | None:
        """Return the token's user."""
        with self._lock:
            return self._tokens.get(token)
