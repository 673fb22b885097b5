"""A small real SMTP server for tests. It keeps all mail, and can be made to refuse."""

import base64
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from threading import Condition, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One received e-mail with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    is_encrypted: bool
    user: str

    @property
    def message(self) -> EmailMessage:
        """The parsed message."""
        return message_from_bytes(self.raw, policy=default)

    @property
    def text(self) -> str:
        """The message's text."""
        return self.body("plain")

    def body(self, kind: str) -> str:
        """Return the message's text of this kind, `plain` or `html`."""
        part = self.message.get_body((kind,))
        assert part
        return str(part.get_content()).replace("\r\n", "\n")


@dataclass
class Inbox:
    """The received mail. `refusals` holds the replies to commands that the server refuses."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    changed: Condition = field(default_factory=Condition)

    @property
    def settings(self) -> dict[str, str]:
        """The service's settings for sending e-mail to this server."""
        return {
            "SMTP_HOST": HOST,
            "SMTP_PORT": str(self.port),
            "SMTP_FROM": "alerts@1pixel.example",
            "SMTP_SECURITY": "none",
            "SUPPORT_EMAIL": "help@1pixel.example",
        }

    def wait_for(self, number: int, *, seconds: float = 20.0) -> list[Mail]:
        """Return the mails as soon as there are `number` of them."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.mails) >= number, seconds)
            return list(self.mails)


@dataclass(frozen=True)
class Certificate:
    """A certificate for this machine, and its key."""

    path: Path

    @property
    def as_server(self) -> ssl.SSLContext:
        """The TLS context of a server with this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path)
        return context

    @property
    def as_client(self) -> ssl.SSLContext:
        """The TLS context of a client that trusts this certificate."""
        return ssl.create_default_context(cafile=str(self.path))


def a_certificate(folder: Path, host: str = HOST) -> Certificate:
    """Return a new self-signed certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path = folder / f"{host}.pem"
    path.write_bytes(
        key.private_bytes(*form, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return Certificate(path)


class _Talk(socketserver.StreamRequestHandler):
    """One connection, by the rules of RFC 5321."""

    server: "_Server"
    is_encrypted = False
    user = ""
    sender = ""
    recipients: tuple[str, ...] = ()

    def handle(self) -> None:
        if self.server.is_tls:
            self.encrypt()
        self.say(self.server.inbox.refusals.get("CONNECT", "220 here"))
        while line := self.rfile.readline():
            command, _, rest = line.decode().strip().partition(" ")
            verb = command.upper()
            refusal = self.server.inbox.refusals.get(verb)
            if refusal:
                self.say(refusal)
                continue
            answer = getattr(self, f"do_{verb.lower()}", None)
            self.say(answer(rest) if answer else "502 unknown")
            if verb == "QUIT":
                return
            if verb == "STARTTLS":
                self.encrypt()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def encrypt(self) -> None:
        assert self.server.certificate
        self.request = self.server.certificate.as_server.wrap_socket(self.request, server_side=True)
        self.is_encrypted = True
        self.setup()

    def do_ehlo(self, _rest: str) -> str:
        offers = ["localhost"]
        if self.server.certificate and not self.is_encrypted:
            offers.append("STARTTLS")
        if self.server.inbox.users:
            offers.append("AUTH PLAIN")
        *first, last = offers
        return "\r\n".join([*(f"250-{each}" for each in first), f"250 {last}"])

    def do_starttls(self, _rest: str) -> str:
        return "220 go on" if self.server.certificate else "502 no"

    def do_auth(self, rest: str) -> str:
        _, user, password = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")
        if self.server.inbox.users.get(user) != password:
            return f"535 who is {user}?"
        self.user = user
        return "235 welcome"

    def do_mail(self, rest: str) -> str:
        self.sender, self.recipients = _address(rest), ()
        return "250 ok"

    def do_rcpt(self, rest: str) -> str:
        self.recipients += (_address(rest),)
        return "250 ok"

    def do_rset(self, _rest: str) -> str:
        return "250 ok"

    def do_quit(self, _rest: str) -> str:
        return "221 bye"

    def do_data(self, _rest: str) -> str:
        self.say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        inbox = self.server.inbox
        mail = Mail(
            sender=self.sender,
            recipients=self.recipients,
            raw=b"".join(lines),
            is_encrypted=self.is_encrypted,
            user=self.user,
        )
        with inbox.changed:
            inbox.mails.append(mail)
            inbox.changed.notify_all()
        return "250 taken"


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, inbox: Inbox, certificate: Certificate | None, *, is_tls: bool) -> None:
        self.inbox, self.certificate, self.is_tls = inbox, certificate, is_tls
        super().__init__(("127.0.0.1", inbox.port), _Talk)

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing: in some tests the client hangs up on purpose."""


@contextmanager
def smtp_server(
    certificate: Certificate | None = None, *, is_tls: bool = False, port: int = 0
) -> Iterator[Inbox]:
    """Run a server on this machine."""
    inbox = Inbox(port=port)
    with _Server(inbox, certificate, is_tls=is_tls) as server:
        inbox.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield inbox
        server.shutdown()
        thread.join()
