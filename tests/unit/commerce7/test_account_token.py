from base64 import urlsafe_b64encode

import jwt
import pytest

from service.commerce7.account_token import claimed_user, may_be_account_token

CLAIMS = {"sub": "user-1", "firstName": "Olive", "iat": 1_786_000_000_000, "type": "Account"}
TOKEN = jwt.encode(CLAIMS, "a key of Commerce7's alone, made up here", algorithm="HS256")


def with_payload(text: bytes) -> str:
    return f"header.{urlsafe_b64encode(text).decode().rstrip('=')}.signature"


def test_a_token_as_commerce7_makes_them() -> None:
    assert may_be_account_token(TOKEN)
    assert claimed_user(TOKEN) == "user-1"


@pytest.mark.parametrize(
    "text",
    [
        with_payload(b"{}"),
        with_payload(b'{"type": "account"}'),
        with_payload(b"not JSON"),
        with_payload(b"\xff\xfe"),
        with_payload(b"[" * 1400),
        "header.payload.signature",
        "a.b.c",
    ],
)
def test_what_may_be_one(text: str) -> None:
    assert may_be_account_token(text)
    assert claimed_user(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "a",
            "a.b",
            "a.b.",
            ".b.c",
            "a..c",
            "a.b.c.d",
            "a.b.c\n",
            " a.b.c",
            "a.b.ç",
            "a,b.c.d",
        ),
        TOKEN + "x" * 2000,
        with_payload(b"[1]"),
        with_payload(b"null"),
        with_payload(b'"Account"'),
        with_payload(b'{"type": "Customer"}'),
        with_payload(b'{"type": null}'),
        with_payload(b'{"type": ["Account"]}'),
    ],
)
def test_what_can_be_none(text: str) -> None:
    assert not may_be_account_token(text)
