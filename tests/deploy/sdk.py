"""Google's SDK, if it is installed: what its own parser says about commands and documents.

Without it the tests that need it skip with one line, except with REQUIRE_EMULATORS=1, as those of
its emulators do.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import IO, Any

from tests.emulators import missing

PARSER = Path(__file__).with_name("gcloud_parser.py")


def against_commands(commands: Sequence[Sequence[str]]) -> list[str]:
    """Return what gcloud says against each of these commands; nothing for a right one."""
    return _parsed(commands, [])[0]


def against_messages(messages: Sequence[tuple[str, str, str, Any]]) -> list[str]:
    """Return what is wrong with each document, given with its API, version and message."""
    return _parsed([], messages)[1]


def _parsed(commands: Sequence[Any], messages: Sequence[Any]) -> list[list[str]]:
    told, said = _parser()
    told.write(json.dumps([commands, messages]) + "\n")
    told.flush()
    found: list[list[str]] = json.loads(said.readline())
    return found


@cache
def _parser() -> tuple[IO[str], IO[str]]:
    """Start gcloud's parser, once, and return where it is told and where it says something.

    It takes longer to start than to parse all that it is told. It ends when this process does.
    """
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise missing("gcloud (Google's SDK)")
    folder = mkdtemp()
    atexit.register(rmtree, folder)
    parser = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-S", PARSER, Path(gcloud).resolve().parents[1]],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PARSER.parents[2],
        env={"PATH": os.environ["PATH"], "HOME": folder, "CLOUDSDK_CONFIG": folder,
             "CLOUDSDK_CORE_PROJECT": "some-project"},
    )  # fmt: skip
    assert parser.stdin
    assert parser.stdout
    atexit.register(parser.communicate)
    return parser.stdin, parser.stdout
