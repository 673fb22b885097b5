"""The HTTP client of all vendors: pooled, bounded in time and size, follows no redirects."""

from collections.abc import Mapping
from enum import StrEnum
from socket import socket
from typing import TYPE_CHECKING, Any

import requests
from msgspec import Struct
from requests.adapters import HTTPAdapter
from requests.utils import default_headers
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    EmptyPoolError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
)

from service.infra.deadline import BoundedSocket, connect, is_over, time_left, until

if TYPE_CHECKING:
    from urllib3._base_connection import BaseHTTPConnection

_CHUNK = 16 * 1024
_HEADERS = default_headers()


class Failure(StrEnum):
    """Why no answer came. The texts repeat nothing of the request."""

    LATE = "time-out"
    BROKEN = "connection failed"
    TOO_LONG = "answer too long"


class HttpFailureError(Exception):
    """No answer came; the `failure` says why.

    `is_late` is true after a time-out: repeating the request at once would not help.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure

    @property
    def is_late(self) -> bool:
        """Return whether the request timed out."""
        return self.failure is Failure.LATE


class Limits(Struct, frozen=True, kw_only=True):
    """The limits of one request, in seconds and bytes.

    `connect` is for the connection and for the handshake, `read` for each wait after them. `total`
    ends everything, from the search for the address to the last byte, however the server trickles.
    """

    connect: float = 3.0
    read: float = 10.0
    total: float = 20.0
    answer_bytes: int = 64 * 1024


class HttpAnswer(Struct, frozen=True, kw_only=True):
    """An answer. Names in `headers` are case-insensitive."""

    __repr__ = object.__repr__

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http:
    """A pooled client. Safe to share between threads: it keeps no cookies and no credentials.

    It has no session of the library's, which would look for the machine's .netrc and proxies, for
    cookies and for redirects with each request.
    """

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        connections: int = 16,
        authorities: str | None = None,
    ) -> None:
        """`authorities` is a file of those who vouch for servers, in place of the library's own."""
        self._limits = limits or Limits()
        self._authorities = authorities or True
        self._adapter = _Adapter(pool_maxsize=connections, pool_block=True, max_retries=0)

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        """Post once and return the answer, whatever its status.

        Raises:
            HttpFailureError: there was no whole answer within the limits.
        """
        return self._request("POST", url, body=body, headers=headers)

    def get(self, url: str, *, headers: Mapping[str, str]) -> HttpAnswer:
        """Get once and return the answer, whatever its status.

        Raises:
            HttpFailureError: there was no whole answer within the limits.
        """
        return self._request("GET", url, body=None, headers=headers)

    def _request(
        self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]
    ) -> HttpAnswer:
        with until(self._limits.total):
            try:
                request = requests.Request(method, url, headers={**_HEADERS, **headers}, data=body)
                with self._adapter.send(
                    request.prepare(),
                    timeout=(self._limits.connect, self._limits.read),
                    verify=self._authorities,
                    stream=True,
                ) as response:
                    return HttpAnswer(
                        status=response.status_code,
                        headers=response.headers,
                        body=self._read(response),
                    )
            except (requests.RequestException, HTTPError, OSError) as error:
                raise HttpFailureError(_failure(error)) from error

    def close(self) -> None:
        """Close the pooled connections."""
        self._adapter.close()

    def _read(self, response: requests.Response) -> bytes:
        received = bytearray()
        # read1 returns the bytes that have arrived; read would wait for a whole chunk.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            received += chunk
            if len(received) > self._limits.answer_bytes:
                raise HttpFailureError(Failure.TOO_LONG)
        return bytes(received)


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *given: Any, **named: Any) -> None:  # noqa: ANN401 - passed on
        super().init_poolmanager(*given, **named)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


class _Bounded(HTTPConnection):
    """A connection all of whose waits end at the exchange's deadline."""

    def _new_conn(self) -> socket:
        try:
            return connect(
                self._dns_host, self.port, within=self.timeout, options=self.socket_options
            )
        except TimeoutError as error:
            raise ConnectTimeoutError(self, "the connection timed out") from error
        except OSError as error:
            raise NewConnectionError(self, "the connection failed") from error

    def connect(self) -> None:
        super().connect()
        self.sock = BoundedSocket(self.sock)


class _BoundedTls(_Bounded, HTTPSConnection):
    """The same with TLS. Its handshake is one wait."""


class _Waiting(HTTPConnectionPool):
    def _get_conn(self, timeout: float | None = None) -> "BaseHTTPConnection":
        return super()._get_conn(timeout=time_left(timeout))


class _Pool(_Waiting):
    ConnectionCls = _Bounded


class _TlsPool(_Waiting, HTTPSConnectionPool):
    ConnectionCls = _BoundedTls


def _failure(error: Exception) -> Failure:
    # A time-out while sending or in the middle of the answer comes wrapped in a connection error.
    inner = error.args[0] if error.args else None
    late = (requests.Timeout, ReadTimeoutError, EmptyPoolError, TimeoutError)
    is_late = is_over() or isinstance(error, late) or isinstance(inner, ReadTimeoutError)
    return Failure.LATE if is_late else Failure.BROKEN
