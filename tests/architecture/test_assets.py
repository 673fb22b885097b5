"""The size of the scripts that a browser must fetch for the dashboard."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The last of them is for the export as a request, since a session does not belong in an address.
MOST_BYTES = 26 * 1024
MOST_SNIPPET_BYTES = 2560


def scripts() -> list[Path]:
    """Return our own and the vendors' scripts, as the dashboard names them."""
    page = (ROOT / "templates/dashboard/page.html").read_text()
    return [ROOT / "static" / name for name in re.findall(r'"(vendor/[\w.-]+\.js)"', page)]


class TestTheScripts:
    def test_are_all_that_there_are(self) -> None:
        built = {path.name for path in (ROOT / "static/vendor").glob("*.js")}
        # The error page has its own script.
        assert built - {path.name for path in scripts()} == {"problem.min.js"}

    def test_forget_no_file_of_ours(self) -> None:
        folder = ROOT / "static/js"
        named = set(re.findall(r'"./([\w/]+)\.js"', (folder / "dashboard.js").read_text()))
        entries = {"session", "dashboard", "problem"}
        files = {path.relative_to(folder).with_suffix("") for path in folder.rglob("*.js")}
        assert {path.as_posix() for path in files} == named | entries

    def test_weigh_little_together(self, measured: Callable[[str], None]) -> None:
        sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in scripts()}
        measured(f"scripts, gzip: {sum(sizes.values())} bytes of {MOST_BYTES}: {sizes}")
        assert sum(sizes.values()) <= MOST_BYTES


def test_what_only_tests_need_is_never_shipped() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    build = (ROOT / "build.mjs").read_text()
    assert list(package["devDependencies"]) == ["axe-core", "typescript"]
    assert "axe" not in build
    assert "typescript" not in build


def test_the_snippet_is_small_and_takes_its_configuration_once(
    measured: Callable[[str], None],
) -> None:
    built = (ROOT / "static/snippet/onepixel.js").read_text()
    assert built.count("ONEPIXEL_CONFIG") == 1
    config = json.dumps(
        [
            *("north-ridge-estate", "https://onepixel.example.com/collect"),
            *(["PageView", "ViewContent", "AddToCart", "InitiateCheckout"], 1, False),
            *("/product", "/checkout"),
        ],
        separators=(",", ":"),
    )
    weight = len(gzip.compress(built.replace("ONEPIXEL_CONFIG", config).encode(), 9))
    measured(f"snippet as served, gzip: {weight} bytes of {MOST_SNIPPET_BYTES}")
    assert weight <= MOST_SNIPPET_BYTES
