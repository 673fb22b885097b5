"""Work through a winery's log that somebody started and that takes longer than a request. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from service.domain.records.cursor import Cursor
from service.domain.records.log_view import LogView
from service.domain.shop.staff import StaffMember

GAVE_UP = "gave up"
"""Why a job ended whose step was taken up again and again and never came to its end."""

BY_HAND = "stopped by hand"
"""Why a job ended that a member of the staff stopped; `stopped_by` says who."""

MOST_TRIES = 5
"""How often the same step is taken up.

The pause after a try doubles, from two minutes, and only after the last one it is short again: the
tries are 0, 2, 6, 14 and 30 minutes after the first, and two minutes later the job has ended. So an
outage of the store may last half an hour, and a step that always fails holds up other work on the
log no longer than that.
"""

# Behind every key there is: what was received at the moment of the start is worked on too.
_LAST_KEY = "~"


class JobKind(StrEnum):
    """What is done with the rows; a winery has one job of each kind at a time."""

    RESEND = "resend"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A way through the rows of a view, newest first, in steps; `id` tells it from the next one.

    `place` is where the next step begins. What comes in after the start is not worked on. Of
    `total` rows, which was counted before the start and is a lower bound if it `is_least`, `done`
    have been seen to, and those `left` stay as they are, by reason. `failed` counts those too that
    were known to stay. After the view's last row it goes on with the view `then`.
    While it runs it has a `due_at`: when its next step may begin, or the step under way is believed
    lost. `tries` counts how often that step was taken up, with any outcome. `stopped` says why
    it ended before its end, and `stopped_by` who wanted that. It `is_told` once the person who
    began it has seen what it came to.
    """

    kind: JobKind
    id: str
    who: str
    who_id: str = ""
    view: LogView
    started_at: datetime
    place: Cursor
    total: int
    is_least: bool = False
    failed: int = 0
    done: int = 0
    left: Mapping[str, int] = field(default_factory=dict)
    then: LogView | None = None
    due_at: datetime | None = None
    tries: int = 0
    finished_at: datetime | None = None
    stopped: str = ""
    stopped_by: str = ""
    is_told: bool = False

    @property
    def is_running(self) -> bool:
        """Tell whether there is more to do."""
        return self.finished_at is None

    @property
    def moved_on(self) -> int:
        """Return how many had gone on by themselves before their turn came."""
        return 0 if self.is_least else max(0, self.failed - self.done - sum(self.left.values()))

    @property
    def beginning(self) -> Cursor:
        """Return where a view begins for it."""
        return Cursor(self.started_at, _LAST_KEY)

    @property
    def may_be_under_way(self) -> bool:
        """Tell whether a step was taken up of which nothing is known yet."""
        return self.tries > 0

    @property
    def is_hopeless(self) -> bool:
        """Tell whether its step was tried often enough."""
        return self.tries >= MOST_TRIES

    def is_due(self, now: datetime) -> bool:
        """Tell whether its next step may begin, or its last one is believed lost."""
        return self.due_at is not None and now >= self.due_at


class Bound(StrEnum):
    """How far a number may be from the true one, where not all rows were looked at."""

    EXACT = ""
    LEAST = "at least"
    MOST = "up to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted before a job: `total` rows to work on, and how many failed in all."""

    total: int
    failed: int = 0
    bound: Bound = Bound.EXACT


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStep:
    """What one step came to: `reached` is where the next one begins, `None` at the end.

    One that `is_in_next` has come to the end of the job's view, and into the next one.
    """

    done: int = 0
    left: Mapping[str, int] = field(default_factory=dict)
    reached: Cursor | None = None
    is_in_next: bool = False
    rest: timedelta = timedelta(0)


def begun(
    kind: JobKind,
    view: LogView,
    *,
    then: LogView | None = None,
    job_id: str,
    by: StaffMember,
    total: int,
    failed: int = 0,
    is_least: bool,
    now: datetime,
) -> Job:
    """Return a new job, to be taken up at once."""
    return Job(
        kind=kind,
        id=job_id,
        who=by.name,
        who_id=by.id,
        view=view,
        then=then,
        started_at=now,
        place=Cursor(now, _LAST_KEY),
        total=total,
        failed=failed,
        is_least=is_least,
        due_at=now,
    )


def taken_up(job: Job, *, now: datetime, lease: timedelta) -> Job:
    """Return the job with a step under way, which other processes leave alone.

    After each try without an end it is left alone for twice as long; the last one is not waited for
    any longer than the first.
    """
    tries = job.tries + 1
    pause = lease if tries == MOST_TRIES else lease * 2**job.tries
    return replace(job, tries=tries, due_at=now + pause)


def stepped(job: Job, step: JobStep, *, now: datetime) -> Job:
    """Return the job after a step, with its next one due, or finished."""
    reached = step.reached
    return replace(
        job,
        done=job.done + step.done,
        left=dict(Counter(job.left) + Counter(step.left)),
        view=job.then if step.is_in_next and job.then else job.view,
        then=None if step.is_in_next else job.then,
        place=reached or job.place,
        tries=0,
        due_at=now + step.rest if reached else None,
        finished_at=None if reached else now,
    )


def stopped(job: Job, reason: str, *, now: datetime, by: str = "") -> Job:
    """Return the job ended before its end, by the person of this name or by itself."""
    return replace(job, stopped=reason, stopped_by=by, due_at=None, finished_at=now)


def with_last_step(job: Job, step: JobStep) -> Job:
    """Return the stopped job with what the step came to that was under way when it was stopped."""
    left = dict(Counter(job.left) + Counter(step.left))
    return replace(job, done=job.done + step.done, left=left, tries=0)
