"""What a dry run says where it has not seen all rows."""

import pytest

from service.domain.records.job import NEVER_SENT, JobKind, JobStep, begun, stepped
from service.domain.records.log_view import LogView
from service.usecases.eventlog.resend_failed import ResendPlan
from service.web.eventlog.job_messages import plan_words, progress_of
from tests.builders import NOW, OLIVE


@pytest.mark.parametrize(
    ("plan", "title", "button"),
    [
        (ResendPlan(kept=3), "3 events can be sent again", "Send 3 events again"),
        (
            ResendPlan(kept=3, is_least=True),
            "At least 3 events can be sent again",
            "Send at least 3 events again",
        ),
        (
            ResendPlan(is_least=True),
            "None of the newest 1,000 events can be sent again",
            "Check older events",
        ),
        (ResendPlan(), "No failed events", ""),
    ],
)
def test_a_plan_says_at_least_where_there_may_be_more(
    plan: ResendPlan, title: str, button: str
) -> None:
    words = plan_words(plan)
    assert (words.title, words.button) == (title, button)


@pytest.mark.parametrize(
    ("kind", "step", "title", "sentence"),
    [
        (JobKind.COUNT, JobStep(done=2, left={NEVER_SENT: 1}), "Missed events found",
         "1 event was never sent. 2 orders, memberships, reservations and customers checked."),
        (JobKind.COUNT, JobStep(done=2), "No missed events found",
         "2 orders, memberships, reservations and customers checked."),
        (JobKind.RESEND, JobStep(done=1), "Send again",
         "Sending 1 event again. The log shows the result."),
    ],
)  # fmt: skip
def test_a_finished_job_has_no_title_of_a_running_one(
    kind: JobKind, step: JobStep, title: str, sentence: str
) -> None:
    job = begun(kind, LogView(), job_id="job", by=OLIVE, total=step.done, is_least=False, now=NOW)
    shown = progress_of(stepped(job, step, now=NOW), may_stop=True)
    assert (shown.title, shown.sentence) == (title, sentence)
