"""The pages of Commerce7's lists.

Reference: Commerce7's developer documentation, "Commerce7 APIs" (cursors, numbered pages of 50) and
"Orders" (a filter takes a date). Whether a filter takes a time, and counts beside a cursor, is not
documented: `ListManners` decides it here.
"""

from dataclasses import dataclass
from typing import Any

from tests.sandbox.order_parts import Json

_PAGE_SIZE = 50
_DATE = "2026-01-31"
_START = "start"


class NotTakenError(Exception):
    """The list is not asked for in a way that is understood."""


@dataclass(slots=True)
class ListManners:
    """Whether a filter may hold a time, and a cursor may come with a filter.

    While `is_silent`, the lists and the log of failed webhooks tell of no change.
    """

    takes_times: bool = False
    takes_cursors: bool = False
    is_silent: bool = False


def page(name: str, objects: list[Json], asked: dict[str, str], manners: ListManners) -> Json:
    """Return the page of a list.

    Raises:
        NotTakenError: the filter or the page is none.
    """
    wanted, cursor = asked.get("updatedAt"), asked.get("cursor")
    if wanted and manners.is_silent:
        objects = []
    if wanted:
        objects = _filtered(objects, wanted, manners)
    if cursor and wanted and not manners.takes_cursors:
        raise NotTakenError
    size = min(int(asked.get("limit", _PAGE_SIZE)), _PAGE_SIZE)
    if cursor:
        begin = 0 if cursor == _START else int(cursor)
        answer: dict[str, Any] = {name: objects[begin : begin + size]}
        return answer | ({"cursor": str(begin + size)} if len(objects) > begin + size else {})
    begin = (int(asked.get("page", 1)) - 1) * size
    return {name: objects[begin : begin + size], "total": len(objects)}


def _filtered(objects: list[Json], wanted: str, manners: ListManners) -> list[Json]:
    comparison, _, at = wanted.partition(":")
    if comparison != "gte" or (len(at) != len(_DATE) and not manners.takes_times):
        raise NotTakenError
    return [each for each in objects if str(each["updatedAt"]) >= at]
