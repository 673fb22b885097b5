"""What ends a session's rights, and what is logged of it."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.copies import replace
from service.domain.shop.staff import StaffMember
from service.domain.tenants.session import SESSION_LIFE, Session, opened
from service.gcp.cached_tenants import CachedTenants
from service.infra.logs import JsonLines
from service.infra.sessions import SignedSessions
from service.ports import Refusal, ShopError
from service.usecases.tenants.sign_out import sign_out_everywhere
from service.web.dashboard.frame import ACCOUNT_HEADER
from service.web.request.current import SERVICES
from tests.builders import NOW, OLIVE, TENANT
from tests.conftest import World

ACCOUNT = "header.payload.signature"
MINUTE = timedelta(minutes=1)
DEMOTED = replace(OLIVE, role="Data")
# A session whose own words contradict the life of any session that we make.
UNTRUE: dict[str, dict[str, Any]] = {
    "lives for a year": {"expires_at": NOW + timedelta(days=365)},
    "was opened yesterday": {"opened_at": NOW - timedelta(days=1), "expires_at": NOW + MINUTE},
    "was opened eight hours ago": {"opened_at": NOW - SESSION_LIFE, "expires_at": NOW + MINUTE},
    "is of the future": {"opened_at": NOW + MINUTE, "expires_at": NOW + 2 * MINUTE},
    "was renewed in the future": {"expires_at": NOW + 16 * MINUTE},
}


@pytest.fixture(autouse=True)
def winery(world: World) -> None:
    """Set a winery up, at which Olive is known."""
    world.install()
    world.shops.staff[TENANT, ACCOUNT] = OLIVE


def bearer(world: World, session: Session) -> dict[str, str]:
    text = world.services.sessions.sign(session)
    return {"Authorization": f"Bearer {text}", ACCOUNT_HEADER: ACCOUNT}


def statuses(client: FlaskClient, headers: dict[str, str]) -> tuple[int, int, int]:
    """Return the answers to a read, a write (400: it may, but holds nothing) and a renewal."""
    return (
        client.get("/help", headers=headers).status_code,
        client.post("/connection/test", headers=headers).status_code,
        client.post("/session", headers=headers).status_code,
    )


class TestASession:
    @pytest.mark.parametrize("name", UNTRUE)
    def test_that_claims_more_than_any_can_is_refused(
        self, client: FlaskClient, world: World, name: str
    ) -> None:
        session = replace(opened(TENANT, OLIVE, now=NOW), **UNTRUE[name])
        assert statuses(client, bearer(world, session)) == (401, 401, 401)

    def test_cannot_be_renewed_beyond_its_life(self, client: FlaskClient, world: World) -> None:
        headers = bearer(world, opened(TENANT, OLIVE, now=NOW))
        world.clock.advance(SESSION_LIFE - MINUTE)
        renewal = client.post("/session", headers=headers)
        assert renewal.json is not None
        assert renewal.json["seconds"] == 60
        last = {**headers, "Authorization": f"Bearer {renewal.json['session']}"}
        assert statuses(client, last)[0] == 200
        world.clock.advance(MINUTE)
        assert statuses(client, last) == (401, 401, 401)


class TestARoleThatWasTakenAway:
    def test_writes_nothing_after_the_next_renewal(self, client: FlaskClient, world: World) -> None:
        headers = bearer(world, opened(TENANT, OLIVE, now=NOW))
        world.shops.staff[TENANT, ACCOUNT] = DEMOTED
        renewal = client.post("/session", headers=headers)
        assert renewal.json is not None
        renewed = {**headers, "Authorization": f"Bearer {renewal.json['session']}"}
        assert statuses(client, renewed)[:2] == (200, 403)
        # Nor by the session of before, which has not expired yet.
        assert client.post("/connection/test", headers=headers).status_code == 401

    def test_leaves_a_session_of_before_alone_while_it_is_the_same(
        self, client: FlaskClient, world: World
    ) -> None:
        headers = bearer(world, opened(TENANT, OLIVE, now=NOW))
        assert client.post("/session", headers=headers).status_code == 200
        assert statuses(client, headers)[:2] == (200, 400)

    @pytest.mark.parametrize("refusal", [Refusal.NOT_ALLOWED, Refusal.NOT_FOUND])
    def test_ends_with_a_renewal_that_commerce7_refuses(
        self, client: FlaskClient, world: World, refusal: Refusal
    ) -> None:
        world.shops.refusals["staff"] = ShopError(refusal)
        headers = bearer(world, opened(TENANT, OLIVE, now=NOW))
        elsewhere = bearer(world, opened(TENANT, OLIVE, now=NOW - MINUTE))
        assert client.post("/session", headers=headers).status_code == 401
        assert statuses(client, headers) == (401, 401, 401)
        assert statuses(client, elsewhere)[0] == 200
        world.clock.advance(15 * MINUTE)
        assert statuses(client, headers) == (401, 401, 401)

    def test_goes_on_if_commerce7_confirms_it_again(
        self, client: FlaskClient, world: World
    ) -> None:
        headers = bearer(world, opened(TENANT, OLIVE, now=NOW))
        assert (
            client.post("/session", headers={**headers, ACCOUNT_HEADER: "a.b.c"}).status_code == 401
        )
        renewal = client.post("/session", headers=headers)
        assert renewal.json is not None
        renewed = {**headers, "Authorization": f"Bearer {renewal.json['session']}"}
        assert statuses(client, renewed)[:2] == (200, 400)

    def test_ends_after_a_quarter_of_an_hour_if_commerce7_is_silent(
        self, client: FlaskClient, world: World
    ) -> None:
        world.shops.refusals["staff"] = ShopError(Refusal.NO_ANSWER)
        headers = bearer(world, opened(TENANT, OLIVE, now=NOW))
        assert statuses(client, headers)[0] == 200
        world.clock.advance(15 * MINUTE)
        assert statuses(client, headers) == (401, 401, 503)


class TestSigningEverybodyOut:
    def test_ends_all_sessions_from_before(
        self, client: FlaskClient, app: Flask, world: World
    ) -> None:
        world.install(tenant_id="other-winery")
        before = bearer(world, opened(TENANT, OLIVE, now=NOW))
        elsewhere = bearer(world, opened("other-winery", OLIVE, now=NOW))
        world.clock.advance(MINUTE)
        result = app.test_cli_runner().invoke(args=["tenant", "sign-out", TENANT])
        assert result.exit_code == 0, result.output

        assert statuses(client, before) == (401, 401, 401)
        poll = client.get("/alerts", headers={**before, "HX-Trigger": "alerts"})
        assert poll.status_code == 286
        assert statuses(client, elsewhere)[0] == 200
        assert statuses(client, bearer(world, opened(TENANT, OLIVE, now=world.clock())))[0] == 200
        shown = app.test_cli_runner().invoke(args=["tenant", "show", TENANT]).output
        assert f'"signed_out_at": "{world.clock():%Y-%m-%dT%H:%M:%S}' in shown

    @pytest.mark.parametrize("path", ["/overview", "/activity/table", "/alerts"])
    def test_ends_the_next_poll_of_another_process(
        self, client: FlaskClient, app: Flask, world: World, path: str
    ) -> None:
        cached = CachedTenants(world.services.tenants, clock=world.clock)
        app.extensions[SERVICES] = replace(world.services, tenants=cached)
        before = bearer(world, opened(TENANT, OLIVE, now=NOW))
        assert client.get(path, headers=before).status_code == 200
        world.clock.advance(timedelta(seconds=5))
        sign_out_everywhere(TENANT, services=world.services)
        element = {"/activity/table": "eventlog-table"}.get(path, path[1:])
        poll = client.get(path, headers={**before, "HX-Trigger": element})
        assert poll.status_code == 286

    def test_knows_its_winery(self, app: Flask) -> None:
        result = app.test_cli_runner().invoke(args=["tenant", "sign-out", "nobody"])
        assert result.exit_code == 1
        assert "there is no tenant nobody" in result.output


class TestTheLog:
    def lines(self, caplog: pytest.LogCaptureFixture) -> list[str]:
        return [each.message for each in caplog.records if each.levelno == logging.WARNING]

    def test_names_every_refusal_and_no_person(
        self, client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        olive = StaffMember(id="user-of-olive", name="Olive", role="Data")
        reader = bearer(world, opened(TENANT, olive, now=NOW))
        outlived = replace(opened(TENANT, olive, now=NOW), opened_at=NOW - SESSION_LIFE)
        forged = SignedSessions(["another key"]).sign(opened(TENANT, olive, now=NOW))
        address = {"REMOTE_ADDR": "203.0.113.77"}
        for path, headers in (
            ("/connection/test", {}),
            ("/connection/test", {"Authorization": f"Bearer {forged}"}),
            ("/connection/test", bearer(world, outlived)),
            ("/connection/test", reader),
            ("/connection/test", {**reader, "Sec-Fetch-Site": "cross-site"}),
            ("/tasks/sweep", {"Authorization": "Bearer forged"}),
        ):
            client.post(path, headers=headers, environ_overrides=address)
        assert self.lines(caplog) == [
            "session.missing",
            "session.forged",
            "session.outlived",
            "role.refused",
            "request.cross_site",
            "task.refused",
        ]
        printed = "\n".join(map(JsonLines().format, caplog.records))
        assert '"network": "203.0.113.0/24"' in printed
        assert printed.count('"user": ') == 2
        assert not [
            each for each in ("user-of-olive", "Olive", "203.0.113.77", forged) if each in printed
        ]

    def test_is_not_filled_by_a_flood(
        self, client: FlaskClient, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        for number in range(50):
            client.get("/help", environ_overrides={"REMOTE_ADDR": f"2001:db8::{number:x}"})
        assert self.lines(caplog) == ["session.missing"] * 5
        assert {each.network for each in caplog.records} == {"2001:db8::/48"}  # type: ignore[attr-defined]  # our own field
        world.clock.advance(MINUTE)
        client.get("/help")
        assert len(self.lines(caplog)) == 6
