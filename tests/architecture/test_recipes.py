"""The files that CONTRIBUTING.md names for a new event type suffice to send one."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.test_repository import read

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[2]
WEBHOOK = ROOT / "tests/vectors/commerce7/11_reservation_update_paid_web.json"

MODULE = """
from service.domain.events.event import ActionSource
from service.domain.mapping.outcome import Happened, MappingResult, Times
from service.domain.shop.reservation import Reservation
from service.domain.shop.signal import Signal
from service.domain.tenants.tenant import TenantSettings


def called_off(
    signal: Signal[Reservation], _settings: TenantSettings, times: Times
) -> MappingResult:
    return Happened(at=times.now, source=ActionSource.SYSTEM_GENERATED)
"""
NEW = {"service/domain/mapping/call_off.py": MODULE}
RULE = 'EventRule(EventName.CALL_OFF, RESERVATION, frozenset({Action.DELETE}), "off", called_off)'
FIRST_IMPORT = "from service.domain.mapping.cancel_membership"
EDITS = {
    "service/domain/events/event.py": [
        ('    PAGE_VIEW = "PageView"', '    CALL_OFF = "CallOff"\n'),
    ],
    "service/domain/mapping/table.py": [
        (FIRST_IMPORT, "from service.domain.mapping.call_off import called_off\n"),
        ("    EventRule(EventName.PURCHASE,", f"    {RULE},\n"),
    ],
}


def named_files() -> set[str]:
    """Return the service's files that CONTRIBUTING.md names for an event type."""
    page = (ROOT / "CONTRIBUTING.md").read_text()
    paragraph = page.split("**An event type**", 1)[1].split("\n\n", 1)[0]
    return {path for path in re.findall(r"`([^`]+)`", paragraph) if path.startswith("service/")}


def follow(project: Path, *, but_not: str | None = None) -> None:
    """Copy the service, and add an event type to the copy."""
    shutil.copytree(ROOT / "service", project / "service")
    for path, text in NEW.items():
        if path != but_not:
            (project / path).write_text(text)
    for path, insertions in EDITS.items():
        if path != but_not:
            file = project / path
            for before, new in insertions:
                text = file.read_text()
                assert text.count(before) == 1
                file.write_text(text.replace(before, new + before))


def preview(project: Path, *, settings: dict[str, object]) -> dict[str, object] | None:
    """Return the copy's event for a deleted reservation; `None` if it fails."""
    webhook = json.loads(WEBHOOK.read_text()) | {"action": "Delete"}
    (project / "webhook.json").write_text(json.dumps(webhook))
    (project / "settings.json").write_text(json.dumps(settings))
    run = subprocess.run(
        [sys.executable, "-m", "service.preview", "webhook.json", "--settings", "settings.json"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if run.returncode:
        return None
    told: dict[str, object] = json.loads(run.stdout)
    return told


class TestAnEventType:
    def test_touches_the_files_that_the_page_names(self) -> None:
        folders = {f"{Path(path).parent.as_posix()}/" for path in NEW}
        assert named_files() == {*EDITS, *folders}

    def test_is_sent_and_switched_once_they_are_touched(self, tmp_path: Path) -> None:
        follow(tmp_path)
        told = preview(tmp_path, settings={})
        assert told is not None
        assert told["event_name"] == "CallOff"
        off = preview(tmp_path, settings={"events": {"CallOff": False}})
        assert off is not None
        assert off["skipped"] == "switched off"

    def test_may_be_off_unless_a_winery_switches_it_on(self, tmp_path: Path) -> None:
        follow(tmp_path)
        file = tmp_path / "service/domain/events/event.py"
        none = "OFF_BY_DEFAULT: frozenset[EventName] = frozenset()"
        text = file.read_text()
        assert none in text
        file.write_text(text.replace(none, "OFF_BY_DEFAULT = frozenset({EventName.CALL_OFF})"))
        for named in ({}, {"Purchase": True}):
            unchosen = preview(tmp_path, settings={"events": named})
            assert unchosen is not None
            assert unchosen["skipped"] == "switched off"
        chosen = preview(tmp_path, settings={"events": {"CallOff": True}})
        assert chosen is not None
        assert chosen["event_name"] == "CallOff"

    @pytest.mark.parametrize("path", [*EDITS, *NEW])
    def test_is_not_sent_while_one_is_left_out(self, tmp_path: Path, path: str) -> None:
        follow(tmp_path, but_not=path)
        told = preview(tmp_path, settings={})
        assert told is None or "skipped" in told


class TestAPathInThePages:
    @pytest.mark.parametrize("page", ["CONTRIBUTING.md", "docs/architecture.md", "README.md"])
    def test_leads_somewhere(self, page: str) -> None:
        named = re.findall(r"`((?:service|templates|tests|static|docs)/[\w./*-]+)`", read(page))
        assert named or page == "README.md"
        assert [path for path in named if not any(ROOT.glob(path.rstrip("/")))] == []
