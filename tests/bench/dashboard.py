"""What a browser loads when it opens the dashboard for the first time, and again.

A real Chromium opens the app in the frame of the sandbox's Commerce7, at a winery with five orders.
Counted is what the service answers within two seconds of the frame's load, its bodies and headers
as it sends them. The next visit begins in Commerce7's menu like the first, in the same browser; of
its requests those for static files are counted, each of which asks whether the file has changed.
"""

import json
from pathlib import Path

from tests.bench.measure import Bar, Result
from tests.bench.site import folder
from tests.e2e.browser import Desk, chromium, sit_down
from tests.e2e.conftest import a_site
from tests.e2e.harness import TENANT

_APP = "tests.bench.apps:noting_answers()"
_ROUNDS, _STILL_MS = 3, 2000


def measure() -> list[Result]:
    """Return the rows of the dashboard's loading."""
    with folder() as data, a_site(data, {"BENCH_ANSWERS": str(data / "answers.jsonl")}) as site:
        site.service.start(_APP)
        for _ in range(5):
            site.commerce7.perform("web")
        with chromium() as browser:
            rounds = [
                _visits(
                    sit_down(browser, f"{site.sandbox_url}/commerce7/admin/{TENANT}"),
                    data / "answers.jsonl",
                )
                for _ in range(_ROUNDS)
            ]
    sizes, numbers, again = zip(*rounds, strict=True)
    return [
        Result(
            name="first load of the dashboard: bytes",
            figures=tuple(size / 1000 for size in sizes),
            unit="KB",
            bar=Bar(high=70),
        ),
        Result(
            name="first load of the dashboard: requests",
            figures=tuple(map(float, numbers)),
            unit="requests",
            bar=Bar(high=8),
        ),
        Result(
            name="next visit to the dashboard: static files asked for",
            figures=tuple(map(float, again)),
            unit="requests",
            bar=Bar(high=0),
        ),
    ]


def _visits(desk: Desk, answers: Path) -> tuple[int, int, int]:
    """Return the first visit's bytes and requests, and the next one's static files."""
    first, again = (_visit(desk, answers) for _ in range(2))
    desk.page.context.close()
    size = sum(int(str(each["bytes"])) for each in first)
    return size, len(first), sum(str(each["path"]).startswith("/static/") for each in again)


def _visit(desk: Desk, answers: Path) -> list[dict[str, object]]:
    answers.write_text("")
    desk.open()
    desk.page.wait_for_load_state("load")
    desk.page.wait_for_timeout(_STILL_MS)
    return [json.loads(line) for line in answers.read_text().splitlines()]
