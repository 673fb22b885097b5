"""The results of many runs, as a printed table."""

from collections import Counter

from tests.sim.run import Stats


def format_report(stats: Stats, *, failed: int, seconds: float) -> str:
    """Return the table."""
    per_event = stats.task_runs / max(1, stats.events)
    lines = [
        f"{stats.runs} seeds in {seconds:.0f} s, {failed} violated an invariant",
        f"{stats.webhooks} webhooks, {stats.accepted_webhooks} accepted, {stats.events} events",
        f"{stats.requests} requests to Meta, {stats.accepted_requests} accepted",
        f"{stats.task_runs} task runs ({per_event:.1f} an event), {stats.sweeps} sweeps",
        f"{stats.steps} steps, {stats.log_lines} log lines",
        f"accepted twice, by reason: {_counted(stats.duplicates)}",
        f"final statuses: {_counted(stats.statuses)}",
        f"scenarios: {_counted(stats.scenarios)}",
        f"faults: {_counted(stats.faults)}",
    ]
    return "\n".join([*lines, ""])


def _counted(numbers: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in numbers.most_common()) or "none"
