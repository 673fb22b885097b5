"""Google's SDK, if it is installed: what its own parser says about commands and documents.

Without it the tests that need it skip with one line, except with REQUIRE_EMULATORS=1, as those of
its emulators do.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.emulators import missing

PARSER = Path(__file__).with_name("gcloud_parser.py")


def against_commands(commands: Sequence[Sequence[str]]) -> list[str]:
    """Return what gcloud says against each of these commands; nothing for a right one."""
    return _parsed(commands, [])[0]


def against_messages(messages: Sequence[tuple[str, str, str, Any]]) -> list[str]:
    """Return what is wrong with each document, given with its API, version and message."""
    return _parsed([], messages)[1]


def _parsed(commands: Sequence[Any], messages: Sequence[Any]) -> list[list[str]]:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise missing("gcloud (Google's SDK)")
    with TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-S", PARSER, Path(gcloud).resolve().parents[1]],
            input=json.dumps([commands, messages]), capture_output=True, text=True, check=True,
            cwd=PARSER.parents[2], timeout=300,
            env={"PATH": os.environ["PATH"], "HOME": folder, "CLOUDSDK_CONFIG": folder,
                 "CLOUDSDK_CORE_PROJECT": "some-project"},
        )  # fmt: skip
    said: list[list[str]] = json.loads(done.stdout)
    return said
