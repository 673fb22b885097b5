"""Storefronts with the built snippet, one server each, and shoppers who visit them."""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Any

from playwright.sync_api import BrowserContext, Page

ROOT = Path(__file__).parents[2]
BUILT = (ROOT / "static/snippet/onepixel.js").read_text()
EVENTS = ["PageView", "ViewContent", "AddToCart", "InitiateCheckout"]
PATIENCE_SECONDS = 15
_PIXEL = b64decode("R0lGODlhAQABAAAAACwAAAAAAQABAAA=")
_FILES = {"/fbevents.js": "text/javascript", "/wine.svg": "image/svg+xml"}

Hit = dict[str, Any]


@dataclass
class Shop:
    """One server: the shop's pages on 127.0.0.1, the snippet and its hits on localhost."""

    server: ThreadingHTTPServer
    kind: str = "classic"
    options: dict[str, object] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    """What stands in the storefront's page for a word of it."""
    hits: list[Hit] = field(default_factory=list)
    asked: list[tuple[str, bool]] = field(default_factory=list)
    """The paths that were asked for, and whether for a page that is rendered ahead."""
    changed: Condition = field(default_factory=Condition)
    held: dict[str, Event] = field(default_factory=dict)
    """What is on its way until its event is set: `snippet` or `fbevents`."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def service(self) -> str:
        return f"http://localhost:{self.server.server_port}"

    def script(self) -> str:
        # In the order of `Config` in snippet/src/types.d.ts.
        config = {
            "tenant": "estate",
            "collect": f"{self.service}/collect",
            "events": EVENTS,
            "consent": 1,
            "checkoutEmail": False,
            "product": "/product",
            "checkout": "/checkout",
        }
        return BUILT.replace("ONEPIXEL_CONFIG", json.dumps(list((config | self.options).values())))

    def page(self) -> str:
        text = (ROOT / f"tests/storefronts/{self.kind}.html").read_text()
        words = {"SNIPPET": f"{self.service}/snippet/estate.js", "SERVICE": self.service}
        for word, meaning in (self.replaced | words).items():
            text = text.replace(word, meaning)
        return text

    def take(self, hit: Hit) -> None:
        with self.changed:
            self.hits.append(hit)
            self.changed.notify_all()

    def events(self) -> list[Hit]:
        return [event for hit in self.hits for event in hit["events"]]

    def names(self) -> list[str]:
        return [event["name"] for event in self.events()]

    def wait(self, is_there: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(is_there, PATIENCE_SECONDS), self.hits

    def wait_for(self, *names: str) -> None:
        """Wait until exactly these events are there, in any order."""
        self.wait(lambda: len(self.names()) >= len(names))
        assert sorted(self.names()) == sorted(names)


class _Handler(BaseHTTPRequestHandler):
    shop: Shop

    def do_GET(self) -> None:
        with self.shop.changed:
            self.shop.asked.append((self.path, "prerender" in self.headers.get("Sec-Purpose", "")))
            self.shop.changed.notify_all()
        for name, released in self.shop.held.items():
            if name in self.path:
                released.wait(PATIENCE_SECONDS)
        if self.path.startswith("/snippet/"):
            self._answer(200, "text/javascript", self.shop.script().encode())
        elif kind := _FILES.get(self.path):
            self._answer(200, kind, (ROOT / f"tests/storefronts{self.path}").read_bytes())
        elif self.path.startswith("/tr/"):
            self._answer(200, "image/gif", _PIXEL)
        else:
            self._answer(200, "text/html", self.shop.page().encode())

    def do_POST(self) -> None:
        assert self.headers["Content-Type"].startswith("text/plain")
        assert "Cookie" not in self.headers
        self.shop.take(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self._answer(204, "text/plain", b"")

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Print nothing."""


@contextmanager
def a_shop() -> Iterator[Shop]:
    """Lend a shop."""

    class Bound(_Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
    Bound.shop = Shop(server)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield Bound.shop
    for released in Bound.shop.held.values():
        released.set()
    server.shutdown()
    server.server_close()


@contextmanager
def a_shopper(context: BrowserContext, *expected: str) -> Iterator[Page]:
    """Lend a page. Afterwards nothing but what is expected was written to its console."""
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    told = [text for text in complaints if not any(each in text for each in ("404", *expected))]
    assert told == [], told
