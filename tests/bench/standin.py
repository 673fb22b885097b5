"""A Meta that answers every event after a set pause, in a process of its own.

`python -m tests.bench.standin PORT`. It judges nothing, so that it costs little beside the service.
It notes when each event arrived, by the clock that all processes of the machine share. As Commerce7
it is out of order (503), so the service reads nothing from it.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import requests

from tests.bench.stopwatch import ROOT
from tests.ports import free_port

_PATIENCE_SECONDS = 10.0
_NEVER = 3600.0
_ACCEPTED = b'{"events_received":1,"messages":[],"fbtrace_id":"AbenchBenchBenchBenchB"}'
_BAD_TOKEN = (
    b'{"error":{"message":"Error validating access token: Session has expired.",'
    b'"type":"OAuthException","code":190,"error_subcode":463,"fbtrace_id":"AbenchBenchBench"}}'
)


@dataclass
class _State:
    pause: float = 0.0
    good_token: str | None = None
    arrivals: list[tuple[str, float]] = field(default_factory=list)


class Standin:
    """The other end, by its control address."""

    def __init__(self, url: str) -> None:
        self.url = url

    def answer_after(self, seconds: float) -> None:
        """Pause this long before each answer from now on."""
        self._set(pause=seconds)

    def hang(self) -> None:
        """Answer no request from now on."""
        self._set(pause=_NEVER)

    def take_only(self, token: str) -> None:
        """Refuse every other token as expired from now on."""
        self._set(good_token=token)

    def arrivals(self) -> dict[str, float]:
        """Return when each event came first."""
        return dict(reversed(self.every_arrival()))

    def every_arrival(self) -> list[tuple[str, float]]:
        """Return each event that came, and when, as often as it came."""
        said = requests.get(f"{self.url}/_arrivals", timeout=30).json()
        return [(event_id, at) for event_id, at in said]

    def count(self) -> int:
        """Return how many events arrived."""
        return int(requests.get(f"{self.url}/_count", timeout=30).json())

    def _set(self, **wish: Any) -> None:
        requests.post(f"{self.url}/_set", json=wish, timeout=5).raise_for_status()


@contextmanager
def standin(*, pause: float = 0.0) -> Iterator[Standin]:
    """Lend a running one."""
    port = free_port()
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "tests.bench.standin", str(port)], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout
            process.stdout.readline()
            other = Standin(f"http://127.0.0.1:{port}")
            other.answer_after(pause)
            yield other
        finally:
            process.kill()


async def _serve(port: int) -> None:
    state = _State()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(reader):
                line, headers, body = request
                status, answer = await _answer(state, line, headers, body)
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(answer)}\r\n\r\n".encode()
                    + answer
                )
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port, backlog=1024)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


async def _read(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes] | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    line, *rest = head.rstrip().split("\r\n")
    headers = {
        name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)
    }
    return line, headers, await reader.readexactly(int(headers.get("content-length", "0")))


async def _answer(
    state: _State, line: str, headers: dict[str, str], body: bytes
) -> tuple[str, bytes]:
    method, path, _ = line.split(" ")
    if path == "/_arrivals":
        return "200 OK", json.dumps(state.arrivals).encode()
    if path == "/_count":
        return "200 OK", str(len(state.arrivals)).encode()
    if path == "/_set":
        for name, value in json.loads(body).items():
            setattr(state, name, value)
        return "200 OK", b"{}"
    if not path.startswith("/meta/"):
        return "503 Service Unavailable", b"{}"
    at = monotonic()
    await asyncio.sleep(state.pause)
    if state.good_token and headers.get("authorization") != f"Bearer {state.good_token}":
        return "400 Bad Request", _BAD_TOKEN
    if method == "POST":
        state.arrivals += [(event["event_id"], at) for event in json.loads(body)["data"]]
    return "200 OK", _ACCEPTED


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
