"""What a dry run says where it has not seen all rows."""

import pytest

from service.usecases.eventlog.resend_failed import ResendPlan
from service.web.eventlog.job_messages import plan_words


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
