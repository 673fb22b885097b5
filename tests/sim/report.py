"""The results of many runs, as a printed table."""

from collections import Counter

from tests.sim.run import Tally


def told(tally: Tally, *, failed: int, seconds: float) -> str:
    """Return the table."""
    per_event = tally.task_runs / max(1, tally.events)
    lines = [
        f"{tally.runs} seeds in {seconds:.0f} s, {failed} broke a law",
        f"{tally.events} events from {tally.accepted} accepted of {tally.webhooks} webhooks",
        f"{tally.posts} requests to Meta, {tally.taken} taken",
        f"{tally.task_runs} task runs ({per_event:.1f} an event), {tally.sweeps} sweeps",
        f"{tally.steps} steps, {tally.log_lines} log lines",
        f"taken twice, by reason: {_counted(tally.repeats)}",
        f"events ended: {_counted(tally.statuses)}",
        f"wineries: {_counted(tally.fates)}",
        f"troubles: {_counted(tally.faults)}",
    ]
    return "\n".join([*lines, ""])


def _counted(numbers: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in numbers.most_common()) or "none"
