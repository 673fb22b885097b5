"""A local server with Google's public keys, and tokens signed by them."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt

from service.gcp.google_keys import ISSUERS
from tests.rsa_keys import ANOTHER, OURS

KEYS = {"one": OURS, "two": ANOTHER}
ACCOUNT, AUDIENCE = "tasks@example.com", "https://1pixel.example/tasks"


@dataclass
class Google:
    """The server's answer, and the number of requests."""

    url: str = ""
    body: bytes = b""
    status: int = 200
    asked: int = 0
    meanwhile: Callable[[], object] = lambda: None

    def offer(self, *kids: str, besides: tuple[object, ...] = ()) -> None:
        listed = [*besides, *(a_listed_key(kid) for kid in kids)]
        self.body = json.dumps({"keys": listed}).encode()


def a_listed_key(kid: str) -> dict[str, Any]:
    """Return the public key in the format of Google's list."""
    listed = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[kid].public_key()))
    return {**listed, "kid": kid, "alg": "RS256", "use": "sig"}


def claims(**changes: object) -> dict[str, object]:
    """Return the claims of our queue's token."""
    return {
        "iss": ISSUERS[0], "aud": AUDIENCE, "email": ACCOUNT, "email_verified": True,
        "iat": 1_700_000_000, "exp": 4_000_000_000, **changes,
    }  # fmt: skip


def a_token(*, key: str = "one", kid: str = "one", **changes: object) -> str:
    """Return a token signed by this key."""
    return jwt.encode(claims(**changes), KEYS[key], algorithm="RS256", headers={"kid": kid})


@contextmanager
def google() -> Iterator[Google]:
    """Lend a running server."""
    told = Google()

    class Requests(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked += 1
            told.meanwhile()
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    told.url = f"http://127.0.0.1:{server.server_port}/certs"
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()
