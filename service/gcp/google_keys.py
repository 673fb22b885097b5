"""Google's public keys, by which its tokens are known.

Reference: Google Identity, "Verify the token": the keys are at a fixed address, rotate within days,
and are to be cached.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from service.http import Http, HttpFailureError
from service.ports import KeysUnavailableError

CERTS_URL = "https://www.googleapis.com/oauth2/v3/certs"
ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_KEPT_FOR = timedelta(hours=1)
_ASKED_AGAIN_AFTER = timedelta(minutes=1)


class GoogleKeys:
    """Keys by id. Fetched once an hour, and for an unknown id at most once a minute."""

    def __init__(self, http: Http, *, clock: Callable[[], datetime], url: str = CERTS_URL) -> None:
        self._http = http
        self._clock = clock
        self._url = url
        self._lock = Lock()
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetched_at: datetime | None = None

    def key_for(self, key_id: str) -> RSAPublicKey:
        """Return the key of this id.

        Raises:
            KeyError: Google has no such key.
            KeysUnavailableError: Google cannot be asked, and what we know does not help.
        """
        with self._lock:
            if self._is_to_be_asked(key_id):
                self._fetch()
            return self._keys[key_id]

    def _is_to_be_asked(self, key_id: str) -> bool:
        if self._fetched_at is None:
            return True
        age = self._clock() - self._fetched_at
        return age >= (_KEPT_FOR if key_id in self._keys else _ASKED_AGAIN_AFTER)

    def _fetch(self) -> None:
        keys = self._asked()
        if keys:
            self._keys = keys
        elif not self._keys:
            raise KeysUnavailableError("Google's keys cannot be fetched")
        # Old keys in an outage are better than none: Google announces new ones days ahead.
        self._fetched_at = self._clock()

    def _asked(self) -> dict[str, RSAPublicKey]:
        try:
            answer = self._http.get(self._url, headers={"Accept": "application/json"})
            if answer.status != HTTPStatus.OK:
                return {}
            listed = jwt.PyJWKSet.from_dict(msgspec.json.decode(answer.body, type=dict)).keys
        except (HttpFailureError, msgspec.MsgspecError, jwt.PyJWTError, AttributeError):
            return {}
        return {
            each.key_id: each.key
            for each in listed
            if each.key_id and isinstance(each.key, RSAPublicKey)
        }
