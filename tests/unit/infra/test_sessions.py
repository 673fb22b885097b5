from datetime import timedelta, timezone
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from service.domain.copies import replace
from service.domain.tenants.session import Session, opened
from service.infra.sessions import SignedSessions
from service.ports import NoSessionError
from tests.builders import NOW, OLIVE, TENANT

OLD, NEW = "old key", "new key"
SESSIONS = SignedSessions([NEW, OLD])
SESSION = opened(TENANT, OLIVE, now=NOW)
SIGNED = SESSIONS.sign(SESSION)
AUDIENCE = "1pixel.dashboard.session"


def signed_as_we_do(value: object, *, salt: str = AUDIENCE, key: str = NEW) -> str:
    """Return any value signed with our key, for any purpose (`salt`)."""
    options = {"key_derivation": "hmac", "digest_method": sha256}
    text = URLSafeSerializer(key, salt=salt, signer_kwargs=options).dumps(value)
    assert isinstance(text, str)
    return text


def refuse(text: str, sessions: SignedSessions = SESSIONS) -> None:
    with pytest.raises(NoSessionError) as caught:
        sessions.read(text)
    assert OLIVE.name not in str(caught.value)


class TestASignedSession:
    @pytest.mark.parametrize(
        "session",
        [
            SESSION,
            replace(SESSION, staff=replace(OLIVE, name="Zoë 🍷 O'Brien", role="")),
            SESSION.renewed(OLIVE, now=NOW + timedelta(microseconds=1)),
            opened(TENANT, OLIVE, now=NOW.astimezone(timezone(timedelta(hours=-7)))),
        ],
    )
    def test_is_read_as_it_was(self, session: Session) -> None:
        assert SESSIONS.read(SESSIONS.sign(session)) == session

    def test_fits_into_a_header(self) -> None:
        assert SIGNED.isascii()
        assert not set(SIGNED) & set(' \t\r\n",;=')

    def test_is_read_even_after_it_ran_out(self) -> None:
        over = replace(SESSION, expires_at=NOW - timedelta(days=365))
        assert SESSIONS.read(SESSIONS.sign(over)) == over


class TestKeys:
    def test_that_are_older_still_verify(self) -> None:
        assert SESSIONS.read(SignedSessions([OLD]).sign(SESSION)) == SESSION

    def test_that_are_first_sign(self) -> None:
        assert SignedSessions([NEW]).read(SIGNED) == SESSION
        refuse(SIGNED, SignedSessions([OLD]))

    def test_that_are_removed_refuse(self) -> None:
        refuse(SignedSessions([OLD]).sign(SESSION), SignedSessions([NEW]))

    def test_may_be_three(self) -> None:
        three = SignedSessions(["newest", NEW, OLD])
        assert SignedSessions(["newest"]).read(three.sign(SESSION)) == SESSION
        assert three.read(SignedSessions([OLD]).sign(SESSION)) == SESSION


class TestAForgery:
    def test_is_every_text_of_which_one_character_is_another(self) -> None:
        for place in range(len(SIGNED) - 1):
            other = "A" if SIGNED[place] != "A" else "B"
            refuse(SIGNED[:place] + other + SIGNED[place + 1 :])

    def test_is_one_sessions_content_under_anothers_signature(self) -> None:
        theirs = SESSIONS.sign(replace(SESSION, tenant_id="other-winery"))
        refuse(theirs.rpartition(".")[0] + "." + SIGNED.rpartition(".")[2])

    def test_is_what_the_same_key_signed_for_another_purpose(self) -> None:
        content = msgspec.to_builtins(SESSION)
        assert SESSIONS.read(signed_as_we_do(content)) == SESSION
        refuse(signed_as_we_do(content, salt="1pixel.something.else"))
        refuse(signed_as_we_do(content, key="a guess"))

    @pytest.mark.parametrize(
        "value",
        [
            None,
            7,
            "text",
            [],
            {},
            {"tenant_id": TENANT},
            {**msgspec.to_builtins(SESSION), "tenant_id": None},
            {**msgspec.to_builtins(SESSION), "expires_at": "tomorrow"},
            {**msgspec.to_builtins(SESSION), "staff": "user-1"},
        ],
    )
    def test_is_what_we_signed_that_is_no_session(self, value: object) -> None:
        refuse(signed_as_we_do(value))

    @pytest.mark.parametrize(
        "text",
        ["", ".", "..", "null", "é", "\0", f"{SIGNED} ", f" {SIGNED}", f"é{SIGNED}",
         SIGNED.replace(".", ""), SIGNED.rpartition(".")[0]],
    )  # fmt: skip
    def test_is_a_text_that_is_damaged(self, text: str) -> None:
        refuse(text)

    def test_is_longer_than_any_session_however_well_it_is_signed(self) -> None:
        name = "".join(sha256(bytes([number])).hexdigest() for number in range(200))
        endless = replace(SESSION, staff=replace(OLIVE, name=name))
        assert len(SESSIONS.sign(endless)) > 4096
        refuse(SESSIONS.sign(endless))


@given(st.one_of(st.text(), st.text().map(lambda end: f"{SIGNED[:-40]}{end}")))
def test_no_text_that_we_did_not_sign_is_a_session_or_does_any_harm(text: str) -> None:
    refuse(text)


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists))
def test_nothing_that_we_sign_by_mistake_is_a_session(value: object) -> None:
    refuse(signed_as_we_do(value))
