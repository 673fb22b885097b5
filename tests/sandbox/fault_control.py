"""Planning a system's faults from the current request: a test's JSON, or a button's form."""

from typing import Any

from flask import abort, request

from tests.sandbox.faults import Fault, Faults, Mode, Moods


def plan_from_json(faults: Faults[Mode]) -> tuple[dict[str, Any], int]:
    """Plan the fault in a test's JSON, and return it."""
    try:
        fault = _wished(request.get_json(silent=True), faults.moods)
    except ValueError as error:
        return {"message": str(error)}, 400
    faults.plan(fault)
    if not fault:
        return {"mode": faults.moods.well}, 200
    return {"mode": fault.mode, "times": fault.times, "seconds": fault.seconds}, 200


def plan_from_form(faults: Faults[Mode]) -> None:
    """Plan the fault in a button's form: for the next request, or until it is ended."""
    word = request.form.get("mode", "")
    mode = faults.moods.mode(word)
    if mode:
        always = request.form.get("times") == "always"
        faults.plan(faults.moods.fault(mode, times=None if always else 1))
    elif word == faults.moods.well:
        faults.plan(None)
    else:
        abort(400, "There is no such button.")


def _wished(wish: object, moods: Moods[Mode]) -> Fault[Mode] | None:
    wishes = wish if isinstance(wish, dict) else {}
    mode, times = moods.mode(wishes.get("mode")), wishes.get("times", 1)
    if wishes.get("mode") == moods.well:
        return None
    if not mode:
        raise ValueError(f"mode must be one of: {', '.join(moods.descriptions)}, {moods.well}")
    if times is not None and (type(times) is not int or times < 1):
        raise ValueError("times must be an integer above 0, or null: until told otherwise")
    usual = moods.fault(mode, times=times)
    seconds = wishes.get("seconds", usual.seconds)
    if type(seconds) not in (int, float) or seconds < 0:
        raise ValueError("seconds must be a number, 0 or more")
    only = wishes.get("only")
    if only is not None and not isinstance(only, str):
        raise ValueError("only must be a text, the one thing that it happens to")
    return moods.fault(mode, times=times, seconds=seconds, only=only)
