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
NO_FONT_HAS = "⌘"


BUILT = ROOT / "static/built"
# A first visit loads them all; the page and its fragments come on top.
MOST_FIRST_BYTES = 56 * 1024


def built(name: str) -> Path:
    """Return the built file of this name."""
    names: dict[str, str] = json.loads((BUILT / "names.json").read_text())
    return BUILT / names[name]


def scripts() -> list[Path]:
    """Return our own and the vendors' scripts, as the dashboard names them."""
    page = (ROOT / "templates/dashboard/page.html").read_text()
    return [built(name) for name in re.findall(r'own_script\("([\w.-]+\.js)"\)', page)]


class TestTheScripts:
    def test_are_all_that_there_are(self) -> None:
        # The error page has its own script.
        assert {*BUILT.glob("*.js")} - {*scripts()} == {built("problem.js")}

    def test_forget_no_file_of_ours(self) -> None:
        folder = ROOT / "static/js"
        entries = {"session", "dashboard", "problem"}
        texts = [(folder / f"{entry}.js").read_text() for entry in entries]
        named = set(re.findall(r'import "./([\w/]+)\.js"', "".join(texts)))
        files = {path.relative_to(folder).with_suffix("") for path in folder.rglob("*.js")}
        assert {path.as_posix() for path in files} == named | entries

    def test_weigh_little_together(self, measured: Callable[[str], None]) -> None:
        sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in scripts()}
        measured(f"scripts, gzip: {sum(sizes.values())} bytes of {MOST_BYTES}: {sizes}")
        assert sum(sizes.values()) <= MOST_BYTES


def test_a_first_visit_loads_little(measured: Callable[[str], None]) -> None:
    texts = [*scripts(), built("styles.css")]
    sizes = [len(path.with_name(f"{path.name}.gz").read_bytes()) for path in texts]
    font = len(built("inter-basic.woff2").read_bytes())
    measured(f"first visit: scripts and styles {sum(sizes)} bytes with gzip, font {font} bytes")
    assert sum(sizes) + font <= MOST_FIRST_BYTES


def test_the_pages_own_words_need_one_font() -> None:
    build = (ROOT / "build.mjs").read_text()
    basic = {*map(chr, range(0x20, 0x7F)), "\n"}
    basic |= {*re.findall(r'\+ "\\u00a0(.*?)";', build)[0]}
    styles = (ROOT / "static/css/fonts.css").read_text()
    (ranges,) = re.findall(r"inter-basic.*?unicode-range: (.*?);", styles, re.DOTALL)
    ends = [each.strip().removeprefix("U+").split("-") for each in ranges.split(",")]
    named = {chr(at) for first, *last in ends for at in range(
        int(first, 16), int(last[0] if last else first, 16) + 1)}  # fmt: skip
    assert named | {"\n"} == basic | {"\u00a0"}
    for page in (ROOT / "templates").rglob("*.html"):
        assert {*page.read_text()} - {NO_FONT_HAS} <= basic, page


def test_every_stylesheet_is_built() -> None:
    folder = ROOT / "static/css"
    imported = re.findall(r'@import "./([\w-]+)\.css";', (folder / "styles.css").read_text())
    assert sorted([*imported, "styles"]) == sorted(path.stem for path in folder.glob("*.css"))


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
