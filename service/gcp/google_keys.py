"""Google's public keys, with which its tokens are verified.

Reference: Google Identity, "Verify the token": the keys are at a fixed address, rotate within days,
and are to be cached.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from service.infra.http import Http, HttpFailureError
from service.ports import KeysUnavailableError

CERTS_URL = "https://www.googleapis.com/oauth2/v3/certs"
ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_KEPT_FOR = timedelta(hours=1)
_ASKED_AGAIN_AFTER = timedelta(minutes=1)
# Threads that wait for the lock must not each wait for a time-out of their own.
_OUTAGE_PROBED_AFTER = timedelta(seconds=10)


class GoogleKeys:
    """Google's keys by id, fetched once an hour; for an unknown id at most once a minute."""

    def __init__(self, http: Http, *, clock: Callable[[], datetime], url: str = CERTS_URL) -> None:
        self._http = http
        self._clock = clock
        self._url = url
        self._lock = Lock()
        self._keys: dict[str, RSAPublicKey] = {}
        self._asked_at: datetime | None = None
        self._is_outage = False

    def key_for(self, key_id: str) -> RSAPublicKey:
        """Return the key of this id.

        Raises:
            KeyError: Google has no such key.
            KeysUnavailableError: Google does not answer, and the key is not among the known ones.
        """
        with self._lock:
            if self._is_to_be_asked(key_id):
                self._ask()
            if self._is_outage and key_id not in self._keys:
                raise KeysUnavailableError("Google's keys cannot be fetched")
            return self._keys[key_id]

    def _is_to_be_asked(self, key_id: str) -> bool:
        if self._asked_at is None:
            return True
        age = self._clock() - self._asked_at
        if self._is_outage:
            return age >= _OUTAGE_PROBED_AFTER
        return age >= (_KEPT_FOR if key_id in self._keys else _ASKED_AGAIN_AFTER)

    def _ask(self) -> None:
        keys = self._fetched()
        # In an outage the old keys still serve: Google publishes new ones days ahead.
        self._keys = keys or self._keys
        self._is_outage = not keys
        self._asked_at = self._clock()

    def _fetched(self) -> dict[str, RSAPublicKey]:
        try:
            answer = self._http.get(self._url, headers={"Accept": "application/json"})
            listed = msgspec.json.decode(answer.body, type=_KeySet).keys
        except (HttpFailureError, msgspec.MsgspecError, RecursionError):
            return {}
        if answer.status != HTTPStatus.OK:
            return {}
        return dict(_readable(listed))


class _KeySet(msgspec.Struct):
    keys: list[Any]


def _readable(listed: Iterable[Any]) -> Iterator[tuple[str, RSAPublicKey]]:
    """Yield the RSA keys with an id; ignore all other entries."""
    for each in listed:
        with suppress(jwt.PyJWTError, TypeError, ValueError, AttributeError, KeyError):
            key = jwt.PyJWK.from_dict(each)
            if isinstance(key.key_id, str) and key.key_id and isinstance(key.key, RSAPublicKey):
                yield key.key_id, key.key
