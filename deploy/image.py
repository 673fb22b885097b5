"""Carries out the Dockerfile's stages without Docker, in a clean directory.

Usage: python3 deploy/image.py FOLDER. It prints what the image holds; FOLDER/final then is the
image's file system, as far as the Dockerfile makes it. `start` runs its command, as the tests do.
The base images' Python and Node are this machine's. COPY takes what .dockerignore lets through.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePath, PurePosixPath
from typing import IO

ROOT = Path(__file__).parents[1]
FINAL = "final"
_PYTHON_HOME = "usr/local"
_MEBIBYTE = 1024 * 1024


class UnknownInstructionError(Exception):
    """The Dockerfile has an instruction that this script does not carry out."""


def instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield the Dockerfile's instructions, each with its arguments on one line."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, arguments = line.partition(" ")
        if name:
            yield name, arguments.strip()


def ignored(path: PurePath, patterns: list[str]) -> bool:
    """Tell whether .dockerignore keeps this path of the repository out; its last match decides."""
    verdict = False
    parents = [str(each) for each in (path, *path.parents)]
    for pattern in patterns:
        plain = pattern.removeprefix("!").removeprefix("**/")
        names = [PurePath(each).name for each in parents] if "**/" in pattern else parents
        if any(fnmatch(name, plain) for name in names):
            verdict = not pattern.startswith("!")
    return verdict


@dataclass
class Stage:
    """One stage: a folder that stands for its file system, and what was set."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    command: list[str] = field(default_factory=list)

    def place(self, path: str) -> Path:
        """Return where this path of the stage is on this machine."""
        return self.root / str(PurePosixPath(self.workdir) / path).lstrip("/")

    def here(self, text: str) -> str:
        """Return the command with the stage's folders in place of the image's."""
        words = shlex.split(text)
        tops = [f"/{each.name}" for each in self.root.iterdir()] + ["/libraries"]
        for top in tops:
            words = [_moved(word, top, self.root) for word in words]
        return shlex.join(words).replace("'&&'", "&&")

    def variables(self) -> Mapping[str, str]:
        """Return the environment of the stage's commands: its own Python is found first."""
        path = f"{self.root / _PYTHON_HOME}/bin:{os.environ['PATH']}"
        return {"HOME": str(self.root), **self.environ, "PATH": path}

    def run(self, text: str) -> None:
        """Run a command in the stage."""
        subprocess.run(  # noqa: S603 - the Dockerfile's own command
            ["/bin/sh", "-c", self.here(text)],
            cwd=self.place("."), env=self.variables(), check=True,
        )  # fmt: skip


def _moved(word: str, top: str, root: Path) -> str:
    flag, equals, value = word.partition("=")
    if equals and (value == top or value.startswith(f"{top}/")):
        return f"{flag}={root}{value}"
    return f"{root}{word}" if word == top or word.startswith(f"{top}/") else word


@dataclass
class Build:
    """All stages of a Dockerfile, in a folder of their own."""

    folder: Path
    stages: dict[str, Stage] = field(default_factory=dict)

    def carry_out(self) -> Stage:
        """Carry out the whole Dockerfile, and return its last stage."""
        stage = None
        for name, arguments in instructions((ROOT / "Dockerfile").read_text()):
            if name == "FROM":
                stage = self._begin(arguments)
            elif stage is not None:
                self._apply(stage, name, arguments)
        return self.stages[FINAL]

    def _begin(self, arguments: str) -> Stage:
        base, _, name = arguments.partition(" AS ")
        stage = Stage(self.folder / (name or FINAL))
        stage.root.mkdir(parents=True)
        if base.startswith("python:"):
            home = stage.root / _PYTHON_HOME
            subprocess.run(  # noqa: S603 - this Python
                [sys.executable, "-m", "venv", *([] if name else ["--without-pip"]), home],
                check=True,
            )
        self.stages[name or FINAL] = stage
        return stage

    def _apply(self, stage: Stage, name: str, arguments: str) -> None:
        if name == "WORKDIR":
            stage.workdir = arguments
            stage.place(".").mkdir(parents=True, exist_ok=True)
        elif name == "ENV":
            stage.environ |= dict(pair.split("=", 1) for pair in shlex.split(arguments))
        elif name == "COPY":
            self._copy(stage, arguments.split())
        elif name == "RUN":
            stage.run(arguments)
        elif name == "CMD":
            stage.command = json.loads(arguments)
        elif name != "USER":
            raise UnknownInstructionError(name)

    def _copy(self, stage: Stage, words: list[str]) -> None:
        origin = next((word for word in words if word.startswith("--from=")), "")
        *sources, target = [word for word in words if not word.startswith("--")]
        for source in sources:
            if origin:
                found = self.stages[origin.removeprefix("--from=")].place(source)
            else:
                found = ROOT / source
            place = stage.place(target)
            if found.is_dir():
                shutil.copytree(
                    found, place, dirs_exist_ok=True, ignore=None if origin else _not_sent
                )
            else:
                shutil.copy2(found, place / found.name if target.endswith("/") else place)


def _not_sent(folder: str, names: list[str]) -> list[str]:
    patterns = (ROOT / ".dockerignore").read_text().split()
    inside = PurePosixPath(folder).relative_to(ROOT)
    return [name for name in names if ignored(inside / name, patterns)]


def contents(stage: Stage) -> Iterator[tuple[str, int]]:
    """Yield what the image holds beside its base, with bytes: the app's folders, the libraries."""
    places = [*sorted(stage.place("/app").iterdir()), *sorted(site_packages(stage).iterdir())]
    for place in places:
        files = [place] if place.is_file() else place.rglob("*")
        size = sum(file.stat().st_size for file in files if file.is_file())
        yield str(place.relative_to(stage.root)), size


def site_packages(stage: Stage) -> Path:
    """Return the folder of the image's libraries."""
    return stage.place(f"/{_PYTHON_HOME}/lib/python3.11/site-packages")


def start(
    stage: Stage, environ: Mapping[str, str], *, output: IO[bytes]
) -> "subprocess.Popen[bytes]":
    """Start the image's command, with nothing but its own files and these variables."""
    variables = {**environ, **stage.variables()} | {"PORT": environ["PORT"]}
    program, *arguments = stage.command
    return subprocess.Popen(  # noqa: S603 - the Dockerfile's own command
        [stage.root / _PYTHON_HOME / "bin" / program, *arguments],
        cwd=stage.place("."), env=variables, stdout=output, stderr=output,
    )  # fmt: skip


def main() -> None:
    """Carry the stages out and print what the image holds, the largest last."""
    stage = Build(Path(sys.argv[1])).carry_out()
    sizes = dict(contents(stage))
    for name, size in sorted(sizes.items(), key=lambda each: each[1]):
        print(f"{size / _MEBIBYTE:8.2f} MiB  {name}")  # noqa: T201 - it speaks to a terminal
    libraries = sum(size for name, size in sizes.items() if "site-packages" in name)
    print(f"{libraries / _MEBIBYTE:8.2f} MiB  in site-packages")  # noqa: T201 - as above


if __name__ == "__main__":
    main()
