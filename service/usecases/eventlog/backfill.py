"""Look through a shop's lists for events that were never sent, and send them: two jobs.

The first only counts, so that staff see what the second would send. Both read the same lists page
by page, and may do a step again: what is recorded is not missing any more.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from service.domain.events.event import EVENT_WINDOW, STORE_WINDOW
from service.domain.records.cursor import Cursor
from service.domain.records.job import NEVER_SENT, REFUSED_LISTS, Job, JobKind, JobStep
from service.domain.records.lookup import LOOKUP_PACE
from service.domain.shop.order import Channel
from service.domain.shop.signal import ObjectKind
from service.domain.tenants.tenant import Tenant
from service.domain.tenants.wanted import sends_sales_of
from service.ports import Refusal, Services, ShopError
from service.usecases.cursors import Listing
from service.usecases.intake.receive_page import MissingEvent, missing_in, record_missing

_LISTS = tuple(each for each in Listing if each.kind)
_IN_VAIN = frozenset({Refusal.NOT_ALLOWED, Refusal.NOT_FOUND, Refusal.OUR_FAULT})
_PATIENCE = timedelta(days=1)
_PAUSE = timedelta(minutes=1)


class _Place(Struct, frozen=True, kw_only=True):
    """Where a job stands: a list, and its page."""

    listing: Listing = _LISTS[0]
    page: str = ""

    @property
    def kind(self) -> ObjectKind:
        """Return the kind of the list's objects."""
        return self.listing.kind or ObjectKind.ORDER

    def cursor(self, job: Job) -> Cursor:
        """Return the place as the job keeps it."""
        return Cursor(job.started_at, f"{self.listing}|{self.page}")

    def next_list(self) -> "_Place | None":
        """Return the place at which the next list begins; `None` after the last one."""
        following = _LISTS[_LISTS.index(self.listing) + 1 :]
        return _Place(listing=following[0]) if following else None


def reach_of(tenant: Tenant, kind: ObjectKind) -> timedelta:
    """Return how far back such events are looked for: as far as Meta takes them."""
    is_store = kind is ObjectKind.ORDER and sends_sales_of(tenant, Channel.POS)
    return STORE_WINDOW if is_store else EVENT_WINDOW


def backfill_step(tenant: Tenant, job: Job, *, now: datetime, services: Services) -> JobStep:
    """Read the job's next page; record what is missing there, or only count it.

    Raises:
        StoreUnavailableError: some of it may not be recorded; do it again.
    """
    place, shops = _place_of(job), services.shops.in_background()
    since = job.started_at - reach_of(tenant, place.kind)
    try:
        page = shops.changed(tenant.id, place.kind, since=since, place=place.page, is_thorough=True)
    except ShopError as error:
        return _refused(job, place, error, now=now)
    missing = missing_in(place.kind, page.items, tenant=tenant, now=now, services=services)
    after = _Place(listing=place.listing, page=page.following) if page.following else None
    following = after or place.next_list()
    reached = following.cursor(job) if following else None
    rest = max(LOOKUP_PACE, page.rest)
    if job.kind is JobKind.COUNT:
        left = {NEVER_SENT: len(missing)} if missing else {}
        return JobStep(done=len(page.items), left=left, reached=reached, rest=rest)
    done = _recorded(missing, tenant=tenant, now=now, services=services)
    return JobStep(done=done, reached=reached, rest=rest)


def _recorded(
    missing: Sequence[MissingEvent], *, tenant: Tenant, now: datetime, services: Services
) -> int:
    return sum(record_missing(each, tenant=tenant, now=now, services=services) for each in missing)


def _refused(job: Job, place: _Place, error: ShopError, *, now: datetime) -> JobStep:
    """Return the step in which the shop did not answer: the same page again, or the next list."""
    if error.refusal not in _IN_VAIN and now - job.started_at < _PATIENCE:
        return JobStep(reached=place.cursor(job), rest=error.retry_after or _PAUSE)
    following = place.next_list()
    reached = following.cursor(job) if following else None
    return JobStep(left={REFUSED_LISTS: 1}, reached=reached)


def _place_of(job: Job) -> _Place:
    listing, _, page = job.place.key.partition("|")
    known = next((each for each in _LISTS if each == listing), None)
    return _Place(listing=known, page=page) if known else _Place()
