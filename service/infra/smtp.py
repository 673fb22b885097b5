"""E-mail over SMTP, one recipient per message.

Reference: Python's `smtplib` and `email.message`; RFC 5321 for the envelope, RFC 3834 for
`Auto-Submitted`.
"""

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Literal

from msgspec import Struct

from service.domain.mail.mail import Mail
from service.infra.deadline import BoundedContext, BoundedSocket, connect, until
from service.ports import MailError

_SECONDS = 10.0
_TOTAL_SECONDS = 30.0
_SENDER = "1Pixel"


class Server(Struct, frozen=True, kw_only=True):
    """The mail server and our login there. It holds a password, so it has no `repr`."""

    __repr__ = object.__repr__

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = ""


class SmtpMailer:
    """Port `Mailer`. The server's certificate is verified.

    Each wait for the server has a time-out, and all of an e-mail's together have a deadline.
    """

    def __init__(
        self,
        server: Server,
        *,
        sender: str,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        context: ssl.SSLContext | None = None,
        timeout: float = _SECONDS,
        total: float = _TOTAL_SECONDS,
    ) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock
        self._new_id = new_id
        self._context: Any = BoundedContext(context or ssl.create_default_context())
        self._timeout = timeout
        self._total = total

    def send(self, *, to: str, mail: Mail) -> None:
        """Send the e-mail in plain text, with HTML as the alternative (RFC 2046, section 5.1.4).

        Raises:
            MailError: the message is invalid, or the server did not take it.
        """
        message = self._message(to, mail)
        try:
            with until(self._total):
                self._deliver(message)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise MailError(_cause(error)) from None

    def _deliver(self, message: EmailMessage) -> None:
        server = self._connected()
        try:
            server.send_message(message, self._sender, [message["To"].addresses[0].addr_spec])
        finally:
            # A failure here does not matter: the server has taken the message.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _message(self, to: str, mail: Mail) -> EmailMessage:
        domain = self._sender.rpartition("@")[2]
        message = EmailMessage(policy=SMTP)
        try:
            # The library refuses line breaks in headers, and anything but one address.
            message["From"] = Address(display_name=_SENDER, addr_spec=self._sender)
            message["To"] = Address(addr_spec=to)
            message["Subject"] = mail.subject
            message["Date"] = format_datetime(self._clock())
            message["Message-ID"] = f"<{self._new_id()}@{domain}>"
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(mail.text)
            message.add_alternative(mail.html, subtype="html")
        except (ValueError, MessageError, IndexError) as error:
            raise MailError(_cause(error)) from None
        return message

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        connection: smtplib.SMTP
        if server.security == "tls":
            connection = _TlsClient(
                server.host, server.port, timeout=self._timeout, context=self._context
            )
        else:
            connection = _Client(server.host, server.port, timeout=self._timeout)
        try:
            if server.security == "starttls":
                connection.starttls(context=self._context)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


class _Client(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> BoundedSocket:
        return BoundedSocket(connect(host, port, within=timeout))


class _TlsClient(smtplib.SMTP_SSL, _Client):
    """The same with TLS from the beginning: the library shakes hands on the bounded socket."""


def _cause(error: Exception) -> str:
    """Return the error's type and SMTP codes. The server's text may contain the address."""
    codes = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException):
        codes = [error.smtp_code]
    return " ".join(map(str, (type(error).__name__, *codes)))
