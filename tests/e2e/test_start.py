"""A service with a wrong setting names it and does not start."""

import subprocess
import sys
from pathlib import Path

from tests.e2e.harness import ROOT, WSGI, Service


def test_a_wrong_variable_is_named_and_ends_the_server(tmp_path: Path) -> None:
    environ = Service(folder=tmp_path, sandbox_url="http://127.0.0.1:9").environ
    ended = subprocess.run(  # noqa: S603 - our own command
        [Path(sys.executable).with_name("gunicorn"), WSGI],
        env=environ | {"TOKEN_KEYS": "s3cret"}, cwd=ROOT, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip

    assert ended.returncode != 0
    assert ended.stderr.count("1Pixel cannot start: TOKEN_KEYS: ") == 1
    assert "s3cret" not in ended.stderr
