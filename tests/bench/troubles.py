"""What went wrong in a run: refused webhooks and tasks, warnings and alarms, in their order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from json import loads
from pathlib import Path

from tests.bench.cloud_tasks import Seen
from tests.bench.pace import Answered

_SERIOUS = ("WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True, slots=True, order=True)
class Trouble:
    """Something that went wrong, so many seconds after the run began."""

    after: float
    what: str


def of_webhooks(answered: Iterable[Answered], *, begun: float) -> Iterator[Trouble]:
    """Yield the webhooks that were not accepted."""
    for each in answered:
        if not each.is_accepted:
            yield Trouble(each.at - begun, f"a webhook answered {each.status or 'not at all'}")


def of_tasks(seen: Mapping[str, Seen], *, begun: float) -> Iterator[Trouble]:
    """Yield the tasks that must be called again."""
    for name, queue in seen.items():
        for at, status in queue.refused:
            yield Trouble(at - begun, f"a task of the queue {name} answered {status or 'not'}")


def of_log(file: Path, *, begun: datetime) -> Iterator[Trouble]:
    """Yield the service's warnings and alarms."""
    for line in file.read_text(errors="replace").splitlines():
        if not line.startswith("{"):
            continue
        said = loads(line)
        at = datetime.fromisoformat(said["time"])
        if said["severity"] in _SERIOUS and at >= begun:
            yield Trouble((at - begun).total_seconds(), f"`{said['message']}` in the log")


def in_words(troubles: Iterable[Trouble]) -> str:
    """Return each kind of trouble, with its number and when it first came, the first one first."""
    first: dict[str, float] = {}
    numbers: dict[str, int] = {}
    for each in sorted(troubles):
        first.setdefault(each.what, each.after)
        numbers[each.what] = numbers.get(each.what, 0) + 1
    return "; ".join(
        f"{what}, {numbers[what]:,} times, first after {after:.0f} s"
        for what, after in first.items()
    )
