"""What pytest does for all tests alike: marks, numbers of examples, what is printed last."""

import gc
from collections.abc import Callable

import hypothesis
import pytest

from tests.emulators import is_emulated

# A machine may be slow for a moment, and hypothesis builds its tables on its first run.
hypothesis.settings.register_profile(
    "project", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
_project = hypothesis.settings.get_profile("project")
hypothesis.settings.register_profile("quick", _project, max_examples=20)
hypothesis.settings.load_profile("project")

MEASURED = "measured"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks an emulator, so that it can be left out."""
    for item in filter(is_emulated, items):
        item.add_marker("emulator")


def pytest_collection() -> None:
    """Search for no garbage while thousands of tests are collected, which all stay."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Leave them out of every later search."""
    gc.enable()
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests measured, below their results, whichever process ran them."""
    stats = terminalreporter.stats
    for report in [*stats.get("passed", []), *stats.get("failed", [])]:
        for name, line in getattr(report, "user_properties", ()):
            if name == MEASURED and report.when == "call":
                terminalreporter.write_line(line)


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return what keeps a line of numbers for the end."""

    def keep(line: str) -> None:
        record_property(MEASURED, line)

    return keep
