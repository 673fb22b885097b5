"""The operators' pages: commands exist, alarms have their entry, paths and headings are there."""

import ast
import json
import re
import shlex
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.architecture.test_repository import SERVICE, TRACKED, read
from tests.deploy.sdk import against_commands
from tests.deploy.setup import ROOT

PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/deploy.md",
    "docs/runbook.md",
    "docs/commerce7-app.md",
]
OTHERS = {"curl", "openssl", "printf", "cp", "python3"}
LEVELS = {"error", "critical", "raise_alarm"}
ALARMS = "service/web/request/alarms.py"


def commands(page: str) -> Iterator[list[str]]:
    """Yield the page's commands: all lines of its blocks, and what stands between backquotes."""
    text = read(page)
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            yield from parts(line)
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for quoted in re.findall(r"`((?:gcloud|make|deploy/\S+\.sh|flask) [^`]+)`", prose):
        yield from parts(quoted)


def parts(line: str) -> Iterator[list[str]]:
    """Yield the commands of a line: those of a pipe, and those whose result is kept."""
    if kept := re.fullmatch(r"\w+=\$\((.*)\)", line):
        line = kept[1]
    words = shlex.split(line, comments=True)
    while "|" in words:
        yield words[: words.index("|")]
        words = words[words.index("|") + 1 :]
    if words:
        yield words[: words.index("<")] if "<" in words else words


def headings(page: str) -> list[str]:
    return re.findall(r"^#{2,3} (.+)$", read(page), re.MULTILINE)


def anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def alarms() -> set[str]:
    """Return the names of all log lines that call the operator, as the code has them."""
    calls = [
        (path, node)
        for path in SERVICE
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.Call)
    ]
    return {str(name) for path, call in calls for name in _alarm_of(path, call)}


def _alarm_of(path: str, call: ast.Call) -> Iterator[object]:
    """Yield the name of the alarm that this call raises, if it does."""
    function = getattr(call.func, "attr", getattr(call.func, "id", ""))
    has_level = function == "log" and "logging.ERROR" in read(path) and path != ALARMS
    if function in LEVELS or has_level:
        for name in call.args[int(has_level) : 1 + int(has_level)]:
            if isinstance(name, ast.Constant):
                yield name.value


class TestACommand:
    @pytest.mark.parametrize("page", PAGES)
    def test_of_a_page_exists(self, page: str, app: Flask) -> None:
        makefile = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
        operators = {"fleet", "tenant", "customer"}
        for words in commands(page):
            program = words[0].removeprefix(".venv/bin/")
            if program == "make":
                assert words[1] in makefile, words
            elif program == "flask":
                name = words[3] if "--app" in words else words[1]
                assert name in operators & set(app.cli.commands), words
            elif "/" in program:
                assert program in TRACKED, words
            elif program in {"python", "pytest"}:
                continue
            else:
                assert program in OTHERS | {"gcloud", "tr", "grep"}, words

    @pytest.mark.parametrize("page", PAGES)
    def test_of_gcloud_is_one_that_gcloud_takes(self, page: str) -> None:
        asked = [
            words[1:] for words in commands(page) if words[0] == "gcloud" and "…" not in words[-1]
        ]
        told = against_commands(asked) if asked else []
        assert [each for each in zip(asked, told, strict=True) if each[1]] == []

    @pytest.mark.parametrize("page", PAGES)
    def test_of_the_operators_job_is_one_of_flask(self, page: str, app: Flask) -> None:
        for words in commands(page):
            for given in [word for word in words if word.startswith("--args=")]:
                _, flask, _, wsgi, *asked = given.removeprefix("--args=").split(",")
                assert (flask, wsgi) == ("flask", "service.wsgi")
                told = app.test_cli_runner().invoke(args=[*asked[:2], "--help"])
                assert told.exit_code == 0, told.output
                assert f"{asked[0]} {asked[1]}" in told.output


class TestTheRunbook:
    def test_has_each_alarm_with_three_steps(self) -> None:
        assert len(alarms()) > 10
        sections = re.split(r"^### ", read("docs/runbook.md"), flags=re.MULTILINE)[1:]
        named = {section.splitlines()[0] for section in sections}
        policies = [
            json.loads(file.read_text()) for file in (ROOT / "deploy/alerts").glob("*.json")
        ]
        alerts = {
            each["displayName"].removeprefix("1Pixel: ") for each in policies if "combiner" in each
        }
        assert named == alarms() | alerts
        for section in sections:
            steps = re.findall(r"^\d\. ", section, re.MULTILINE)
            assert steps == ["1. ", "2. ", "3. "] or section.startswith("alarm\n"), section

    def test_and_the_page_on_reliability_name_the_same_alarms(self) -> None:
        text = (
            read("docs/reliability.md")
            .partition("## What calls the operator")[2]
            .partition("\n## ")[0]
        )
        rows = re.findall(r"^\| (`[a-z_.`, ]+) \|", text, re.MULTILINE)
        assert {name for row in rows for name in re.findall(r"`([a-z_.]+)`", row)} == alarms()


class TestAPath:
    @pytest.mark.parametrize("page", PAGES)
    def test_leads_somewhere(self, page: str) -> None:
        named = re.findall(r"`((?:deploy|docs|service|static|tests)/[\w./*-]+\w)`", read(page))
        assert [
            path for path in named if not any(ROOT.glob(path)) and path != "deploy/settings"
        ] == []

    @pytest.mark.parametrize("page", PAGES)
    def test_and_its_heading_are_there(self, page: str) -> None:
        for path, heading in re.findall(r"\]\(([\w./-]+\.md)#([\w-]+)\)", read(page)):
            target = (ROOT / page).parent.joinpath(path).resolve().relative_to(ROOT)
            assert heading in map(anchor, headings(str(target))), (path, heading)

    def test_of_the_readme_shows_one_picture(self) -> None:
        assert len(re.findall(r"!\[[^\]]+\]\(([^)]+)\)", read("README.md"))) == 1
        assert "```mermaid" not in read("README.md")
