"""E-mail over a real socket, to a server that keeps all mail."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.domain.copies import replace
from service.domain.mail.mail import Mail
from service.infra.smtp import Server, SmtpMailer
from service.ports import MailError
from tests.builders import Clock, Ids
from tests.ports import free_port
from tests.smtp_server import HOST, Certificate, Inbox, a_certificate, smtp_server

US, THEM = "alerts@1pixel.example", "olive@winery.example"
WORDS = "Ein Grüß Gott, 葡萄酒 and a line of\n.\nits own\n" + "long " * 300


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return a_certificate(tmp_path)


def mailer(inbox: Inbox, certificate: Certificate | None = None, **server: Any) -> SmtpMailer:
    plain = Server(host=HOST, port=inbox.port, security="none")
    return SmtpMailer(
        replace(plain, **server),
        sender=US,
        clock=Clock(),
        new_id=Ids(),
        context=certificate.as_client if certificate else None,
        timeout=2.0,
    )


def send(mailer: SmtpMailer, to: str = THEM, **changes: str) -> None:
    known = Mail(subject="About a token", text=WORDS, html=f"<p>{WORDS}</p>")
    mailer.send(to=to, mail=replace(known, **changes))


def failure(act: Callable[[], None]) -> str:
    with pytest.raises(MailError) as raised:
        act()
    assert raised.value.__cause__ is None
    return str(raised.value)


class TestAMail:
    def test_arrives_as_it_was_written(self) -> None:
        with smtp_server() as inbox:
            send(mailer(inbox), subject="Grüße, ein neuer Schlüssel für château-été wird gebraucht")
        (mail,) = inbox.mails
        assert (mail.sender, mail.recipients) == (US, (THEM,))
        assert mail.message["From"] == f"1Pixel <{US}>"
        assert mail.message["To"] == THEM
        assert mail.message["Subject"].startswith("Grüße, ein neuer Schlüssel für château-été")
        assert mail.text.rstrip("\n") == WORDS.rstrip("\n")
        # The last alternative is the one that a program shows if it can.
        assert mail.message.get_content_type() == "multipart/alternative"
        kinds = [part.get_content_type() for part in mail.message.iter_parts()]
        assert kinds == ["text/plain", "text/html"]
        assert mail.body("html").rstrip("\n") == f"<p>{WORDS}</p>"

    def test_says_that_a_machine_wrote_it_and_when(self) -> None:
        with smtp_server() as inbox:
            send(mailer(inbox))
        headers = inbox.mails[0].message
        assert headers["Auto-Submitted"] == "auto-generated"
        assert headers["Date"] == "Wed, 05 Aug 2026 00:00:00 +0000"
        assert headers["Message-ID"] == "<id-1@1pixel.example>"

    @pytest.mark.parametrize(
        "to",
        [
            "",
            "nobody",
            f"{THEM}, eve@evil.example",
            f"{THEM}\r\nBcc: eve@evil.example",
            f"{THEM}\nBcc: eve@evil.example",
            f"{THEM}>\r\nRCPT TO:<eve@evil.example",
            f"<{THEM}>",
            f"{THEM}\x00",
        ],
    )
    def test_needs_exactly_one_valid_address(self, to: str) -> None:
        with smtp_server() as inbox:
            told = failure(lambda: send(mailer(inbox), to=to))
        assert inbox.mails == []
        assert "@" not in told

    def test_goes_to_the_address_alone_of_whatever_is_around_it(self) -> None:
        with smtp_server() as inbox:
            send(mailer(inbox), to=f"(the boss){THEM}")
        assert inbox.mails[0].recipients == (THEM,)

    @pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\r\n\r\n"])
    def test_takes_no_header_from_its_subject(self, ending: str) -> None:
        hostile = f"About winery{ending}Bcc: eve@evil.example"
        with smtp_server() as inbox:
            failure(lambda: send(mailer(inbox), subject=hostile))
        assert inbox.mails == []

    def test_takes_no_command_from_its_text(self) -> None:
        hostile = "\r\n.\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<all@evil.example>\r\nDATA\r\n"
        with smtp_server() as inbox:
            send(mailer(inbox), text=hostile, html=hostile)
        (mail,) = inbox.mails
        assert mail.recipients == (THEM,)
        assert "MAIL FROM" in mail.text


class TestTheConnection:
    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_is_encrypted_and_signed_in(self, certificate: Certificate, security: str) -> None:
        with smtp_server(certificate, is_tls=security == "tls") as inbox:
            inbox.users["us"] = "s3cret"
            login = {"user": "us", "password": "s3cret"}
            send(mailer(inbox, certificate, security=security, **login))
        (mail,) = inbox.mails
        assert (mail.is_encrypted, mail.user) == (True, "us")

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_sends_nothing_to_a_server_with_an_untrusted_certificate(
        self, certificate: Certificate, tmp_path: Path, security: str
    ) -> None:
        elsewhere = a_certificate(tmp_path, "elsewhere.example")
        for shown, trusted in ((certificate, None), (elsewhere, elsewhere)):
            with smtp_server(shown, is_tls=security == "tls") as inbox:
                told = failure(
                    lambda inbox=inbox, trusted=trusted: send(  # type: ignore[misc]
                        mailer(inbox, trusted, security=security, user="us", password="s3cret")
                    )
                )
            assert told == "SSLCertVerificationError"
            assert inbox.mails == []

    def test_is_not_made_without_the_encryption_that_was_asked_for(self) -> None:
        with smtp_server() as inbox:
            told = failure(lambda: send(mailer(inbox, security="starttls")))
        assert (told, inbox.mails) == ("SMTPNotSupportedError", [])

    def test_fails_when_it_is_refused(self) -> None:
        nobody = Inbox(port=free_port())
        assert failure(lambda: send(mailer(nobody))) == "ConnectionRefusedError"

    @pytest.mark.parametrize(
        ("command", "answer", "told"),
        [
            ("CONNECT", "554 go away olive@winery.example", "SMTPConnectError 554"),
            ("AUTH", "535 no, olive@winery.example", "SMTPAuthenticationError 535"),
            ("MAIL", "451 later, olive@winery.example", "SMTPSenderRefused 451"),
            ("RCPT", "550 no such olive@winery.example", "SMTPRecipientsRefused 550"),
            ("DATA", "554 spam for olive@winery.example", "SMTPDataError 554"),
        ],
    )
    def test_failure_names_the_code_and_no_address(
        self, command: str, answer: str, told: str
    ) -> None:
        with smtp_server() as inbox:
            inbox.users["us"] = "s3cret"
            inbox.refusals[command] = answer
            assert failure(lambda: send(mailer(inbox, user="us", password="s3cret"))) == told

    def test_may_end_without_a_goodbye(self) -> None:
        with smtp_server() as inbox:
            inbox.refusals["QUIT"] = "500 no"
            send(mailer(inbox))
        assert len(inbox.mails) == 1

    def test_prints_no_password(self) -> None:
        server = Server(host=HOST, port=1, security="tls", user="us", password="s3cret")
        assert "s3cret" not in repr(server)
