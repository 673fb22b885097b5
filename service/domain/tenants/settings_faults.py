"""What is wrong with a tenant's settings: checked wherever settings are read in. Pure."""

from collections.abc import Iterator, Mapping

from service.domain.identity import normalize_email
from service.domain.shop.currency import currency_of
from service.domain.shop.time_zone import time_zone_of
from service.domain.tenants.tenant import Role, TenantSettings, host_of, is_pixel_id, is_test_code

_MOST_HOSTS = 50
_SHOWN = 60


def faults_in(settings: TenantSettings) -> Mapping[str, str]:
    """Return a sentence for each setting that is wrong, by its name as in `pixels.primary.id`."""
    return dict([*_pixel_faults(settings), *_shop_faults(settings), *_other_faults(settings)])


def _pixel_faults(settings: TenantSettings) -> Iterator[tuple[str, str]]:
    for role in Role:
        if settings.pixel_of(role) and not is_pixel_id(settings.pixel_of(role)):
            sentence = "A pixel id has 10 to 17 digits; Events Manager shows it under Settings."
            yield f"pixels.{role}.id", sentence
    if settings.has_one_pixel_twice:
        sentence = "This is the primary pixel's id, so each event would go to it twice. "
        sentence += "Enter the id of another pixel, or do without a secondary one."
        yield "pixels.secondary.id", sentence


def _shop_faults(settings: TenantSettings) -> Iterator[tuple[str, str]]:
    if settings.currency and currency_of(settings.currency) != settings.currency:
        sentence = "There is no such currency. Its code has three letters, as in USD or EUR."
        yield "currency", sentence
    if settings.timezone and time_zone_of(settings.timezone) is None:
        sentence = "There is no such time zone. It is written like America/Los_Angeles."
        yield "timezone", sentence
    hosts = settings.shop_domains
    if len(hosts) > _MOST_HOSTS:
        yield "shop_domains", f"These are {len(hosts)} addresses; {_MOST_HOSTS} is the most."
    if wrong := [host for host in hosts if host_of(host) != host]:
        sentence = f"“{_short(wrong[0])}” is no web address; write it like shop.example.com."
        yield "shop_domains", sentence


def _other_faults(settings: TenantSettings) -> Iterator[tuple[str, str]]:
    if settings.test_event_code and not is_test_code(settings.test_event_code):
        sentence = "A test code looks like TEST12345; Events Manager shows it under Test Events."
        yield "test_event_code", sentence
    if settings.alert_email and normalize_email(settings.alert_email) is None:
        yield "alert_email", "This is no e-mail address; write it like you@example.com."


def _short(word: str) -> str:
    return word if len(word) <= _SHOWN else f"{word[:_SHOWN]}…"
