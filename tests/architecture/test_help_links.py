"""Every message that people meet has its place in the documentation, and every link finds it."""

import ast
import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient

from service.domain.verdict import Answer
from service.meta import answers
from service.meta.answers import no_answer, read_answer
from service.web import help_links, problems
from service.web.help_links import REASONS, section_for, section_for_code
from tests.architecture.reasons import causes, name_of, reasons
from tests.reading import ids_of, section_of, tree_of, words_of

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/graph_errors.json").read_bytes())
REFUSALS = [each for each in VECTORS if each["http_status"]]
# What is said with a `title`, and is a message rather than a heading.
MESSAGES = {"Problem", "Words", "ConnectionResult"}


@pytest.fixture
def docs(client: FlaskClient) -> Element:
    return tree_of(client.get("/docs").text)


def explanation_of(case: dict[str, Any]) -> str:
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    return read_answer(case["http_status"], body.encode(), {}).explanation


def refusal(code: int, subcode: int | None) -> str:
    error = {"message": "x", "code": code} | ({"error_subcode": subcode} if subcode else {})
    return read_answer(400, json.dumps({"error": error}).encode(), {}).explanation


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "service").rglob("*.py")):
        yield name_of(path), ast.parse(path.read_text())


def anchors_in_code() -> Iterator[tuple[str, str]]:
    """Yield where a `section` of the documentation is named, and which."""
    for name, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "section":
                yield from ((name, each) for each in _texts(node.value, name))
            if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "section":
                yield from ((name, each) for each in _texts(node.value, name))


def _texts(expression: ast.expr | None, module: str) -> Iterator[str]:
    match expression:
        case ast.Constant(value=str() as text) if text:  # an empty one is no link
            yield text
        case ast.Name(id=name) if isinstance(text := getattr(import_module(module), name), str):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, module)
            yield from _texts(other, module)


def anchors_in_templates() -> Iterator[tuple[str, str]]:
    linked = re.compile(
        r"""documentation\(\s*["']([\w-]+)["']|docs\.documentation['"],\s*_anchor=["']([\w-]+)"""
        r"""|docs\.documentation['"]\) }}#([\w-]+)"""
    )
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for found in linked.finditer(path.read_text()):
            yield path.name, next(each for each in found.groups() if each)


def titles() -> Iterator[str]:
    for name, tree in trees():
        for node in ast.walk(tree):
            if name.startswith("service.web") and isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                yield from (
                    str(each.value.value)
                    for each in node.keywords
                    if each.arg == "title"
                    and called in MESSAGES
                    and isinstance(each.value, ast.Constant)
                )


def plain(message: str) -> str:
    """Return the message without what differs from time to time."""
    news = message.partition("; it is ")[2] or message
    return news.partition(": ")[0].partition(" (")[0].partition(" without ")[0]


class TestAReasonOfTheLog:
    @pytest.mark.parametrize("reason", sorted(reasons()))
    def test_is_written_about(self, docs: Element, reason: str) -> None:
        section = section_for(reason)
        assert section != REASONS
        assert section in ids_of(docs)
        if reason not in causes() or reason.startswith("Commerce7"):
            assert plain(reason) in section_of(docs, section)

    def test_is_found_in_the_code(self) -> None:
        found = reasons()
        assert len(found) > 40
        assert {"refund", "no show", "older than 7 days", "currency unknown"} <= found
        assert {"pixel removed", "membership on hold", "uninstalled"} <= found

    def test_that_nobody_knows_leads_to_all_of_them(self, docs: Element) -> None:
        assert section_for("something new") == REASONS
        assert REASONS in ids_of(docs)


class TestAnAnswerOfMetas:
    @pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["id"])
    def test_is_written_about(self, docs: Element, case: dict[str, Any]) -> None:
        section = section_for(explanation_of(case))
        assert section != REASONS
        assert section in ids_of(docs)

    @pytest.mark.parametrize("code", answers._EXPLANATIONS)
    def test_that_we_have_a_sentence_for_has_a_section_that_says_it(
        self, docs: Element, code: tuple[int, int]
    ) -> None:
        sentence = refusal(*code)
        assert section_for(sentence) == section_for_code(*code)
        assert section_for(sentence) not in {"event-refused", REASONS}
        said = plain(sentence) if code[1] != 2804003 else "older than 7 days"
        said = sentence.partition(": ")[2].partition(" (")[0] or said
        assert said.removeprefix("it is ") in section_of(docs, section_for(sentence))

    @pytest.mark.parametrize("answer", [each for each in Answer if each is not Answer.ACCEPTED])
    def test_without_a_code_is_known_by_our_sentence(self, docs: Element, answer: Answer) -> None:
        sentence = answers._CLASS_EXPLANATIONS[answer]
        section = section_for(f"{sentence} (HTTP 400)")
        assert section != REASONS
        assert sentence in section_of(docs, section)

    @pytest.mark.parametrize(
        ("code", "subcode", "section"),
        [
            (190, 463, "token-expired"),
            (190, 460, "token-invalid"),
            (190, None, "token-invalid"),
            (10, None, "no-permission"),
            (250, None, "no-permission"),
            (100, 33, "pixel-unknown"),
            (803, None, "pixel-unknown"),
            (4, None, "throttled"),
            (80004, 2446079, "throttled"),
            (2, None, "meta-silent"),
            (100, 2804050, "too-little-information"),
            (100, 2804007, "event-refused"),
        ],
    )
    def test_has_its_own_section_by_its_code(
        self, code: int, subcode: int | None, section: str
    ) -> None:
        assert section_for_code(code, subcode) == section
        assert section_for(refusal(code, subcode)) == section

    def test_that_never_came_is_written_about(self) -> None:
        assert section_for(no_answer("time-out").explanation) == "meta-silent"

    def test_that_an_event_waited_for_too_long_is_about_its_age(self) -> None:
        waited = f"could not be sent within 7 days: {refusal(190, 463)}"
        assert section_for(waited) == "too-old"

    def test_to_an_event_that_goes_on_without_a_key_is_about_that(self) -> None:
        healed = f"{refusal(100, 2804001)}; it is sent once more without click id"
        assert section_for(healed) == "sent-without"


class TestATitle:
    @pytest.mark.parametrize("title", sorted(set(titles())))
    def test_stands_in_the_documentation_word_for_word(self, docs: Element, title: str) -> None:
        assert title in words_of(docs)

    @pytest.mark.parametrize(
        "title",
        sorted(title for title in set(titles()) if title in help_links._BY_REASON),
    )
    def test_leads_to_where_it_stands(self, docs: Element, title: str) -> None:
        assert title in section_of(docs, section_for(title))

    def test_of_every_problem_has_a_section(self) -> None:
        pages = [each for each in vars(problems).values() if isinstance(each, problems.Problem)]
        assert len(pages) >= 10
        assert [page.title for page in pages if page.section == REASONS] == []


class TestALink:
    @pytest.mark.parametrize(("where", "anchor"), [*anchors_in_code(), *anchors_in_templates()])
    def test_finds_its_section(self, docs: Element, where: str, anchor: str) -> None:
        assert anchor in ids_of(docs), where

    def test_is_found_in_templates(self) -> None:
        assert ("dashboard.html", "session-ended") in set(anchors_in_templates())

    @pytest.mark.parametrize(
        "anchor", ["installing", "opening", "frame-address", "help", "token", "testing", "alerts"]
    )
    def test_that_was_given_away_before_goes_on_leading_somewhere(
        self, docs: Element, anchor: str
    ) -> None:
        assert anchor in ids_of(docs)

    @pytest.mark.parametrize(
        "table",
        ["_BY_REASON", "_BY_SUBCODE", "_BY_CODE", "_BY_CLASS", "_BY_WORDS", "_BY_SENTENCE"],
    )
    def test_of_the_table_finds_its_heading(self, docs: Element, table: str) -> None:
        entries = getattr(help_links, table)
        sections = dict(entries).values()
        assert sections
        for section in sections:
            assert section_of(docs, section)
