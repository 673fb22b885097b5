"""The winery's users of Commerce7's admin, and the tokens by which Commerce7 knows them.

Reference: Commerce7's developer documentation, "Authenticate App Requests". All are invented.
"""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

import jwt

_KEY = "invented, and known to this sandbox alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A user; `slug` names them in an address."""

    slug: str
    id: str
    first_name: str
    last_name: str
    role: str

    @property
    def email(self) -> str:
        """Return their invented e-mail address."""
        return f"{self.slug}@fictional-ridge.example"

    def as_json(self) -> dict[str, Any]:
        """Return what `GET /account/user` tells of them."""
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
    """Who is signed in; signing out makes every token of theirs worthless."""

    _lock: Lock = field(default_factory=Lock)
    _tokens: dict[str, Account] = field(default_factory=dict)

    def sign_in(self, slug: str, *, now: datetime) -> str:
        """Return a fresh token of this user."""
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
        """Forget every token of this user."""
        with self._lock:
            self._tokens = {
                token: account for token, account in self._tokens.items() if account.slug != slug
            }

    def whose(self, token: str) -> Account | None:
        """Return whose token this is."""
        with self._lock:
            return self._tokens.get(token)
