"""A staff member's job on a winery's log, or on its shop's lists, longer than one request. Pure."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from service.domain.copies import replace
from service.domain.events.reason import Reason
from service.domain.records.cursor import Cursor
from service.domain.records.log_view import LogView
from service.domain.shop.staff import StaffMember

GAVE_UP = "gave up"
"""Why a job ended early: one of its steps was tried `MOST_TRIES` times and never finished."""

BY_HAND = "stopped by hand"
"""Why a job ended early: a staff member stopped it, whose name is `stopped_by`."""

MOST_TRIES = 5
"""How often the same step is tried.

The pause after a try doubles from two minutes; after the last try it is two minutes again. So the
tries are 0, 2, 6, 14 and 30 minutes after the first, and the job ends two minutes after the last. A
job survives a store outage of half an hour, and a step that always fails blocks other jobs no
longer than that.
"""

# Sorts after every key, so that rows received at the very moment of the start are included.
_LAST_KEY = "~"


NEVER_SENT = "never sent"
"""What a count of the shop's lists leaves: events that the job after it sends."""

REFUSED_LISTS = "lists that the shop did not answer"
"""What a job on the shop's lists leaves out."""


class JobKind(StrEnum):
    """What is done; a winery has one job of each kind at a time.

    `COUNT` and `BACKFILL` work through the shop's lists, the others through the rows of the log.
    """

    RESEND = "resend"
    CLEAR = "clear"
    COUNT = "count"
    BACKFILL = "backfill"


class Job(Struct, frozen=True, kw_only=True):
    """A pass over the rows of a view, newest first, in steps; each job has its own `id`.

    `place` is where the next step begins. Rows received after the start are not included. `total`
    is the number of rows, counted before the start; it is a lower bound if it `is_least`. `done`
    counts the rows that were processed, `left` those that stay as they are, by reason. `failed`
    also counts the rows that were known to stay. After the view's last row the job continues with
    the view `then`.
    While the job runs, `due_at` is when its next step may begin, or when the step under way counts
    as lost. `tries` counts how often that step was started. `stopped` is why the job ended early,
    and `stopped_by` the staff member who stopped it. It `is_told` once the staff member who began
    it has seen its result. With a `cause` it leaves out rows that did not fail for that reason.
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
    cause: Reason | None = None

    @property
    def is_running(self) -> bool:
        """Tell whether there is more to do."""
        return self.finished_at is None

    @property
    def moved_on(self) -> int:
        """Return how many failed rows had changed by themselves before the job reached them."""
        return 0 if self.is_least else max(0, self.failed - self.done - sum(self.left.values()))

    @property
    def never_sent(self) -> int:
        """Return how many events a count of the shop's lists found that were never sent."""
        return self.left.get(NEVER_SENT, 0)

    @property
    def beginning(self) -> Cursor:
        """Return the position at which the job begins a view."""
        return Cursor(self.started_at, _LAST_KEY)

    @property
    def may_be_under_way(self) -> bool:
        """Tell whether a step was started whose result is not known yet."""
        return self.tries > 0

    @property
    def is_hopeless(self) -> bool:
        """Tell whether its step has used up its tries."""
        return self.tries >= MOST_TRIES

    def is_due(self, now: datetime) -> bool:
        """Tell whether its next step may begin, or its last one counts as lost."""
        return self.due_at is not None and now >= self.due_at


class Bound(StrEnum):
    """Whether a count is exact; it is only a bound if not all rows were read."""

    EXACT = ""
    LEAST = "at least"
    MOST = "up to"


class Counted(Struct, frozen=True, kw_only=True):
    """The count before a job: `total` rows to process, and `failed` rows in all."""

    total: int
    failed: int = 0
    bound: Bound = Bound.EXACT


class JobStep(Struct, frozen=True, kw_only=True):
    """The result of one step: `reached` is where the next one begins, `None` at the end.

    A step that `is_in_next` has finished the job's view and gone on to the next one. `rest` is the
    pause before the next step.
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
    cause: Reason | None = None,
    job_id: str,
    by: StaffMember,
    total: int,
    failed: int = 0,
    is_least: bool,
    now: datetime,
) -> Job:
    """Return a new job, due at once."""
    return Job(
        kind=kind,
        id=job_id,
        who=by.name,
        who_id=by.id,
        view=view,
        then=then,
        cause=cause,
        started_at=now,
        place=Cursor(now, _LAST_KEY),
        total=total,
        failed=failed,
        is_least=is_least,
        due_at=now,
    )


def taken_up(job: Job, *, now: datetime, lease: timedelta) -> Job:
    """Return the job with a step under way, leased so that other processes leave it alone.

    The lease doubles with each try that does not finish; that of the last try is as short as that
    of the first.
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
    """Return the job ended early, by the staff member of this name or by itself."""
    return replace(job, stopped=reason, stopped_by=by, due_at=None, finished_at=now)


def with_last_step(job: Job, step: JobStep) -> Job:
    """Return the stopped job with the result of the step that was under way at the stop."""
    left = dict(Counter(job.left) + Counter(step.left))
    return replace(job, done=job.done + step.done, left=left, tries=0)
