"""POST from our queue and scheduler: verify the caller, act, and say whether to call again.

Cloud Tasks takes 2xx as done and everything else as "again". 429 and 503 slow the whole queue,
and with it every tenant, so a failed send answers 424 (docs/adr/0005-task-answers.md).
"""

import logging
from contextlib import ExitStack
from threading import BoundedSemaphore

from flask import Blueprint, Response, jsonify, request

from service.domain.copies import replace
from service.domain.records.job import GAVE_UP
from service.domain.tenants.installation import Installation, InstallState
from service.ports import (
    CALLS_AT_ONCE,
    KeysUnavailableError,
    NotAllowedCallerError,
    NotOurQueueError,
)
from service.usecases.alerts.notify import notify_alerts
from service.usecases.alerts.send_report import send_report
from service.usecases.delivery.release_parked import release_parked
from service.usecases.delivery.send_event import Attempted, SendResult, send_event
from service.usecases.eventlog.retention import apply_retention
from service.usecases.eventlog.staff_sign_ups import are_sign_ups_all_by_staff
from service.usecases.eventlog.start_job import count_at_install
from service.usecases.eventlog.work_on_job import work_on_job
from service.usecases.figures.count_events import count_regularly
from service.usecases.figures.read_quality import refresh_all_quality
from service.usecases.intake.catch_up import list_changes
from service.usecases.intake.resolve_signal import resolve_signal
from service.usecases.sweep import sweep_due
from service.usecases.task_bodies import (
    MOST_BYTES,
    RESOLVE_PATH,
    SEND_PATH,
    AnyTask,
    CheckInstallation,
    CountEvents,
    ListChanges,
    LookUpObject,
    MalformedTaskError,
    NotifyAlerts,
    ReadShop,
    ReleaseParked,
    SendDelivery,
    WorkOnJob,
    parse_task,
)
from service.usecases.tenants.bound_unproven import bound_unproven
from service.usecases.tenants.check_installation import check_installation
from service.usecases.tenants.read_shop import ShopRead, read_shop
from service.web.endpoints.notified import log_notified, report_stuck, step_text
from service.web.request.alarms import note_refusal, raise_alarm
from service.web.request.body import read_body
from service.web.request.contact import contact_of
from service.web.request.current import limits, now, services
from service.web.request.room import WatchedConversions, take_place

_AGAIN = 424
_LOOKUPS = (LookUpObject, ReadShop, CheckInstallation, ListChanges)

tasks = Blueprint("tasks", __name__)
log = logging.getLogger(__name__)


@tasks.before_request
def only_our_queue() -> tuple[Response, int] | None:
    """Refuse a call without our queue's signed token; other headers prove nothing."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        services().callers.verify(token if scheme.lower() == "bearer" else "")
    except NotOurQueueError:
        note_refusal("task.refused")
        return jsonify(result="unauthorized"), 401
    except KeysUnavailableError:
        log.warning("task.not_verified")
        return jsonify(result="try again"), 503
    except NotAllowedCallerError:
        note_refusal("task.forbidden")
        return jsonify(result="forbidden"), 403
    return None


@tasks.post(SEND_PATH)
@tasks.post(RESOLVE_PATH)
def run() -> tuple[Response, int]:
    """Run the task.

    A task other than a send is answered 200 whatever its outcome: if it must be retried, it has
    enqueued its own next task.
    """
    task = parse_task(read_body(most=MOST_BYTES))
    if isinstance(task, SendDelivery):
        return _send(task)
    with ExitStack() as held:
        if not all(take_place(places, held) for places in _places(task)):
            log.info("lookup.postponed", extra={"tenant": task.tenant_id})
            return jsonify(result="enough lookups are under way"), _AGAIN
        return jsonify(result=_perform(task)), 200


def _places(task: AnyTask) -> tuple[BoundedSemaphore, ...]:
    """Return the places that a task which asks Commerce7 takes."""
    if isinstance(task, LookUpObject) and task.is_background:
        return (limits().background_lookups, limits().shop_lookups)
    if isinstance(task, CheckInstallation):
        return (limits().access_checks, limits().shop_lookups)
    return (limits().shop_lookups,) if isinstance(task, _LOOKUPS) else ()


def _send(task: SendDelivery) -> tuple[Response, int]:
    """Attempt one delivery, unless the pixel's bulkhead is full."""
    bulkhead = limits().sends
    place = bulkhead.acquire(task.pixel, now=now())
    if place is None:
        log.info("delivery.postponed", extra={"tenant": task.tenant_id, "role": task.role})
        answer = jsonify(result="this pixel is slow")
        answer.headers[CALLS_AT_ONCE] = str(bulkhead.limit)
        return answer, _AGAIN
    given = services()
    watched = WatchedConversions(
        given.conversions, bulkhead=bulkhead, place=place, clock=given.clock
    )
    try:
        result = send_event(
            task.tenant_id,
            task.event_key,
            role=task.role,
            services=replace(given, conversions=watched),
            carried=task.carried,
        )
    finally:
        bulkhead.release(place, now=now())
    _log_delivery(task, result)
    is_over = result.attempted not in {Attempted.BUSY, Attempted.RETRY}
    return jsonify(result=str(result.attempted)), 200 if is_over else _AGAIN


def _perform(task: AnyTask) -> str:
    """Run a task that is not a send, and return its result."""
    match task:
        case ReleaseParked():
            return _release(task)
        case NotifyAlerts():
            return _alerts(task.tenant_id)
        case CountEvents():
            return _count(task.tenant_id)
        case WorkOnJob():
            return _job(task)
        case SendDelivery():
            raise TypeError("a send has an answer of its own")
        case _:
            return _ask_shop(task)


def _ask_shop(task: LookUpObject | ReadShop | CheckInstallation | ListChanges) -> str:
    """Run a task that asks Commerce7."""
    match task:
        case LookUpObject():
            return _look_up(task)
        case ReadShop():
            return _shop(task)
        case CheckInstallation():
            return _installation(task.tenant_id)
        case ListChanges():
            return _changes(task)


def _look_up(task: LookUpObject) -> str:
    result = resolve_signal(task.tenant_id, task.event_key, services=services())
    fields = {"tenant": task.tenant_id, "key": task.event_key, "result": result}
    log.info("signal.resolved", extra=fields)
    return str(result)


def _count(tenant_id: str) -> str:
    done = count_regularly(tenant_id, now=now(), services=services())
    log.info("events.counted", extra={"tenant": tenant_id, "counted": done.events})
    return "done" if done.is_done else "to be continued"


def _job(task: WorkOnJob) -> str:
    job = work_on_job(task.tenant_id, task.job, services=services())
    if job is None:
        result = "none"
    else:
        result = "to be continued" if job.is_running else job.stopped or "done"
    level = logging.ERROR if result == GAVE_UP else logging.INFO
    fields = {"tenant": task.tenant_id, "cause": task.job, "result": result}
    log.log(level, "job.worked_on", extra=fields)
    return result


def _release(task: ReleaseParked) -> str:
    done = release_parked(task.tenant_id, now=now(), services=services(), cursor=task.cursor)
    fields = {"tenant": task.tenant_id, "released": done.events, "result": done.is_done}
    log.info("parked.released", extra=fields)
    return "done" if done.is_done else "to be continued"


def _changes(task: ListChanges) -> str:
    step = list_changes(task.tenant_id, task.cursor, now=now(), services=services())
    fields = {"tenant": task.tenant_id, "result": step.result, "untold": step.untold}
    log.info("changes.listed", extra=fields)
    for cause in step.left_out:
        log.warning("changes.left_out", extra={"tenant": task.tenant_id, "cause": cause})
    return str(step.result)


def _shop(task: ReadShop) -> str:
    """Read a shop's public settings. This is daily, so look after log and match quality, too.

    The first time, the events from before the installation are counted.

    Retention does not depend on the shop: a winery that left has a log, and what one call leaves
    over comes as a task of its own, while the shop is not due.
    """
    tenant_id = task.tenant_id
    result = read_shop(tenant_id, now=now(), services=services(), tries=task.tries)
    forgotten = apply_retention(tenant_id, now=now(), services=services())
    is_daily = result is ShopRead.ANSWERED
    if is_daily and are_sign_ups_all_by_staff(tenant_id, now=now(), services=services()):
        raise_alarm("sign_ups.all_by_staff", tenant_id=tenant_id)
    if is_daily:
        refresh_all_quality(tenant_id, services=services())
        count_at_install(tenant_id, services=services())
    log.info("shop.read", extra={"tenant": tenant_id, "result": result, "forgotten": forgotten})
    return str(result)


def _installation(tenant_id: str) -> str:
    after = check_installation(tenant_id, now=now(), services=services())
    state = after.state if after else "gone"
    log.info("installation.checked", extra={"tenant": tenant_id, "status": state})
    _remember_refusal(tenant_id, after)
    if state is InstallState.PENDING:
        for dropped in bound_unproven(tenant_id, now=now(), services=services()):
            log.warning("install.dropped", extra={"tenant": dropped})
    return str(state)


def _remember_refusal(tenant_id: str, after: Installation | None) -> None:
    """Remember when Commerce7 refused us, so that installs of this winery do not ask at once."""
    refused = limits().refused_installs
    if after and after.refused_at:
        refused.note(tenant_id, now=after.refused_at)
    elif after is None and refused.knows(tenant_id, now=now()):  # given up, after the last refusal
        refused.note(tenant_id, now=now())


def _alerts(tenant_id: str) -> str:
    """Send the e-mails that are due: those about alerts, then the report."""
    contact = contact_of(tenant_id)
    notified = notify_alerts(tenant_id, now=now(), contact=contact, services=services())
    log_notified(tenant_id, notified)
    reported = send_report(
        tenant_id, now=now(), contact=contact, words=step_text, services=services()
    )
    log_notified(tenant_id, reported)
    if notified.sent or reported.sent:
        return "notified"
    return "not sent" if notified.failed or reported.failed else "nothing to send"


@tasks.errorhandler(MalformedTaskError)
def malformed(_error: MalformedTaskError) -> tuple[Response, int]:
    """Answer 200: a retry would not mend the task, and the sweep finds every due step anyway."""
    log.error("task.malformed")
    return jsonify(result="malformed"), 200


@tasks.post("/tasks/sweep")
def sweep() -> tuple[Response, int]:
    """Enqueue new tasks for overdue work, and notify wineries of stuck events."""
    swept = sweep_due(now=now(), services=services())
    if swept.due:
        log.info("sweep.done", extra={"due": swept.due, "enqueued": swept.enqueued})
    report_stuck(swept.stuck)
    return jsonify(due=swept.due, enqueued=swept.enqueued), 200


def _log_delivery(task: SendDelivery, result: SendResult) -> None:
    fields: dict[str, object] = {
        "tenant": task.tenant_id,
        "key": task.event_key,
        "role": task.role,
    }
    if delivery := result.delivery:
        fields |= {
            name: getattr(delivery, name)
            for name in ("status", "attempts", "code", "subcode", "trace_id")
        }
        fields["reason"] = delivery.sentence or None
    log.info("delivery.attempted", extra={**fields, "result": result.attempted})
