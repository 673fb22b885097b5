"""Forget a customer, on the Help tab. It deletes data, so only some roles may.

What is typed is in the body of the request and in its answer, and is neither logged nor stored.
"""

from collections.abc import Mapping
from contextlib import ExitStack

from flask import Blueprint, render_template, request
from msgspec import Struct, field

from service.domain.identity import normalize_email
from service.usecases.eventlog.erase_customer import Erased
from service.usecases.eventlog.forget_customer import forget_customer
from service.web.request.current import limits, now, services
from service.web.request.guard import require_session, rights, session, visited_tenant, writers_only
from service.web.request.room import take_place

_LONGEST = 300
_NEITHER = "Enter an e-mail address or a customer ID."
_NO_EMAIL = "This is not an e-mail address. Check it for typos."
_DOUBT = "If you expected events, check the spelling."
_NOT_CONFIRMED = "Turn this on to confirm. Nothing was deleted."
_BUSY = ("Nothing was deleted, because too many requests are running. Try again in a minute.",)

forget = Blueprint("forget", __name__)
forget.before_request(require_session)


class ForgetForm(Struct, frozen=True, kw_only=True):
    """The form as typed: its faults by field, and what came of it."""

    email: str = ""
    customer_id: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    outcome: tuple[str, ...] = ()
    is_done: bool = False


@forget.post("/help/forget")
@writers_only
def submit() -> tuple[str, int]:
    """Forget the customer, and return the form with what came of it."""
    visited_tenant(is_fresh=True)
    email, customer_id = (
        request.form.get(name, "").strip()[:_LONGEST] for name in ("email", "customer_id")
    )
    if faults := _faults(email, customer_id):
        return _fragment(ForgetForm(email=email, customer_id=customer_id, faults=faults)), 422
    with ExitStack() as held:
        is_allowed = not limits().shop_questions.retry_after(session().tenant_id, now=now())
        if not (is_allowed and take_place(limits().shop_lookups, held)):
            form = ForgetForm(email=email, customer_id=customer_id, outcome=_BUSY)
            return _fragment(form), 429
        erased = forget_customer(
            session().tenant_id,
            email=email,
            customer_id=customer_id,
            by=session().staff,
            services=services(),
        )
    return _fragment(ForgetForm(outcome=_words(erased), is_done=not erased.unknown)), 200


def forget_view() -> Mapping[str, object]:
    """Return the variables of the form's template before anything is typed."""
    return {"forget": ForgetForm(), **rights()}


def _faults(email: str, customer_id: str) -> Mapping[str, str]:
    faults = {}
    if not (email or customer_id):
        faults["email"] = _NEITHER
    elif email and normalize_email(email) is None:
        faults["email"] = _NO_EMAIL
    if "is_confirmed" not in request.form:
        faults["is_confirmed"] = _NOT_CONFIRMED
    return faults


def _words(erased: Erased) -> tuple[str, ...]:
    if erased.events:
        one = erased.events == 1
        done = f"{erased.events} waiting {'event was' if one else 'events were'} deleted"
        sentence = f"Done. {done} and will not be sent."
    else:
        sentence = "Done. No event of this customer was waiting to be sent."
    if not erased.unknown:
        also = "Remembered website visits and ad clicks were also deleted."
        return (sentence, also, *(() if erased.events else (_DOUBT,)))
    one = erased.unknown == 1
    number = f"{erased.unknown} waiting {'event belongs' if one else 'events belong'}"
    return (
        sentence,
        f"Commerce7 has not confirmed yet whether {number} to this customer.",
        "Do this again in an hour.",
    )


def _fragment(form: ForgetForm) -> str:
    return render_template("dashboard/_forget.html", forget=form, **rights())
