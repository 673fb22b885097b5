"""deploy/setup.sh as an operator runs it, with gcloud replaced by one that records its calls."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
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
    """A machine with a clone in `home`, and a project that only this class knows."""

    folder: Path
    home: Path = ROOT

    def set_up(self, *arguments: str, typed: str = "", **changes: str) -> str:
        """Run the script; return what it printed."""
        settings = self.folder / "settings"
        example = (ROOT / "deploy/settings.example").read_text()
        chosen = [f"{name}='{value}'\n" for name, value in changes.items()]
        settings.write_text(example + "".join(chosen))
        command = shlex.join([str(ROOT / SCRIPT), *arguments])
        return self.run(command, {"SETTINGS": str(settings)}, typed=typed)

    def run(self, script: str, environ: Mapping[str, str], *, typed: str = "") -> str:
        """Run commands of a shell on this machine; return what they printed."""
        bin_folder = self.folder / "bin"
        bin_folder.mkdir(exist_ok=True)
        workspace = self.folder / "workspace"
        workspace.mkdir(exist_ok=True)
        for name, text in _COMMANDS.items():
            (bin_folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (bin_folder / name).chmod(0o755)
        done = subprocess.run(  # noqa: S603 - our own script
            ["/bin/sh", "-ec", script.replace("/workspace/", f"{workspace}/")],
            input=typed, text=True, capture_output=True, check=True,
            cwd=self.home,
            env={"PATH": f"{bin_folder}:{os.environ['PATH']}", "GCLOUD_CALLS": str(self._calls),
                 **environ},
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


# The network is not for a test: scripts are only recorded, with what comes on standard input.
_COMMANDS = {
    "gcloud": f'exec {sys.executable} -SE {FAKE} "$@"',
    "python3": (
        'printf \'{"argv": ["python3", "%s", "%s"], "given": "%s", "failed": false}\\n\' '
        '"$1" "$2" "$(cat)" >> "$GCLOUD_CALLS"'
    ),
    "curl": "true",
    "docker": 'case "$*" in *RepoDigests*) echo "images.example/service@sha256:1" ;; esac',
}
