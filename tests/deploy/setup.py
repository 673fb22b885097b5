"""deploy/setup.sh as an operator runs it, with gcloud replaced by one that records its calls."""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FAKE = Path(__file__).with_name("fake_gcloud.py")
SCRIPT = "deploy/setup.sh"


@dataclass(frozen=True)
class Call:
    """One call of gcloud: its words, and what it was given on standard input."""

    argv: list[str]
    given: str
    failed: bool

    def is_about(self, *words: str) -> bool:
        """Tell whether the command begins with these words."""
        return tuple(self.argv[: len(words)]) == words

    def flag(self, name: str) -> str:
        """Return the flag's value; empty if it is not there."""
        values = [word.partition("=")[2] for word in self.argv if word.startswith(f"{name}=")]
        return values[0] if values else ""

    def mapping(self, name: str) -> dict[str, str]:
        """Return a flag's value as gcloud reads it: A=b pairs, with `^|^` in front between bars."""
        text, between = self.flag(name), ","
        if text.startswith("^"):
            _, between, text = text.split("^", 2)
        pairs = [pair.partition("=") for pair in text.split(between)]
        return {key: value for key, _, value in pairs}


def printed(text: str) -> list[Call]:
    """Return the calls of gcloud that a dry run printed."""
    lines = [line for line in text.splitlines() if line.startswith("gcloud ")]
    return [Call(shlex.split(line)[1:], given="", failed=False) for line in lines]


@dataclass(frozen=True)
class Operator:
    """A machine with deploy/settings, and a project that only this class knows."""

    folder: Path

    def set_up(self, *arguments: str, typed: str = "", **changes: str) -> str:
        """Run the script; return what it printed."""
        bin_folder = self.folder / "bin"
        bin_folder.mkdir(exist_ok=True)
        for name, script in (
            ("gcloud", f'exec {sys.executable} -SE {FAKE} "$@"'),
            ("python3", _PYTHON),
        ):
            (bin_folder / name).write_text(f"#!/bin/sh\n{script}\n")
            (bin_folder / name).chmod(0o755)
        settings = self.folder / "settings"
        example = (ROOT / "deploy/settings.example").read_text()
        settings.write_text(
            example + "".join(f"{key}='{value}'\n" for key, value in changes.items())
        )
        done = subprocess.run(  # noqa: S603 - our own script
            [ROOT / SCRIPT, *arguments], input=typed, text=True, capture_output=True, check=True,
            env={"PATH": f"{bin_folder}:{os.environ['PATH']}", "SETTINGS": str(settings),
                 "GCLOUD_CALLS": str(self._calls)},
        )  # fmt: skip
        return done.stdout + done.stderr

    @property
    def _calls(self) -> Path:
        return self.folder / "calls"

    def calls(self) -> list[Call]:
        """Return all calls of gcloud, oldest first, and those of our script for Firestore."""
        lines = self._calls.read_text().splitlines() if self._calls.exists() else []
        documents: list[dict[str, Any]] = [json.loads(line) for line in lines]
        return [Call(**each) for each in documents]


# It records itself and what comes on standard input; the network is not for a test.
_PYTHON = (
    'printf \'{"argv": ["python3", "%s", "%s"], "given": "%s", "failed": false}\\n\' '
    '"$1" "$2" "$(cat)" >> "$GCLOUD_CALLS"'
)
