"""Google's public keys, with which its tokens are verified.

Reference: Google Identity, "Verify the token": the keys are at a fixed address, rotate within days,
and are to be cached.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Event, Lock, Thread
from time import monotonic
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
_OUTAGE_PROBED_AFTER = timedelta(seconds=10)
# How long after its beginning a fetch is waited for, in seconds: for a key that is needed, and for
# a newer set while the known key serves.
_NEEDED_WITHIN, _RENEWED_WITHIN = 2.0, 0.5


class _Fetch:
    def __init__(self) -> None:
        self._begun_at = monotonic()
        self.is_over = Event()

    def wait(self, most: float) -> None:
        """Wait until it is over, but no longer than `most` seconds from its beginning."""
        self.is_over.wait(max(0.0, self._begun_at + most - monotonic()))


class GoogleKeys:
    """Google's keys by id, fetched once an hour; for an unknown id at most once a minute.

    One thread of its own fetches. Also while Google hangs, no caller waits for longer than two
    seconds, and none whose key is known for longer than half a second, once for each fetch.
    """

    def __init__(self, http: Http, *, clock: Callable[[], datetime], url: str = CERTS_URL) -> None:
        self._http = http
        self._clock = clock
        self._url = url
        self._lock = Lock()
        self._keys: dict[str, RSAPublicKey] = {}
        self._asked_at: datetime | None = None
        self._is_outage = False
        self._fetch: _Fetch | None = None

    def key_for(self, key_id: str) -> RSAPublicKey:
        """Return the key of this id.

        Raises:
            KeyError: Google has no such key.
            KeysUnavailableError: Google does not answer, and the key is not among the known ones.
        """
        with self._lock:
            is_known, begun = key_id in self._keys, self._begin_if_due(key_id)
            fetch = self._fetch
        if fetch and not is_known:
            fetch.wait(_NEEDED_WITHIN)
        elif begun:
            begun.wait(_RENEWED_WITHIN)
        with self._lock:
            if key := self._keys.get(key_id):
                return key
            if self._fetch or self._is_outage:
                raise KeysUnavailableError("Google's keys cannot be fetched")
            raise KeyError(key_id)

    def _begin_if_due(self, key_id: str) -> _Fetch | None:
        if self._fetch or not self._is_to_be_asked(key_id):
            return None
        self._fetch = _Fetch()
        Thread(target=self._ask, args=(self._fetch,), daemon=True).start()
        return self._fetch

    def _is_to_be_asked(self, key_id: str) -> bool:
        if self._asked_at is None:
            return True
        age = self._clock() - self._asked_at
        if self._is_outage:
            return age >= _OUTAGE_PROBED_AFTER
        return age >= (_KEPT_FOR if key_id in self._keys else _ASKED_AGAIN_AFTER)

    def _ask(self, fetch: _Fetch) -> None:
        keys: dict[str, RSAPublicKey] = {}
        try:
            keys = self._fetched()
        finally:
            with self._lock:
                # In an outage the old keys still serve: Google publishes new ones days ahead.
                self._keys = keys or self._keys
                self._is_outage = not keys
                self._asked_at = self._clock()
                self._fetch = None
            fetch.is_over.set()

    def _fetched(self) -> dict[str, RSAPublicKey]:
        try:
            answer = self._http.get(self._url, headers={"Accept": "application/json"})
            listed = _KEY_SET.decode(answer.body).keys
        except (HttpFailureError, msgspec.MsgspecError, RecursionError):
            return {}
        if answer.status != HTTPStatus.OK:
            return {}
        return dict(_readable(listed))


class _KeySet(msgspec.Struct):
    keys: list[Any]


_KEY_SET = msgspec.json.Decoder(_KeySet)


def _readable(listed: Iterable[Any]) -> Iterator[tuple[str, RSAPublicKey]]:
    """Yield the RSA keys with an id; ignore all other entries."""
    for each in listed:
        with suppress(jwt.PyJWTError, TypeError, ValueError, AttributeError, KeyError):
            key = jwt.PyJWK.from_dict(each)
            if isinstance(key.key_id, str) and key.key_id and isinstance(key.key, RSAPublicKey):
                yield key.key_id, key.key
