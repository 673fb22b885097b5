"""Every message to merchants has its section in the documentation, and every link leads to it."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient

from service.domain.delivery.verdict import Verdict
from service.domain.events.reason import NO_DETAILS, Details, Reason, sentence
from service.domain.tenants.connection import Cause
from service.infra.http import Failure
from service.meta.answers import no_answer, read_answer
from service.usecases.tenants.simulate_event import Missing
from service.web.configuration import connection_messages as connection_words
from service.web.configuration import simulation_messages as simulation_words
from service.web.eventlog import reasons
from service.web.eventlog.reasons import REASONS, ROWS, section_for
from service.web.eventlog.why import WHY
from service.web.request import problems
from service.web.request.problems import Problem
from tests.reading import ids_of, section_of, tree_of, words_of

ROOT = Path(__file__).parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/graph_errors.json").read_bytes())
REFUSALS = [each for each in VECTORS if each["http_status"]]
PROBLEMS = [each for each in vars(problems).values() if isinstance(each, Problem)]
# Texts of the log that the documentation words differently.
IN_OTHER_WORDS = {
    Reason.EVENT_TOO_OLD: "older than 7 days",
    Reason.FUTURE_TIME: "its time is in the future",
    Reason.VALUE_MISSING: "the value is missing",
    Reason.CURRENCY_MISSING: "the currency is missing",
    Reason.CURRENCY_REFUSED: "currency not accepted",
}


_read = cache(tree_of)


@pytest.fixture
def docs(client: FlaskClient) -> Element:
    return _read(client.get("/docs").text)


def answer_of(case: dict[str, Any]) -> Verdict:
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    return read_answer(case["http_status"], body.encode(), {})


def refusal(code: int, subcode: int | None) -> Verdict:
    error = {"message": "x", "code": code} | ({"error_subcode": subcode} if subcode else {})
    return read_answer(400, json.dumps({"error": error}).encode(), {})


def anchors_in_code() -> Iterator[tuple[str, str]]:
    """Yield each place that names a `section` of the documentation, with the section."""
    for path in sorted((ROOT / "service").rglob("*.py")):
        for anchor in re.findall(r'\bsection(?:: str)? ?= ?"([\w-]+)"', path.read_text()):
            yield path.name, anchor


def anchors_in_templates() -> Iterator[tuple[str, str]]:
    linked = re.compile(
        r"""documentation\(\s*["']([\w-]+)["']|docs\.documentation['"],\s*_anchor=["']([\w-]+)"""
        r"""|docs\.documentation['"]\) }}#([\w-]+)"""
    )
    for path in sorted((ROOT / "templates").rglob("*.html")):
        for found in linked.finditer(path.read_text()):
            yield path.name, next(each for each in found.groups() if each)


class TestAReason:
    def test_has_its_line_and_is_written_about(self, docs: Element) -> None:
        for reason in filter(None, Reason):
            section = ROWS[reason].section
            assert section != REASONS, reason
            shown = IN_OTHER_WORDS.get(reason) or sentence(reason, NO_DETAILS)
            assert shown in section_of(docs, section), reason

    def test_that_this_release_does_not_know_leads_to_all_of_them(self, docs: Element) -> None:
        assert section_for(Reason("something new"), NO_DETAILS) == REASONS
        assert section_for(None, NO_DETAILS) == REASONS
        assert REASONS in ids_of(docs)


class TestAnAnswerOfMetas:
    @pytest.mark.parametrize("case", REFUSALS, ids=lambda case: case["id"])
    def test_is_written_about(self, docs: Element, case: dict[str, Any]) -> None:
        verdict = answer_of(case)
        section = section_for(verdict.reason, verdict.details)
        assert section != REASONS
        assert section in ids_of(docs)

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
        self, docs: Element, code: int, subcode: int | None, section: str
    ) -> None:
        verdict = refusal(code, subcode)
        assert section_for(verdict.reason, verdict.details) == section
        assert section in ids_of(docs)

    @pytest.mark.parametrize("failure", Failure)
    def test_that_never_came_is_written_about(self, failure: Failure) -> None:
        assert section_for(no_answer(failure).reason, NO_DETAILS) == "meta-silent"

    def test_that_an_event_waited_for_too_long_is_about_its_age(self) -> None:
        details = Details(code=190, subcode=463, because=Reason.TOKEN_EXPIRED)
        assert section_for(Reason.TOO_LATE, details) == "too-old"

    def test_to_an_event_that_goes_on_without_a_key_is_about_that(self) -> None:
        details = Details(code=100, subcode=2804001, without="click id")
        assert section_for(Reason.EVENT_REFUSED, details) == "sent-without"


class TestATitle:
    @pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.title)
    def test_of_a_problem_is_a_heading(self, docs: Element, problem: Problem) -> None:
        assert problem.title in section_of(docs, problem.section)

    def test_of_a_problem_is_found(self) -> None:
        assert len(PROBLEMS) >= 10

    @pytest.mark.parametrize("cause", Cause)
    def test_of_a_cause_stands_where_it_leads(self, docs: Element, cause: Cause) -> None:
        words = connection_words._WORDS[cause]
        assert words.title in words_of(docs)
        assert section_of(docs, words.section)

    def test_of_a_test_that_is_not_made_stands_in_the_documentation(self, docs: Element) -> None:
        assert connection_words.TOO_OFTEN.title in words_of(docs)
        assert simulation_words.TOO_OFTEN.title in words_of(docs)


class TestALink:
    def test_finds_its_section(self, docs: Element) -> None:
        known = ids_of(docs)
        links = [*anchors_in_code(), *anchors_in_templates()]
        assert links
        assert [link for link in links if link[1] not in known] == []

    def test_is_found_in_templates(self) -> None:
        assert ("page.html", "session-ended") in set(anchors_in_templates())

    @pytest.mark.parametrize(
        "anchor", ["installing", "opening", "frame-address", "help", "token", "testing", "alerts"]
    )
    def test_that_was_given_away_before_goes_on_leading_somewhere(
        self, docs: Element, anchor: str
    ) -> None:
        assert anchor in ids_of(docs)

    @pytest.mark.parametrize("missing", Missing)
    def test_about_what_a_test_event_lacks_finds_its_heading(
        self, docs: Element, missing: Missing
    ) -> None:
        assert section_of(docs, simulation_words._MISSING_SECTIONS[missing])

    @pytest.mark.parametrize("section", sorted(set(reasons._TOKEN_SECTIONS.values())))
    def test_about_a_refused_token_finds_its_heading(self, docs: Element, section: str) -> None:
        assert section_of(docs, section)


def test_every_reason_has_a_sentence() -> None:
    assert {each for each in Reason if each} == {*WHY}
    assert [each for each in WHY.values() if not each.endswith(".")] == []
