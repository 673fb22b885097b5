"""Templates, scripts and messages use the words of a winery's marketing manager."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from service.domain.events.reason import NO_DETAILS, Reason, sentence
from tests.plain_words import unplain

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
SCRIPTS = sorted(ROOT.glob("static/js/**/*.js"))
MESSAGES = sorted(
    path
    for place in (
        "service/web/**/*.py",
        "service/domain/mail/*.py",
        "service/domain/health/*.py",
        "service/domain/tenants/settings_faults.py",
    )
    for path in ROOT.glob(place)
)
# Their strings go to our logs or to the queue, and to no page.
UNSHOWN = ("service/web/endpoints", "service/web/request/limits.py")

_ATTRIBUTES = r'\b(?:alt|aria-label|placeholder|title|data-[\w-]+)="([^"]*)"'
_CODE = re.compile(r"<(code|pre|svg|script)\b.*?</\1>", re.DOTALL)
_JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_QUOTED = re.compile(r"\"([^\"]*)\"|'([^']*)'|`([^`]*)`")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_sentence(text: str) -> bool:
    """Tell whether a string of code is words to be read: a letter, and a space between words."""
    return bool(re.search(r"[A-Za-z]\S* +\S", text)) and not re.search(r"[{}\[\]=<>#]|\w\(", text)


def texts_of_template(source: str) -> Iterator[str]:
    """Yield what a template prints: its text, its attributes, and the strings in its tags."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    for tag in _JINJA.findall(source):
        yield from quoted(tag)
    printed = _CODE.sub(" X ", _JINJA.sub(" X ", source))
    yield from re.findall(_ATTRIBUTES, printed)
    yield re.sub(r"<[^>]*>", " ", printed)


def texts_of_script(source: str) -> Iterator[str]:
    yield from quoted(re.sub(r"^\s*//.*$", "", source, flags=re.MULTILINE))


def quoted(source: str) -> Iterator[str]:
    for found in _QUOTED.finditer(source):
        text = re.sub(
            r"\$\{[^}]*\}", "X", next(each for each in found.groups() if each is not None)
        )
        if is_sentence(text):
            yield text


def texts_of_module(source: str) -> Iterator[str]:
    """Yield the strings of a module that are sentences; f-strings with X for what is filled in."""
    tree = ast.parse(source)
    inside = {id(part) for each in ast.walk(tree) if isinstance(each, ast.JoinedStr)
              for part in each.values}  # fmt: skip
    said = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.JoinedStr):
            text = "".join(
                str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = "" if id(node) in inside | said else node.value
        if is_sentence(text):
            yield text


def is_shown(path: Path) -> bool:
    return not name_of(path).startswith(UNSHOWN)


def found_in(texts: Iterable[str]) -> list[str]:
    return [each for text in texts for each in unplain(text)]


class TestTheWords:
    @pytest.mark.parametrize(
        ("paths", "texts_of"),
        [
            (TEMPLATES, texts_of_template),
            (SCRIPTS, texts_of_script),
            ([*filter(is_shown, MESSAGES)], texts_of_module),
        ],
        ids=["templates", "scripts", "modules"],
    )
    def test_are_plain(self, paths: list[Path], texts_of: Callable[[str], Iterator[str]]) -> None:
        assert paths
        assert [
            f"{path.relative_to(ROOT)}: {word}"
            for path in paths
            for word in found_in(texts_of(path.read_text()))
        ] == []

    def test_of_reasons_are_plain(self) -> None:
        assert found_in(sentence(each, NO_DETAILS) for each in Reason) == []


class TestAWordThatDoesNotBelong:
    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("Ask whoever set it up.", "whoever"),
            ("Nothing needs to be done.", "Nothing needs to be done"),
            ("The order was cancelled.", "cancelled"),
            ("An outage, say, is no end.", ", say"),
            ("Saved in the event log", "event log"),
            ("Enter the pixel id", "pixel id"),
        ],
    )
    def test_is_found(self, text: str, word: str) -> None:
        assert any(f"“{word}” in" in each for each in unplain(text))

    @pytest.mark.parametrize(
        "text",
        ["Add it to the customer profile in Commerce7.", "We recommend a release until 7 p.m.",
         "Paste it into fbq, an eventID, before jane@email.com.", "Event Log and Pixel ID"],
    )  # fmt: skip
    def test_is_not_found_in_another(self, text: str) -> None:
        assert unplain(text) == ()

    @pytest.mark.parametrize(
        "source",
        ["<p>Ask whoever\n  set it up.</p>", '{{ field(hint="Ask whoever set it up.") }}',
         '<button data-waits-for="Waiting for whoever it is">Go</button>'],
    )  # fmt: skip
    def test_is_found_in_a_template(self, source: str) -> None:
        assert found_in(texts_of_template(source))

    @pytest.mark.parametrize(
        "source",
        ['TEXT = "Ask whoever set it up."', 'TEXT = f"Ask whoever set up {name}."',
         'TEXT = (\n    "Ask whoever "\n    "set it up."\n)'],
    )  # fmt: skip
    def test_is_found_in_a_module(self, source: str) -> None:
        assert found_in(texts_of_module(source))

    def test_is_found_in_a_script(self) -> None:
        assert found_in(texts_of_script("note.textContent = `Ask whoever set up ${name}`;"))
