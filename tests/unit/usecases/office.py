"""A world in which e-mail can be sent, for tests of notifications."""

from datetime import timedelta
from typing import Any

from msgspec.structs import asdict

from service.domain.copies import replace
from service.domain.tenants.tenant import TenantSettings
from tests.builders import (
    BAD_TOKEN,
    a_signal,
    an_order,
    some_settings,
)
from tests.conftest import World
from tests.fakes import ListMailer

MINUTE = timedelta(minutes=1)
ADDRESS = "olive@winery.example"


def chosen(**changes: Any) -> TenantSettings:
    return some_settings(alert_email=ADDRESS, **changes)


class Office(World, frozen=True):
    """A world in which e-mail can be sent."""

    mailer: ListMailer

    @property
    def subjects(self) -> list[str]:
        return [subject for _, subject, _ in self.mailer.mails]

    def lose_its_token(self, number: int = 1) -> None:
        """Send an order that Meta refuses for its token."""
        self.receive(a_signal(an_order(id=f"order-{number}")))
        self.meta.script = [BAD_TOKEN]
        self.run_tasks()

    def pass_time(self, minutes: int) -> None:
        """Let minutes pass, each with its sweep and its tasks."""
        for _ in range(minutes):
            self.clock.advance(MINUTE)
            self.sweep()
            self.run_tasks()


def an_office(world: World) -> Office:
    """Return this world with a mail server."""
    mailer = ListMailer()
    services = replace(world.services, mailer=mailer)
    return Office(**{**asdict(world), "services": services}, mailer=mailer)
