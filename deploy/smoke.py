"""Tries a service that has just been deployed, before it gets any traffic.

Usage: python3 deploy/smoke.py URL [--logs=COMMAND]. COMMAND prints what the service has logged; it
is run again until our requests are in it. The script ends with 1 at the first fault.
"""

import argparse
import json
import shlex
import socket
import ssl
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from secrets import token_urlsafe
from threading import Event
from time import monotonic
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

FORGED_NETWORK = "203.0.113"
"""Of an address that is in documents alone (RFC 5737); no caller of ours can have it."""

# More than the service has threads: one request each, and none would be left for others.
_SLOW_BODIES = 20
_START_SECONDS = 60.0
_LOGGED_WITHIN_SECONDS = 120.0
_PAUSE_SECONDS = 1.0
_OURS = "smoke-test"


class FaultError(Exception):
    """The service does not do what it promises; the message says what."""


class Answer(NamedTuple):
    """The status and text of an answer; status 0 if there was none."""

    status: int
    text: str


@dataclass
class Smoke:
    """The checks of one service, and what it was sent that must be in no log.

    An answer may take `patience` seconds.
    """

    url: str
    logs: str = ""
    secrets: list[str] = field(default_factory=list)
    patience: float = 20.0

    def checks(self) -> Iterator[Callable[[], str]]:
        """Yield the checks in their order; each returns what it found, or raises a fault."""
        yield self.is_ready
        yield self.refuses_forged_tasks
        yield self.keeps_strangers_out
        yield self.does_not_wait_for_slow_bodies
        if self.logs:
            yield self.logs_no_secret_and_no_forged_address

    def is_ready(self) -> str:
        """Wait until the database and the queue answer.

        Not `/healthz`: Google's front end answers that address itself.
        """
        answer = _eventually(lambda: self._ask("/readyz"), within=_START_SECONDS)
        if answer.status != HTTPStatus.OK:
            raise FaultError(f"/readyz answers {answer.status}: {answer.text[:200]}")
        return f"every port answers: {answer.text.strip()}"

    def refuses_forged_tasks(self) -> str:
        """Call the sweep as our queue does, with everything but its token."""
        queue = {
            "User-Agent": "Google-Cloud-Tasks",
            "X-CloudTasks-QueueName": "onepixel-send",
            "X-Forwarded-For": f"{FORGED_NETWORK}.7",
        }
        for token in ("", f"Bearer {self._secret()}", f"Bearer {_unsigned(self._secret())}"):
            headers = queue | ({"Authorization": token} if token else {})
            answer = self._ask("/tasks/sweep", method="POST", headers=headers)
            if answer.status != HTTPStatus.UNAUTHORIZED:
                raise FaultError(f"a forged task is answered {answer.status}")
        return "forged tasks are refused"

    def keeps_strangers_out(self) -> str:
        """Open the dashboard with an invented account token."""
        query = urlencode({"tenantId": _OURS, "account": self._secret()})
        answer = self._ask(f"/?{query}")
        if answer.status == HTTPStatus.OK or 'name="session"' in answer.text:
            raise FaultError(f"an invented account token is answered {answer.status}")
        return f"an invented account token is answered {answer.status}"

    def does_not_wait_for_slow_bodies(self) -> str:
        """Ask for a page while more bodies are under way than the service has threads."""
        with ExitStack() as stack:
            for _ in range(_SLOW_BODIES):
                stack.enter_context(self._slow_body())
            began = monotonic()
            answer = self._ask("/readyz")
            took = monotonic() - began
        if answer.status != HTTPStatus.OK:
            raise FaultError(f"beside {_SLOW_BODIES} slow bodies /readyz answers {answer.status}")
        return f"beside {_SLOW_BODIES} slow bodies a page takes {took:.1f} s"

    def logs_no_secret_and_no_forged_address(self) -> str:
        """Read the log until our refused tasks are in it."""

        def read() -> Answer:
            done = subprocess.run(  # noqa: S603 - the operator's own command
                shlex.split(self.logs), capture_output=True, text=True, check=True
            )
            return Answer(HTTPStatus.OK if "task.refused" in done.stdout else 0, done.stdout)

        log = _eventually(read, within=_LOGGED_WITHIN_SECONDS)
        if log.status != HTTPStatus.OK:
            raise FaultError("the refused tasks are not in the log")
        if any(secret in log.text for secret in self.secrets):
            raise FaultError("a token that we sent is in the log")
        if FORGED_NETWORK in log.text:
            raise FaultError("a forged X-Forwarded-For is believed: TRUSTED_PROXY_HOPS is wrong")
        return "no token and no forged address is in the log"

    def _secret(self) -> str:
        self.secrets.append(token_urlsafe(24))
        return self.secrets[-1]

    def _ask(
        self, path: str, *, method: str = "GET", headers: dict[str, str] | None = None
    ) -> Answer:
        request = Request(  # noqa: S310 - the operator's own address
            f"{self.url}{path}", method=method, headers=headers or {}
        )
        try:
            with urlopen(request, timeout=self.patience) as answer:  # noqa: S310 - as above
                return Answer(answer.status, answer.read().decode(errors="replace"))
        except HTTPError as error:
            return Answer(error.code, error.read().decode(errors="replace"))
        except (URLError, OSError) as error:
            return Answer(0, str(error))

    def _slow_body(self) -> socket.socket:
        """Return a connection with a request whose body never comes."""
        site = urlsplit(self.url)
        host, is_tls = site.hostname or "", site.scheme == "https"
        connection = socket.create_connection(
            (host, site.port or (443 if is_tls else 80)), timeout=10
        )
        if is_tls:
            context = ssl.create_default_context()
            connection = context.wrap_socket(connection, server_hostname=host)
        head = f"POST /collect HTTP/1.1\r\nHost: {site.netloc}\r\nContent-Length: 1000\r\n\r\n"
        connection.sendall(head.encode() + b"{")
        return connection


def _eventually(look: Callable[[], Answer], *, within: float) -> Answer:
    """Look until the answer is 200, or this time is over; return the last answer."""
    deadline, again = monotonic() + within, Event()
    while (answer := look()).status != HTTPStatus.OK and monotonic() < deadline:
        again.wait(_PAUSE_SECONDS)
    return answer


def _unsigned(secret: str) -> str:
    """Return a token that claims to need no signature."""
    parts = ({"alg": "none", "typ": "JWT"}, {"iss": "https://accounts.google.com", "jti": secret})
    texts = [urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, ""])


def main() -> None:
    """Run the checks, a line each."""
    parser = argparse.ArgumentParser(description="Tries a service that has just been deployed.")
    parser.add_argument("url")
    parser.add_argument("--logs", default="", help="a command that prints the service's log")
    wish = parser.parse_args()
    for check in Smoke(wish.url.rstrip("/"), wish.logs).checks():
        try:
            print(f"ok    {check()}")  # noqa: T201 - it speaks to a terminal
        except FaultError as fault:
            sys.exit(f"FAULT {fault}")


if __name__ == "__main__":
    main()
