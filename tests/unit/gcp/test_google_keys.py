"""Google's keys, fetched from a local server, and the verification of tokens."""

import base64
import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.gcp.google_keys import ISSUERS, GoogleKeys
from service.infra.http import Http
from service.infra.oidc import OidcCallers
from service.ports import KeysUnavailableError, NotAllowedCallerError, NotOurQueueError
from tests.builders import Clock
from tests.ports import free_port
from tests.unit.gcp.google import (
    ACCOUNT,
    AUDIENCE,
    KEYS,
    Google,
    a_listed_key,
    a_token,
    claims,
    google,
)

MINUTE = timedelta(minutes=1)
MANY = 8
CURVED = jwt.algorithms.ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()).public_key())
PRIVATE = jwt.algorithms.RSAAlgorithm.to_jwk(KEYS["two"])
USELESS: dict[str, object] = {
    "of a curve": json.loads(CURVED) | {"kid": "two"},
    "private": json.loads(PRIVATE) | {"kid": "two"},
    "shared": {"kty": "oct", "k": "c2VjcmV0", "kid": "two"},
    "without an id": a_listed_key("two") | {"kid": None},
    "with an empty id": a_listed_key("two") | {"kid": ""},
    "without a modulus": {"kty": "RSA", "e": "AQAB", "kid": "two"},
    "with a modulus of another type": a_listed_key("two") | {"n": 5},
    "of an unknown kind": {"kty": "post-quantum", "kid": "two"},
    "no object": "two",
}
GARBAGE = {
    "nothing": b"",
    "a page": b"<html>",
    "no text": b"\xff\xfe",
    "a list": b"[]",
    "null": b"null",
    "no keys": b"{}",
    "keys that are a number": b'{"keys": 5}',
    "keys that are null": b'{"keys": null}',
    "keys that are an object": b'{"keys": {"kid": "one"}}',
    "an empty list of keys": b'{"keys": []}',
    "too much": json.dumps({"keys": [a_listed_key("one")], "x": "x" * 65_536}).encode(),
}


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
            clock.advance(MINUTE)
            keys.key_for("one")
            assert told.asked == 2

    def test_are_asked_for_an_unknown_one_at_most_once_a_minute(self) -> None:
        clock = Clock()
        with google() as told:
            told.offer("one")
            keys = keys_of(told, clock)
            for seconds in (0, 30, 29):
                clock.advance(timedelta(seconds=seconds))
                with pytest.raises(KeyError):
                    keys.key_for("two")
            assert told.asked == 1
            told.offer("one", "two")
            clock.advance(timedelta(seconds=1))
            assert keys.key_for("two") == KEYS["two"].public_key()
            assert told.asked == 2

    def test_that_google_lists_no_longer_are_forgotten(self) -> None:
        clock = Clock()
        with google() as told:
            told.offer("one")
            keys = keys_of(told, clock)
            keys.key_for("one")
            told.offer("two")
            clock.advance(MINUTE)
            keys.key_for("two")
            with pytest.raises(KeyError):
                keys.key_for("one")

    @pytest.mark.parametrize(("status", "body"), [(500, b""), (200, b"<html>"), (200, b"{}")])
    def test_outlive_an_outage(self, status: int, body: bytes) -> None:
        clock = Clock()
        with google() as told:
            told.offer("one")
            keys = keys_of(told, clock)
            keys.key_for("one")
            told.status, told.body = status, body
            for _ in range(3):
                clock.advance(timedelta(hours=2))
                assert keys.key_for("one") == KEYS["one"].public_key()
            assert told.asked == 4

    @pytest.mark.parametrize("body", GARBAGE.values(), ids=GARBAGE)
    def test_that_cannot_be_read_verify_no_token(self, body: bytes) -> None:
        with google() as told:
            told.body = body
            with pytest.raises(KeysUnavailableError):
                keys_of(told, Clock()).key_for("one")
            assert told.asked == 1

    @pytest.mark.parametrize("status", [204, 302, 403, 404, 500, 503])
    def test_that_come_with_another_status_verify_no_token(self, status: int) -> None:
        with google() as told:
            told.offer("one")
            told.status = status
            with pytest.raises(KeysUnavailableError):
                keys_of(told, Clock()).key_for("one")

    def test_prove_nobody_while_google_is_away_and_are_there_once_it_is_back(self) -> None:
        with google() as told:
            told.offer("one")
            clock = Clock()
            keys, url = keys_of(told, clock), told.url
            keys._url = f"http://127.0.0.1:{free_port()}/certs"
            for _ in range(2):
                with pytest.raises(KeysUnavailableError):
                    keys.key_for("one")
            keys._url = url
            clock.advance(timedelta(seconds=10))
            assert keys.key_for("one") == KEYS["one"].public_key()

    def test_are_not_fetched_by_each_waiting_thread_in_an_outage(self) -> None:
        clock = Clock()
        with google() as told:
            told.status = 500
            keys = keys_of(told, clock)
            for _ in range(8):
                with pytest.raises(KeysUnavailableError):
                    keys.key_for("one")
            assert told.asked == 1
            clock.advance(timedelta(seconds=10))
            with pytest.raises(KeysUnavailableError):
                keys.key_for("one")
            assert told.asked == 2

    def test_that_are_not_known_in_an_outage_are_no_forgers(self) -> None:
        clock = Clock()
        with google() as told:
            told.offer("one")
            keys = keys_of(told, clock)
            keys.key_for("one")
            told.status = 500
            clock.advance(timedelta(minutes=1))
            with pytest.raises(KeysUnavailableError):
                keys.key_for("two")
            assert keys.key_for("one") == KEYS["one"].public_key()

    @pytest.mark.parametrize("field", ["kid", "alg"])
    def test_are_good_beside_one_that_makes_no_sense(self, field: str) -> None:
        with google() as told:
            told.offer("one", besides=(a_listed_key("two") | {field: ["x"]},))
            assert keys_of(told, Clock()).key_for("one") == KEYS["one"].public_key()

    def test_nested_without_end_are_none(self) -> None:
        with google() as told:
            told.body = b'{"keys": ' + b"[" * 50_000
            with pytest.raises(KeysUnavailableError):
                keys_of(told, Clock()).key_for("one")

    @pytest.mark.parametrize("useless", USELESS.values(), ids=USELESS)
    def test_of_no_use_are_passed_over(self, useless: object) -> None:
        with google() as told:
            told.offer("one", besides=(useless,))
            keys = keys_of(told, Clock())
            assert keys.key_for("one") == KEYS["one"].public_key()
            for kid in ("two", "", "None"):
                with pytest.raises(KeyError):
                    keys.key_for(kid)

    @pytest.mark.parametrize("useless", USELESS.values(), ids=USELESS)
    def test_of_no_use_alone_are_none(self, useless: object) -> None:
        with google() as told:
            told.offer(besides=(useless,))
            with pytest.raises(KeysUnavailableError):
                keys_of(told, Clock()).key_for("two")

    def test_are_fetched_once_for_many_who_ask_at_once(self) -> None:
        together, crowd = Barrier(MANY), Barrier(MANY)

        def wait_for_a_crowd() -> None:
            with suppress(BrokenBarrierError):
                crowd.wait(timeout=0.5)

        with google() as told:
            told.offer("one")
            told.meanwhile = wait_for_a_crowd
            keys = keys_of(told, Clock())

            def ask(_: int) -> object:
                together.wait(timeout=10)
                return keys.key_for("one")

            with ThreadPoolExecutor(MANY) as pool:
                found = list(pool.map(ask, range(MANY)))
            assert found == [KEYS["one"].public_key()] * MANY
            assert told.asked == 1


def in_base64(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def signed_with_the_public_key() -> str:
    """Return a token signed with the public key as an HMAC secret, as a forger would."""
    public = KEYS["one"].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head = json.dumps({"alg": "HS256", "typ": "JWT", "kid": "one"}).encode()
    said = f"{in_base64(head)}.{in_base64(json.dumps(claims()).encode())}"
    return f"{said}.{in_base64(hmac.digest(public, said.encode(), hashlib.sha256))}"


class TestACaller:
    def verify(self, told: Google, token: str) -> None:
        OidcCallers(
            issuers=ISSUERS, audience=AUDIENCE, account=ACCOUNT,
            key_for=keys_of(told, Clock()).key_for,
        ).verify(token)  # fmt: skip

    @pytest.mark.parametrize("issuer", ["https://accounts.google.com", "accounts.google.com"])
    def test_is_our_queues_account(self, issuer: str) -> None:
        with google() as told:
            told.offer("two", "one")
            self.verify(told, a_token(iss=issuer))
            self.verify(told, a_token(iss=issuer, key="two", kid="two"))

    @pytest.mark.parametrize(
        "token",
        [
            a_token(iss="https://evil.example"),
            a_token(aud="https://other.example"),
            a_token(aud=f"{AUDIENCE}/send"),
            a_token(exp=1_700_000_001),
            a_token(key="two"),
            a_token(kid="two"),
            a_token(kid=""),
            a_token().rpartition(".")[0] + ".SIGNATURE_REMOVED_BY_GOOGLE",
            a_token().rpartition(".")[0] + ".",
            jwt.encode(claims(), "", algorithm="none", headers={"kid": "one"}),
            signed_with_the_public_key(),
        ],
    )
    def test_is_refused_with_another_token(self, token: str) -> None:
        with google() as told:
            told.offer("one")
            with pytest.raises(NotOurQueueError):
                self.verify(told, token)

    @pytest.mark.parametrize(
        "changes",
        [
            {"email": "x@example.com"},
            {"email": ACCOUNT.upper()},
            {"email_verified": False},
            {"email_verified": "true"},
            {"email_verified": None},
        ],
    )
    def test_is_no_other_account(self, changes: dict[str, Any]) -> None:
        with google() as told:
            told.offer("one")
            with pytest.raises(NotAllowedCallerError):
                self.verify(told, a_token(**changes))
