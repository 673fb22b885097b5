"""Every imported distribution is in the requirements: a library may drop its own dependencies."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution, packages_distributions

import pytest

from tests.architecture.test_repository import PYTHON, read

OURS = {"deploy", "service", "tests"}
DISTRIBUTIONS = packages_distributions()
# Used without an import: `zoneinfo` reads `tzdata` on systems without time zones.
READ_BY = {"zoneinfo": "tzdata"}
# A benchmark's reference has a virtualenv of its own, which need not be there.
ELSEWHERE = {"facebook_business": "facebook-business"}
SDK = "tests/bench/references/meta_sdk.py"
SERVICE = [path for path in PYTHON if not path.startswith(("tests/", "deploy/"))]
DEPLOY = [path for path in PYTHON if path.startswith("deploy/")]
TESTS = [path for path in PYTHON if path.startswith("tests/") and path != SDK]


def imported(paths: list[str]) -> set[str]:
    """Return the names that these files import, without our own and Python's."""
    names = {name for path in paths for name in _imports(ast.parse(read(path)))}
    foreign = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}
    return {name for name in foreign if name.partition(".")[0] not in OURS} | (
        {name.partition(".")[0] for name in names} & READ_BY.keys()
    )


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{each.name}" for each in node.names)


def distribution_of(name: str) -> str:
    """Return the distribution that provides this import, as requirements spell it."""
    top = name.partition(".")[0]
    if known := (READ_BY | ELSEWHERE).get(top):
        return known
    owners = set(DISTRIBUTIONS[top])
    if len(owners) > 1:  # a namespace that several distributions share, as Google's do
        owners = {each for each in owners if _holds(each, name)}
    (owner,) = owners
    return spelt(owner)


def _holds(owner: str, name: str) -> bool:
    parts = name.split(".")
    modules = {"/".join(parts[:size]) for size in range(2, len(parts) + 1)}
    wanted = {f"{each}{end}" for each in modules for end in (".py", "/__init__.py")}
    return any(file.as_posix() in wanted for file in distribution(owner).files or ())


def spelt(name: str) -> str:
    """Return the distribution's normalised name (Python Packaging, "Names")."""
    return re.sub(r"[-_.]+", "-", name).lower()


def required(file: str) -> set[str]:
    """Return the distributions that this file and the files it includes name."""
    names = set()
    for line in read(file).splitlines():
        if line.startswith("-r "):
            names |= required(line.removeprefix("-r ").strip())
        elif found := re.match(r"[A-Za-z0-9._-]+", line):
            names.add(spelt(found[0]))
    return names


@pytest.mark.parametrize(
    ("paths", "file"),
    [
        (SERVICE, "requirements.in"),
        (TESTS, "requirements-dev.in"),
        ([SDK], "requirements-bench.in"),
    ],
)
def test_every_import_is_asked_for_by_name(paths: list[str], file: str) -> None:
    needed = {distribution_of(name) for name in imported(paths)}
    assert needed
    assert needed - required(file) == set()


def test_what_deploys_needs_python_alone() -> None:
    assert DEPLOY
    assert imported(DEPLOY) == set()


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("google.api_core.exceptions", "google-api-core"),
        ("google.api_core.retry.Retry", "google-api-core"),
        ("google.protobuf.timestamp_pb2.Timestamp", "protobuf"),
        ("google.cloud.firestore", "google-cloud-firestore"),
        ("google.cloud.tasks_v2", "google-cloud-tasks"),
        ("grpc", "grpcio"),
        ("jwt.InvalidTokenError", "pyjwt"),
        ("zoneinfo.ZoneInfo", "tzdata"),
    ],
)
def test_an_import_leads_to_its_distribution(name: str, owner: str) -> None:
    assert distribution_of(name) == owner


def test_time_zones_are_known_where_the_system_knows_none() -> None:
    script = "from zoneinfo import ZoneInfo; print(ZoneInfo('America/Los_Angeles'))"
    known = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", script], env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert known.stdout == "America/Los_Angeles\n", known.stderr
