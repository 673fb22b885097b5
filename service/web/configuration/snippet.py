"""The snippet's card: its code, where it was seen, what is refused, and a test while it runs."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask import Blueprint, render_template, request
from msgspec import Struct

from service.domain.records.record import EventRecord, Status
from service.domain.shop.dates import exact_clock_of
from service.domain.shop.time_zone import zone_of
from service.domain.tenants.refused_origins import RefusedOrigin
from service.domain.tenants.snippet_sites import OtherPixel
from service.domain.tenants.tenant import Tenant
from service.usecases.tenants.read_snippet import SnippetState, hits_since, refused_sites
from service.web.configuration.messages import silence_text
from service.web.request.current import now, services, settings
from service.web.request.guard import require_session, rights, visited_tenant
from service.web.request.times import LocalTime, local_time

TEST_FOR = timedelta(minutes=10)
"""How long a test shows what comes, before it ends by itself."""

_PATIENCE = timedelta(seconds=30)

snippet_test = Blueprint("snippet_test", __name__)
snippet_test.before_request(require_session)


class Site(Struct, frozen=True, kw_only=True):
    """A site that carries the snippet, and when it was last seen there.

    `pixel` says what another pixel does there.
    """

    host: str
    seen_at: LocalTime
    pixel: OtherPixel = OtherPixel.NONE


class SnippetCard(Struct, frozen=True, kw_only=True):
    """What the card shows; `silence` is a sentence, empty where the snippet reports something."""

    url: str
    sites: Sequence[Site]
    pages_today: int
    refused: Sequence[Site]
    silence: str


class HitRow(Struct, frozen=True, kw_only=True):
    """One hit of the running test."""

    event: str
    status: Status
    at: LocalTime


class SnippetTest(Struct, frozen=True, kw_only=True):
    """A test since `since` (Unix time in seconds); it `is_slow` if nothing has come for a while.

    `shop_url` is empty while the shop's address is unknown.
    """

    since: int
    is_running: bool
    shop_host: str
    shop_url: str
    hits: Sequence[HitRow]
    refused: Sequence[Site]
    is_slow: bool


def snippet_card(state: SnippetState, tenant: Tenant) -> SnippetCard:
    """Return what the Configuration tab shows of the tenant's snippet."""
    zone = tenant.settings.timezone
    return SnippetCard(
        url=f"{settings().base_url.rstrip('/')}/snippet/{tenant.id}.js",
        sites=[
            Site(
                host=each.host,
                seen_at=local_time(each.seen_at, zone),
                pixel=each.other_pixel(now()),
            )
            for each in state.sites
        ],
        pages_today=state.pages_today,
        refused=_refused(state.refused, zone),
        silence=silence_text(state.silence),
    )


@snippet_test.get("/configuration/snippet/test")
def show() -> str:
    """Return the test: what has come since it began, or a new one without `since`."""
    tenant = visited_tenant()
    asked = request.args.get("since", type=int)
    began = _time(asked) if asked else now()
    is_running = now() < began + TEST_FOR
    hits = hits_since(tenant.id, began, services=services())
    zone = tenant.settings.timezone
    seen = refused_sites(tenant, services=services())
    host = tenant.settings.shop_host or ""
    test = SnippetTest(
        since=int(began.timestamp()),
        is_running=is_running,
        shop_host=host,
        shop_url=f"https://{host}/?onepixel=test" if host else "",
        hits=[_row(each, zone) for each in hits],
        refused=_refused([each for each in seen if each.seen_at >= began], zone),
        is_slow=not hits and now() >= began + _PATIENCE,
    )
    return render_template("configuration/_snippet_test.html", test=test, **rights())


def _time(seconds: int) -> datetime:
    """Return this Unix time, or that of the longest test if it is longer ago or no time at all."""
    earliest = int((now() - TEST_FOR).timestamp())
    return datetime.fromtimestamp(min(max(seconds, earliest), int(now().timestamp())), UTC)


def _row(record: EventRecord, zone: str | None) -> HitRow:
    local = record.received_at.astimezone(zone_of(zone))
    at = LocalTime(exact_clock_of(local), record.received_at.isoformat(timespec="seconds"))
    return HitRow(event=record.name, status=record.status, at=at)


def _refused(known: Sequence[RefusedOrigin], zone: str | None) -> Sequence[Site]:
    return [Site(host=each.host, seen_at=local_time(each.seen_at, zone)) for each in known]
