"""A Commerce7 API on a real socket, for tests of its client."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from service.ports import ShopError

RESET = 0


@dataclass
class Platform:
    """Gives scripted answers first, then its objects, and records all requests."""

    objects: dict[str, Any] = field(default_factory=dict)
    script: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""


@contextmanager
def a_platform(**objects: Any) -> Iterator[Platform]:
    platform = Platform(objects={key.replace("__", "/"): value for key, value in objects.items()})

    class Requests(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            platform.calls.append((self.path, headers))
            status, more = platform.script.pop(0) if platform.script else (200, {})
            if status == RESET:
                self.close_connection = True
                return
            found = platform.objects.get(self.path.removeprefix("/v1/"))
            self.send_response(status if found is not None or status != 200 else 404)
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    server.daemon_threads = True
    platform.url = f"http://127.0.0.1:{server.server_port}/v1"
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield platform
    server.shutdown()
    server.server_close()


def refusal(ask: Callable[[], object]) -> ShopError:
    with pytest.raises(ShopError) as caught:
        ask()
    return caught.value
