"""Reading Meta's answers about tokens and pixels. Pure.

Reference: Meta's Graph API, "Debug-Token" and "Error handling". A token made in Events Manager may
send but not read. So a refusal to read leaves the fact unknown; only code 190 means that the token
is invalid.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from service.domain.delivery.verdict import Answer, Verdict
from service.domain.events.reason import Reason
from service.domain.figures.quality import OfflineEvents
from service.domain.tenants.connection import ConnectionTestAnswer, Objection, TokenFacts
from service.meta.answers import Call, read_answer

_DEAD_TOKEN = 190
_EXPIRED = 463
_BAD_SESSION = frozenset({102, 104})
_INVALID_PARAMETER, _MISSING_OBJECT = 100, 33
_NO_SUCH_ALIAS = 803
# The only scope whose targets are pixels; the targets of others are ad accounts or pages.
_PIXELS_SCOPE = "read_ads_dataset_quality"
_DEAD = frozenset({Objection.INVALID_TOKEN, Objection.EXPIRED_TOKEN})
_OK_RANGE = range(200, 300)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
_LONGEST_NAME = 100


def read_token_facts(body: bytes) -> TokenFacts:
    """Return the facts in an answer of `debug_token`; a refusal yields unknown facts."""
    parsed = _parse(body)
    data = _child(parsed, "data")
    # An error about the login's token is outside `data`, one about the inspected token inside.
    refusal = _child(parsed, "error") or _child(data, "error")
    is_dead = refusal.get("code") == _DEAD_TOKEN
    is_valid = False if is_dead else data.get("is_valid")
    subcode = refusal.get("error_subcode", refusal.get("subcode"))
    return TokenFacts(
        is_valid=is_valid if isinstance(is_valid, bool) else None,
        is_expired=is_dead and subcode == _EXPIRED,
        expires_at=_time(data.get("expires_at")),
        pixel_ids=_pixel_ids(data.get("granular_scopes")),
    )


def read_pixel_name(body: bytes) -> str | None:
    """Return the name in an answer about a pixel; `None` if there is none."""
    name = _parse(body).get("name")
    if not isinstance(name, str):
        return None
    printable = "".join(char if char.isprintable() else " " for char in name)
    return " ".join(printable.split())[:_LONGEST_NAME] or None


def read_offline_events(
    status: int, body: bytes, headers: Mapping[str, str]
) -> OfflineEvents | None:
    """Return what an answer about `is_consolidated_container` says.

    A refusal to read leaves it untold; a dead token, a limit and an outage are no answer.
    """
    parsed = _parse(body)
    if status in _OK_RANGE and parsed and "error" not in parsed:
        match parsed.get("is_consolidated_container"):
            case True:
                return OfflineEvents.TAKEN
            case False:
                return OfflineEvents.NOT_TAKEN
            case _:
                return OfflineEvents.UNTOLD
    verdict = read_answer(status, body, headers, call=Call.READ)
    is_refused = verdict.answer in {Answer.TOKEN, Answer.PERMANENT}
    is_dead = is_refused and read_probe(verdict).objection in _DEAD
    return OfflineEvents.UNTOLD if is_refused and not is_dead else None


def read_probe(verdict: Verdict) -> ConnectionTestAnswer:
    """Return the result of a test event, with Meta's objection if it refused the token."""
    is_refusal = verdict.answer is Answer.TOKEN
    return ConnectionTestAnswer(
        verdict=verdict, objection=_objection(verdict) if is_refusal else None
    )


def _objection(verdict: Verdict) -> Objection:
    code, subcode = verdict.code, verdict.subcode
    if verdict.reason is Reason.PROOF_REQUIRED:
        return Objection.PROOF_REQUIRED
    if code == _DEAD_TOKEN and subcode == _EXPIRED:
        return Objection.EXPIRED_TOKEN
    if code == _DEAD_TOKEN or code in _BAD_SESSION:
        return Objection.INVALID_TOKEN
    if code == _NO_SUCH_ALIAS or (code == _INVALID_PARAMETER and subcode == _MISSING_OBJECT):
        return Objection.UNKNOWN_PIXEL
    return Objection.NO_PERMISSION


def _pixel_ids(scopes: object) -> frozenset[str] | None:
    """Return the granted pixels; `None` if unknown or not limited (a scope without targets)."""
    if not isinstance(scopes, list):
        return None
    granted = [
        scope.get("target_ids")
        for scope in scopes
        if isinstance(scope, dict) and scope.get("scope") == _PIXELS_SCOPE
    ]
    targets = [each for each in granted if isinstance(each, list) and each]
    if not granted or len(targets) < len(granted):
        return None
    return frozenset(str(target) for each in targets for target in each)


def _time(seconds: object) -> datetime | None:
    """Return a Unix time; 0 means never."""
    if not isinstance(seconds, int) or isinstance(seconds, bool):
        return None
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LATEST else None


def _child(parent: dict[str, Any], name: str) -> dict[str, Any]:
    child = parent.get(name)
    return child if isinstance(child, dict) else {}


def _parse(body: bytes) -> dict[str, Any]:
    try:
        parsed = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}
