"""Reading Meta's answers about the quality of a dataset's events. Pure, and tolerant of anything.

Reference: Meta's Conversions API, "Dataset Quality API" and "Dataset Quality API for Offline
Events". Lists are cut, texts shortened, and a value of another type counts as missing.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.figures.quality import (
    HIGHEST_SCORE,
    Aspect,
    DedupeKey,
    Diagnostic,
    EventQuality,
    MatchKey,
    QualityAnswer,
    QualityFault,
    Variant,
)
from service.domain.tenants.connection import Objection
from service.meta.answers import Call, read_answer
from service.meta.credentials import read_probe
from service.meta.wire import PROBE_NAME

_WEB_SCORES = (
    "web{event_name,event_match_quality{composite_score,match_key_feedback{identifier,"
    "coverage{percentage}}}}"
)
_WEB = (
    "web{event_name,event_match_quality{composite_score,match_key_feedback{identifier,"
    "coverage{percentage},potential_aly_acr_increase{percentage}},"
    "diagnostics{name,description,solution,percentage}},"
    "event_coverage{percentage,goal_percentage},"
    "dedupe_key_feedback{dedupe_key,browser_events_with_dedupe_key{percentage},"
    "server_events_with_dedupe_key{percentage},"
    "overall_browser_coverage_from_dedupe_key{percentage}},"
    "data_freshness{upload_frequency}}"
)
_OFFLINE = "offline{event_name,composite,match_key,frequency,freshness}"

FIELDS = (f"{_WEB},{_OFFLINE}", _WEB, _WEB_SCORES)
"""What is asked for; after a refusal that may be about a field, the next, which is less.

Offline quality is not open to every app, and Meta has removed fields of the others before.
"""

_MISSING_DATASET = 2044055
_OK_RANGE = range(200, 300)
_MOST_EVENTS, _MOST_KEYS, _MOST_ITEMS = 30, 20, 10
_LONGEST_NAME, _LONGEST_WORD, _LONGEST_TEXT = 100, 40, 400
_LARGEST = 1e6
_NOT_SHOWN = ("", PROBE_NAME)
_ASPECTS = ("composite", "match_key", "frequency", "freshness")
_FAULTS = {
    Objection.INVALID_TOKEN: QualityFault.DEAD_TOKEN,
    Objection.EXPIRED_TOKEN: QualityFault.DEAD_TOKEN,
    Objection.UNKNOWN_PIXEL: QualityFault.UNKNOWN_PIXEL,
    Objection.NO_PERMISSION: QualityFault.NOT_ALLOWED,
    Objection.PROOF_REQUIRED: QualityFault.NOT_ALLOWED,
}


def may_be_about_a_field(answer: QualityAnswer) -> bool:
    """Tell whether Meta may answer a question for less: error 100 says both, by its text only."""
    return answer.fault in {QualityFault.NOT_ALLOWED, QualityFault.REFUSED}


def read_quality(status: int, body: bytes, headers: Mapping[str, str]) -> QualityAnswer:
    """Return what an answer says; an empty one means that there are no scores yet.

    Names in `headers` must be case-insensitive.
    """
    parsed = _parse(body)
    if status in _OK_RANGE and isinstance(parsed, dict) and "error" not in parsed:
        return QualityAnswer(events=tuple(_events(parsed)))
    return _refusal(read_answer(status, body, headers, call=Call.READ))


def _refusal(verdict: Verdict) -> QualityAnswer:
    return QualityAnswer(fault=_fault(verdict), code=verdict.code)


def _fault(verdict: Verdict) -> QualityFault:
    if _MISSING_DATASET in {verdict.code, verdict.subcode}:
        return QualityFault.UNKNOWN_PIXEL
    if objection := read_probe(verdict).objection:
        return _FAULTS[objection]
    match verdict.answer:
        case Answer.THROTTLED:
            return QualityFault.THROTTLED
        case Answer.PERMANENT:
            return QualityFault.REFUSED
        case _:
            return QualityFault.NO_ANSWER


def _events(parsed: dict[str, Any]) -> Iterator[EventQuality]:
    for variant, read in ((Variant.WEB, _web_event), (Variant.OFFLINE, _offline_event)):
        named: dict[str, EventQuality] = {}
        for item in _objects(parsed.get(variant), most=_MOST_EVENTS):
            name = _text(item.get("event_name"), most=_LONGEST_NAME)
            if name not in _NOT_SHOWN:
                named.setdefault(name, read(name, item))
        yield from named.values()


def _web_event(name: str, item: dict[str, Any]) -> EventQuality:
    quality, coverage = _object(item.get("event_match_quality")), item.get("event_coverage")
    return EventQuality(
        event=name,
        variant=Variant.WEB,
        score=_score(quality.get("composite_score")),
        keys=tuple(_match_keys(quality.get("match_key_feedback"))),
        diagnostics=tuple(_diagnostics(quality.get("diagnostics"))),
        dedupe_keys=tuple(_dedupe_keys(item.get("dedupe_key_feedback"))),
        coverage=_percentage(coverage),
        coverage_goal=_percentage(_object(coverage).get("goal_percentage")),
        freshness=_text(
            _object(item.get("data_freshness")).get("upload_frequency"), most=_LONGEST_WORD
        ),
    )


def _offline_event(name: str, item: dict[str, Any]) -> EventQuality:
    composite, match_key = item.get("composite"), _object(item.get("match_key"))
    coverage = _object(match_key.get("coverage")) or _object(item.get("coverage"))
    keys = [
        MatchKey(identifier=identifier, coverage=_percentage(coverage[key]))
        for key in list(coverage)[:_MOST_KEYS]
        if (identifier := _text(key, most=_LONGEST_NAME))
    ]
    return EventQuality(
        event=name,
        variant=Variant.OFFLINE,
        score=_scored(composite),
        keys=tuple(keys),
        aspects=tuple(_aspects(item)),
    )


def _match_keys(found: object) -> Iterator[MatchKey]:
    for each in _objects(found, most=_MOST_KEYS):
        if identifier := _text(each.get("identifier"), most=_LONGEST_NAME):
            yield MatchKey(
                identifier=identifier,
                coverage=_percentage(each.get("coverage")),
                increase=_percentage(each.get("potential_aly_acr_increase")),
            )


def _diagnostics(found: object) -> Iterator[Diagnostic]:
    for each in _objects(found, most=_MOST_ITEMS):
        if name := _text(each.get("name"), most=_LONGEST_NAME):
            yield Diagnostic(
                name=name,
                description=_text(each.get("description"), most=_LONGEST_TEXT),
                solution=_text(each.get("solution"), most=_LONGEST_TEXT),
                percentage=_percentage(each.get("percentage")),
            )


def _dedupe_keys(found: object) -> Iterator[DedupeKey]:
    for each in _objects(found, most=_MOST_ITEMS):
        if key := _text(each.get("dedupe_key"), most=_LONGEST_NAME):
            yield DedupeKey(
                key=key,
                browser=_percentage(each.get("browser_events_with_dedupe_key")),
                server=_percentage(each.get("server_events_with_dedupe_key")),
                overlap=_percentage(each.get("overall_browser_coverage_from_dedupe_key")),
            )


def _aspects(item: dict[str, Any]) -> Iterator[Aspect]:
    for name in _ASPECTS:
        score = _scored(item.get(name))
        advice = _text(_object(item.get(name)).get("recommendation"), most=_LONGEST_TEXT)
        if score is not None or advice:
            yield Aspect(name=name, score=score, advice=advice)


def _scored(found: object) -> float | None:
    """Return an offline score, which is a number by Meta's table and an object by its examples."""
    return _score(found.get("score") if isinstance(found, dict) else found)


def _score(found: object) -> float | None:
    number = _number(found)
    is_score = number is not None and 0 <= number <= HIGHEST_SCORE
    return round(number, 1) if number is not None and is_score else None


def _percentage(found: object) -> float | None:
    number = _number(found.get("percentage") if isinstance(found, dict) else found)
    return round(number, 1) if number is not None and number >= 0 else None


def _number(found: object) -> float | None:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if abs(found) < _LARGEST else None  # false for NaN, too


def _text(found: object, *, most: int) -> str:
    """Return a text in one line, without what cannot be printed; empty if it is none."""
    if not isinstance(found, str):
        return ""
    printable = "".join(char if char.isprintable() else " " for char in found[: 4 * most])
    return " ".join(printable.split())[:most]


def _objects(found: object, *, most: int) -> list[dict[str, Any]]:
    listed = found if isinstance(found, list) else []
    return [each for each in listed if isinstance(each, dict)][:most]


def _object(found: object) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _parse(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
