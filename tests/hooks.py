"""pytest's hooks for all tests: marks, numbers of examples, the printed measurements."""

import gc
from collections.abc import Callable

import hypothesis
import pytest

from tests.emulators import is_emulated

# No deadlines: a machine may be slow for a moment, and hypothesis builds tables on its first run.
hypothesis.settings.register_profile(
    "project", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
_project = hypothesis.settings.get_profile("project")
hypothesis.settings.register_profile("quick", _project, max_examples=20)
hypothesis.settings.load_profile("project")

MEASURED = "measured"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use an emulator, so that they can be deselected."""
    for item in filter(is_emulated, items):
        item.add_marker("emulator")


def pytest_collection() -> None:
    """Disable garbage collection while thousands of tests are collected, which all stay alive."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Enable garbage collection again, without the collected tests."""
    gc.enable()
    gc.collect()
    gc.freeze()
    # Python looks at all objects when their number has grown by a quarter since it last did.
    # Without the collected tests that is soon; otherwise garbage grew to two gigabytes.
    gc.collect()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tests' measurements below their results, from all worker processes."""
    stats = terminalreporter.stats
    for report in [*stats.get("passed", []), *stats.get("failed", [])]:
        for name, line in getattr(report, "user_properties", ()):
            if name == MEASURED and report.when == "call":
                terminalreporter.write_line(line)


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return a function that keeps a line of measurements, to be printed at the end."""

    def keep(line: str) -> None:
        record_property(MEASURED, line)

    return keep
