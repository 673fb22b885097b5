"""docs/security.md names files that there are, and each requirement once with a known result."""

import re
from collections import Counter

from tests.architecture.test_repository import ROOT, read

PAGE = read("docs/security.md")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| (.+) \|$", PAGE, re.MULTILINE)
# A file, by its folder or its ending; other words in code are settings and commands.
FILES = re.findall(
    r"`((?:tests|service|docs|static)/[^`\s]+|[^`\s]*\.(?:py|md|yaml|toml|example)|Dockerfile|\.\w+)`",
    PAGE,
)
LEVEL_1 = 70
"""How many requirements ASVS 5.0 has on its first level."""


def test_every_file_that_it_names_is_there() -> None:
    assert len(set(FILES)) > 50
    assert [name for name in FILES if not (ROOT / name).is_file()] == []


def test_every_requirement_is_there_once_with_its_result() -> None:
    assert [number for number, times in Counter(row[0] for row in ROWS).items() if times > 1] == []
    assert {result for _, result, _ in ROWS} == {"pass", "fail", "n/a"}
    level_1, _, level_2 = PAGE.partition("| level 2 |")
    assert len(re.findall(r"^\| \d+\.", level_1, re.MULTILINE)) == LEVEL_1
    assert len(re.findall(r"^\| \d+\.", level_2, re.MULTILINE)) > 50


def test_whatever_passes_is_shown_by_a_file() -> None:
    bare = [number for number, result, how in ROWS if result == "pass" and "`" not in how]
    assert bare == ["15.1.1"]  # shown by the page itself
