"""Jobs on the log in words: the dry run, the progress, and the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from service.domain.events.reason import Reason
from service.domain.records.job import BY_HAND, GAVE_UP, MOST_TRIES, Job, JobKind
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
        Reason.TOO_OLD: "older than 7 days, and Meta takes no such event",
        Reason.SIGN_UP_NOT_KEPT: "from sign-ups, of whose customers nothing is kept to ask for",
        Reason.VISIT_NOT_KEPT: "from website visits, whose signals are deleted after 30 minutes",
        Reason.KNOWN_TO_BE_GONE: "which Commerce7 no longer has",
        Reason.TAKEN: "for a pixel that has them already",
        Reason.A_TEST: "tests, which are simulated anew instead",
        Reason.SWITCHED_OFF: "switched off: switch event and channel on in Configuration first",
        Reason.PIXEL_REMOVED: "without a pixel: enter it in Configuration first",
        Reason.NOT_INSTALLED: "of a winery that has not installed 1Pixel",
        NOT_FINISHED: "not finished: still to be sent, or changed at this moment",
    }
)

_DONE = "What was done stays done."
_TITLES = {
    JobKind.RESEND: ("Sending failed events again", "Failed events were sent again"),
    JobKind.CLEAR: ("Clearing the log", "The log was cleared"),
}
_STOPS = {JobKind.RESEND: "Stop sending", JobKind.CLEAR: "Stop clearing"}
_BUTTONS = {JobKind.RESEND: "Send failed again", JobKind.CLEAR: "Clear Log"}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """A job ready to print. `done` of `total` is for the bar; `left` lists what was left, and why.

    `stop` is the label of the stop button; empty for no button.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWords:
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
    total = max(job.total, job.done)
    return JobProgress(
        id=job.id,
        kind=job.kind,
        title=_job_title(job),
        sentence=_job_sentence(job),
        tone="info" if job.is_running else "warn" if job.stopped else "good",
        is_running=job.is_running,
        done=job.done,
        total=total,
        left=[_left(why, number) for why, number in job.left.items()],
        stop=_STOPS[job.kind] if job.is_running and may_stop else "",
    )


def row_words(outcome: ResendMethod | Reason | None) -> tuple[str, str]:
    """Return the tone and the sentence for the result of resending one row."""
    match outcome:
        case ResendMethod.KEPT:
            return "good", "It is on its way again."
        case ResendMethod.ASKED_FOR:
            return "good", "Commerce7 is asked for it again, then it is sent."
        case None:
            return "info", "There is nothing to send again: it has gone on meanwhile."
        case _:
            return "warn", f"Cannot be sent again: {_WHY[outcome]}."


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 event`, `1,200 events`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _plan_button(plan: ResendPlan) -> str:
    if plan.total:
        least = "at least " if plan.is_least else ""
        return f"Send {least}{counted(plan.total, 'event')} again"
    return "Look through the older ones" if plan.is_least else ""


def _plan_title(plan: ResendPlan) -> str:
    if plan.total:
        least = "At least " if plan.is_least else ""
        return f"{least}{counted(plan.total, 'event')} can be sent again"
    if plan.is_least:
        return f"None of the newest {MOST_COUNTED:,} events can be sent again"
    return "None of these events can be sent again" if plan.lost else "No event has failed here"


def _plan_advice(plan: ResendPlan) -> Sequence[str]:
    advice = [
        "Each keeps its event ID and its time, and goes to the pixels that did not get it.",
        "What a pixel has taken is not sent to it again.",
    ]
    if plan.asked_for:
        them = "it" if plan.total == 1 else f"{plan.asked_for:,} of them"
        takes = _length(max(0, plan.asked_for - LOOKUPS_AT_ONCE) * LOOKUP_PACE)
        advice.append(f"1Pixel fetches {them} from Commerce7 again first{takes}.")
    if plan.is_least:
        advice.append("Only the newest failed events were counted; all of them are sent again.")
    return advice


def _length(passes: timedelta) -> str:
    minutes = round(passes / timedelta(minutes=1))
    return f", which takes about {counted(minutes, 'minute')}" if minutes else ""


def _job_title(job: Job) -> str:
    doing, done = _TITLES[job.kind]
    return doing if job.is_running else f"{doing} was stopped" if job.stopped else done


def _job_sentence(job: Job) -> str:
    of = f"{'at least ' if job.is_least else ''}{job.total:,}"
    if job.is_running:
        return f"{job.done:,} of {of}. You can leave this page; it goes on by itself."
    if job.stopped:
        return f"Stopped after {job.done:,} of {of}: {_why_stopped(job)}"
    if job.kind is JobKind.CLEAR:
        return f"{counted(job.done, 'row')} cleared. What Meta has got stays at Meta."
    are, each = ("is on its", "of it") if job.done == 1 else ("are on their", "of each")
    on_their_way = (
        f"{counted(job.done, 'event')} {are} way again; the log shows what becomes {each}."
    )
    return on_their_way + (
        f" {job.moved_on:,} more had gone on by themselves." if job.moved_on else ""
    )


def _why_stopped(job: Job) -> str:
    if job.stopped == BY_HAND:
        why = f"stopped by {job.stopped_by}. {_DONE}"
        return f"{why} What was under way may still be done." if job.may_be_under_way else why
    if job.stopped == GAVE_UP:
        why = f"1Pixel tried {MOST_TRIES} times and could not go on. {_DONE}"
        again = f"Press {_BUTTONS[job.kind]} to go on with the rest"
        return f"{why} {again}; if it stops again, write to us (Help)."
    is_gone = job.stopped == Reason.NOT_INSTALLED
    return "1Pixel is no longer installed." if is_gone else f"{job.stopped}."


def _left(why: str, number: int) -> str:
    return f"{number:,} {_WHY.get(why, why)}"
