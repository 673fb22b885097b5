"""Google's keys from an address on this machine, and the tokens that they prove."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from service.gcp.google_keys import ISSUERS, GoogleKeys
from service.http import Http
from service.oidc import OidcCallers
from service.ports import KeysUnavailableError, NotAllowedCallerError, NotOurQueueError
from tests.builders import Clock

KEYS = {kid: rsa.generate_private_key(65537, 2048) for kid in ("one", "two")}
ACCOUNT, AUDIENCE = "tasks@example.com", "https://1pixel.example/tasks"


@dataclass
class Google:
    url: str = ""
    body: bytes = b""
    status: int = 200
    asked: int = 0

    def offer(self, *kids: str) -> None:
        listed = [
            json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEYS[kid].public_key()))
            | {"kid": kid, "alg": "RS256", "use": "sig"}
            for kid in kids
        ]
        self.body = json.dumps({"keys": listed}).encode()


@contextmanager
def google() -> Iterator[Google]:
    told = Google()

    class Requests(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked += 1
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    told.url = f"http://127.0.0.1:{server.server_port}/certs"
    Thread(target=server.serve_forever, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


def keys_of(told: Google, clock: Clock) -> GoogleKeys:
    return GoogleKeys(Http(), clock=clock, url=told.url)


class TestTheKeys:
    def test_are_fetched_once_an_hour(self) -> None:
        clock = Clock()
        with google() as told:
            told.offer("one")
            keys = keys_of(told, clock)
            for minutes in (0, 30, 29):
                clock.advance(timedelta(minutes=minutes))
                assert keys.key_for("one") == KEYS["one"].public_key()
            assert told.asked == 1
            clock.advance(timedelta(minutes=1))
            keys.key_for("one")
            assert told.asked == 2

    def test_are_asked_for_an_unknown_one_at_most_once_a_minute(self) -> None:
        clock = Clock()
        with google() as told:
            told.offer("one")
            keys = keys_of(told, clock)
            for _ in range(3):
                with pytest.raises(KeyError):
                    keys.key_for("two")
            assert told.asked == 1
            told.offer("one", "two")
            clock.advance(timedelta(minutes=1))
            assert keys.key_for("two") == KEYS["two"].public_key()

    def test_outlive_an_outage(self) -> None:
        clock = Clock()
        with google() as told:
            told.offer("one")
            keys = keys_of(told, clock)
            keys.key_for("one")
            told.status = 500
            clock.advance(timedelta(hours=2))
            assert keys.key_for("one") == KEYS["one"].public_key()

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"keys": 5}', b'{"keys": []}'])
    def test_that_cannot_be_fetched_prove_nobody(self, body: bytes) -> None:
        with google() as told:
            told.body = body
            with pytest.raises(KeysUnavailableError):
                keys_of(told, Clock()).key_for("one")


class TestACaller:
    def verify(self, told: Google, token: str) -> None:
        OidcCallers(
            issuers=ISSUERS, audience=AUDIENCE, account=ACCOUNT,
            key_for=keys_of(told, Clock()).key_for,
        ).verify(token)  # fmt: skip

    def token(self, **changes: object) -> str:
        claims: dict[str, object] = {
            "iss": ISSUERS[0], "aud": AUDIENCE, "email": ACCOUNT, "email_verified": True,
            "iat": 1_700_000_000, "exp": 4_000_000_000, **changes,
        }  # fmt: skip
        return jwt.encode(claims, KEYS["one"], algorithm="RS256", headers={"kid": "one"})

    def test_is_our_queues_account(self) -> None:
        with google() as told:
            told.offer("one")
            self.verify(told, self.token())

    @pytest.mark.parametrize(
        "changes",
        [{"iss": "https://evil.example"}, {"aud": "https://other.example"}, {"exp": 1_700_000_001}],
    )
    def test_is_nobody_from_elsewhere(self, changes: dict[str, object]) -> None:
        with google() as told:
            told.offer("one")
            with pytest.raises(NotOurQueueError):
                self.verify(told, self.token(**changes))

    def test_is_nobody_whose_signature_was_removed(self) -> None:
        body = self.token().rpartition(".")[0]
        with google() as told:
            told.offer("one")
            with pytest.raises(NotOurQueueError):
                self.verify(told, f"{body}.SIGNATURE_REMOVED_BY_GOOGLE")

    @pytest.mark.parametrize("changes", [{"email": "x@example.com"}, {"email_verified": False}])
    def test_is_no_other_account(self, changes: dict[str, object]) -> None:
        with google() as told:
            told.offer("one")
            with pytest.raises(NotAllowedCallerError):
                self.verify(told, self.token(**changes))
