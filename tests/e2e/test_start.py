"""A service with a wrong or weak setting names it and does not start."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.harness import Service
from tests.e2e.launch import ROOT, WSGI
from tests.ports import free_port
from tests.unit.settings.environments import KEYS, PUBLIC


def end_of(environ: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Start the service as production does, in a folder of its own, and wait until it has ended."""
    return subprocess.run(  # noqa: S603 - our own command
        [Path(sys.executable).with_name("gunicorn"), "--config", ROOT / "gunicorn.conf.py", WSGI],
        env=environ, cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SESSION_KEYS", "changeme" * 8), ("STORE", ""), ("BASE_URL", "http://127.1")],
)
def test_a_weak_public_service_ends_and_leaves_no_keys_behind(
    tmp_path: Path, variable: str, value: str
) -> None:
    machine = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PORT": str(free_port())}
    ended = end_of({**machine, **KEYS, **PUBLIC, variable: value}, tmp_path)

    assert ended.returncode != 0
    assert ended.stderr.count(f"1Pixel cannot start: {variable}: ") == 1
    assert "Traceback" not in ended.stderr
    assert "changeme" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_variable_is_named_and_ends_the_server(tmp_path: Path) -> None:
    environ = Service(folder=tmp_path, sandbox_url="http://127.0.0.1:9").environ
    ended = end_of(environ | {"TOKEN_KEYS": "s3cret"}, ROOT)

    assert ended.returncode != 0
    assert ended.stderr.count("1Pixel cannot start: TOKEN_KEYS: ") == 1
    assert "s3cret" not in ended.stderr
