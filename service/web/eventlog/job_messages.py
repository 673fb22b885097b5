"""Jobs on the log in words: the dry run, the progress, and the result."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from msgspec import Struct

from service.domain.events.reason import Reason
from service.domain.records.job import (
    BY_HAND,
    GAVE_UP,
    MOST_TRIES,
    NEVER_SENT,
    REFUSED_LISTS,
    Job,
    JobKind,
)
from service.domain.records.lookup import LOOKUP_PACE, LOOKUPS_AT_ONCE
from service.domain.records.resend import ResendMethod
from service.usecases.eventlog.clear_log import NOT_FINISHED
from service.usecases.eventlog.resend_failed import ResendPlan
from service.usecases.eventlog.rows import MOST_COUNTED

_FOR_GOOD = (
    Reason.TOO_OLD,
    Reason.SIGN_UP_NOT_KEPT,
    Reason.VISIT_NOT_KEPT,
    Reason.TAKEN,
    Reason.KNOWN_TO_BE_GONE,
)
_FOR_NOW = (Reason.A_TEST, Reason.SWITCHED_OFF, Reason.PIXEL_REMOVED, Reason.NOT_INSTALLED)
_WHY: Mapping[str, str] = MappingProxyType(
    {
        Reason.TOO_OLD: "older than 7 days, which Meta does not accept",
        Reason.SIGN_UP_NOT_KEPT: "from sign-ups, because 1Pixel does not store their customer IDs",
        Reason.VISIT_NOT_KEPT: "from website visits, whose data is deleted after 30 minutes",
        Reason.KNOWN_TO_BE_GONE: "no longer in Commerce7",
        Reason.TAKEN: "already received by the pixel",
        Reason.A_TEST: "tests. Simulate them again instead",
        Reason.SWITCHED_OFF: "switched off. Switch them on in Configuration first",
        Reason.PIXEL_REMOVED: "without a pixel. Enter it in Configuration first",
        Reason.NOT_INSTALLED: "not sent, because 1Pixel is not installed",
        NOT_FINISHED: "still being sent",
        REFUSED_LISTS: "of Commerce7's lists, because 1Pixel has no access to them",
    }
)

_DONE = "Completed changes are kept."
_TITLES = {
    JobKind.RESEND: ("Sending events again", "Send again"),
    JobKind.CLEAR: ("Clearing the log", "The log was cleared"),
    JobKind.COUNT: ("Looking for missed events", "Missed events found"),
    JobKind.BACKFILL: ("Sending missed events", "Send missed events"),
}
_STOPS = {
    JobKind.RESEND: "Stop sending",
    JobKind.CLEAR: "Stop clearing",
    JobKind.COUNT: "Stop looking",
    JobKind.BACKFILL: "Stop sending",
}
_BUTTONS = {
    JobKind.RESEND: "Send failed again",
    JobKind.CLEAR: "Clear Log",
    JobKind.COUNT: "Find missed events",
    JobKind.BACKFILL: "Find missed events",
}
_CHECKED = "orders, memberships, reservations and customers"


class JobProgress(Struct, frozen=True, kw_only=True):
    """A job ready to print. `done` of `total` is for the bar; `left` lists what was left, and why.

    `stop` is the label of the stop button, and `send` that of the one that sends what was counted;
    empty for no button. A `total` of 0 is not known.
    """

    id: str
    kind: str
    title: str
    sentence: str
    tone: str
    is_running: bool
    done: int
    total: int
    left: Sequence[str]
    stop: str
    send: str = ""


class PlanWords(Struct, frozen=True, kw_only=True):
    """The dry run of a resend, in sentences; `button` is empty if nothing can be sent."""

    title: str
    advice: Sequence[str]
    lost: Sequence[str]
    blocked: Sequence[str]
    button: str


def plan_words(plan: ResendPlan) -> PlanWords:
    """Return the dry run in words."""
    lost = plan.lost
    return PlanWords(
        title=_plan_title(plan),
        advice=[*_plan_advice(plan)] if plan.total else [],
        lost=[_left(why, lost[why]) for why in _FOR_GOOD if why in lost],
        blocked=[_left(why, lost[why]) for why in _FOR_NOW if why in lost],
        button=_plan_button(plan),
    )


def progress_of(job: Job, *, may_stop: bool) -> JobProgress:
    """Return the job's progress or result, with a stop button if the user `may_stop` it."""
    is_count = job.kind is JobKind.COUNT
    can_send = is_count and not job.is_running and may_stop and job.never_sent
    return JobProgress(
        id=job.id,
        kind=job.kind,
        title=_job_title(job),
        sentence=_job_sentence(job),
        tone=_tone(job),
        is_running=job.is_running,
        done=job.done,
        total=0 if is_count else max(job.total, job.done),
        left=[_left(why, number) for why, number in job.left.items() if why != NEVER_SENT],
        stop=_STOPS[job.kind] if job.is_running and may_stop else "",
        send=f"Send {counted(job.never_sent, 'event')}" if can_send else "",
    )


def row_words(outcome: ResendMethod | Reason | None) -> tuple[str, str]:
    """Return the tone and the sentence for the result of resending one row."""
    match outcome:
        case ResendMethod.KEPT:
            return "good", "It is being sent again."
        case ResendMethod.ASKED_FOR:
            return "good", "1Pixel is getting it from Commerce7 again and then sends it."
        case None:
            return (
                "info",
                "Its status has changed in the meantime. It does not need to be sent again.",
            )
        case _:
            return "warn", f"Cannot be sent again: {_WHY[outcome]}."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 event`, `1,200 events`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _plan_button(plan: ResendPlan) -> str:
    if plan.total:
        least = "at least " if plan.is_least else ""
        return f"Send {least}{counted(plan.total, 'event')} again"
    return "Check older events" if plan.is_least else ""


def _plan_title(plan: ResendPlan) -> str:
    if plan.total:
        least = "At least " if plan.is_least else ""
        return f"{least}{counted(plan.total, 'event')} can be sent again"
    if plan.is_least:
        return f"None of the newest {MOST_COUNTED:,} events can be sent again"
    return "None of these events can be sent again" if plan.lost else "No failed events"


def _plan_advice(plan: ResendPlan) -> Sequence[str]:
    advice = [
        "Each keeps its event ID and time, and goes only to the pixels that did not receive it.",
    ]
    if plan.asked_for:
        them = "it" if plan.total == 1 else f"{plan.asked_for:,} of them"
        takes = _length(max(0, plan.asked_for - LOOKUPS_AT_ONCE) * LOOKUP_PACE)
        advice.append(f"1Pixel gets {them} from Commerce7 again first{takes}.")
    if plan.is_least:
        advice.append("Only the newest failed events were counted; all of them are sent again.")
    return advice


def _length(passes: timedelta) -> str:
    minutes = round(passes / timedelta(minutes=1))
    return f", which takes about {counted(minutes, 'minute')}" if minutes else ""


def _tone(job: Job) -> str:
    if job.stopped:
        return "warn"
    return "info" if job.is_running or job.never_sent else "good"


def _job_title(job: Job) -> str:
    doing, done = _TITLES[job.kind]
    if job.is_running:
        return doing
    if job.stopped:
        return f"{doing} was stopped"
    return "No missed events found" if job.kind is JobKind.COUNT and not job.never_sent else done


def _job_sentence(job: Job) -> str:
    if job.kind is JobKind.COUNT and not job.stopped:
        return _count_sentence(job)
    of = f" of {'at least ' if job.is_least else ''}{job.total:,}" if job.total else ""
    if job.is_running:
        return f"{job.done:,}{of}. You can leave this page; it continues in the background."
    if job.stopped:
        return _stopped_sentence(job, f"{job.done:,}{of}")
    if job.kind is JobKind.CLEAR:
        return f"{counted(job.done, 'row')} cleared. Meta keeps the events it has received."
    if job.kind is JobKind.BACKFILL:
        return f"Sending {counted(job.done, 'event')}. The log shows the result."
    again = f"Sending {counted(job.done, 'event')} again. The log shows the result."
    return again + (f" {job.moved_on:,} more had changed in the meantime." if job.moved_on else "")


def _count_sentence(job: Job) -> str:
    missed = ""
    if job.never_sent:
        was = "was" if job.never_sent == 1 else "were"
        missed = f"{counted(job.never_sent, 'event')} {was} never sent"
    checked = f"{job.done:,} {_CHECKED} checked"
    if job.is_running:
        found = "; ".join(filter(None, (checked, missed)))
        return f"{found} so far. You can leave this page; it continues in the background."
    # What was found comes first.
    return ". ".join(filter(None, (missed, f"{checked}.")))


def _stopped_sentence(job: Job, done: str) -> str:
    if job.stopped == BY_HAND:
        more = " One step in progress may still be completed." if job.may_be_under_way else ""
        return f"Stopped by {job.stopped_by} after {done}. {_DONE}{more}"
    return f"Stopped after {done}: {_why_stopped(job)}"


def _why_stopped(job: Job) -> str:
    if job.stopped == GAVE_UP:
        why = f"1Pixel tried {MOST_TRIES} times and could not continue. {_DONE}"
        again = f"Press {_BUTTONS[job.kind]} to continue with the rest"
        return f"{why} {again}; if it stops again, contact support (Help tab)."
    is_gone = job.stopped == Reason.NOT_INSTALLED
    return "1Pixel is no longer installed." if is_gone else f"{job.stopped}."


def _left(why: str, number: int) -> str:
    return f"{number:,} {_WHY.get(why, why)}"
