"""A process that times a piece of work on request, so that two of them can take turns.

It imports the standard library alone, since a reference may have a virtualenv of its own.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[2]


def answer_requests(works: Sequence[Callable[[], object]]) -> None:
    """Read numbers from standard input; do that many works in turn, and print the seconds."""
    for line in sys.stdin:
        rounds, rest = divmod(int(line), len(works))
        begun = perf_counter()
        for _ in range(rounds):
            for work in works:
                work()
        for work in islice(works, rest):
            work()
        print(perf_counter() - begun, flush=True)


class Stopwatch:
    """The other end of such a process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def seconds(self, times: int) -> float:
        """Return how long the work took, done this many times."""
        given, said = self._process.stdin, self._process.stdout
        assert given is not None
        assert said is not None
        given.write(f"{times}\n")
        given.flush()
        return float(said.readline())


@contextmanager
def stopwatch(python: Path | str, module: str, *words: str) -> Iterator[Stopwatch]:
    """Lend the process of this module, run by this interpreter."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [python, "-m", module, *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Stopwatch(process)
        finally:
            process.kill()
