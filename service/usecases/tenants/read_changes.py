"""Read the audit trail of a winery by pages, of one kind of change if wanted."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from service.domain.copies import replace
from service.domain.tenants.audit import AuditEntry, ChangeKind, kind_of
from service.ports import Services

PAGE = 10
"""How many entries one page shows."""

MOST_READ = 500
"""How far back the pages go."""


class ChangePage(Struct, frozen=True, kw_only=True):
    """A page of the audit trail, the newest first; its `number` begins at 1."""

    entries: Sequence[AuditEntry]
    number: int
    has_older: bool


def read_changes(
    tenant_id: str, *, kind: ChangeKind | None, number: int, services: Services
) -> ChangePage:
    """Return this page of the changes of this kind, or of all.

    Raises:
        StoreUnavailableError: the store cannot be reached; try again.
    """
    end = min(max(number, 1), MOST_READ // PAGE) * PAGE
    found = services.audit.newest(tenant_id, limit=MOST_READ if kind else end + 1)
    wanted = found if kind is None else [*_of_kind(found, kind)]
    return page_of_changes(wanted, number=end // PAGE)


def _of_kind(entries: Sequence[AuditEntry], kind: ChangeKind) -> Iterator[AuditEntry]:
    for entry in entries:
        if changes := tuple(each for each in entry.changes if kind_of(each) is kind):
            yield replace(entry, changes=changes)


def page_of_changes(entries: Sequence[AuditEntry], *, number: int = 1) -> ChangePage:
    """Return this page of the entries."""
    end = number * PAGE
    return ChangePage(
        entries=entries[end - PAGE : end], number=number, has_older=len(entries) > end
    )
