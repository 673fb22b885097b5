"""What is wrong with a tenant's settings: checked wherever settings are read in. Pure."""

from collections.abc import Iterator, Mapping

from service.domain.copies import replace
from service.domain.identity import normalize_email
from service.domain.shop.currency import currency_of
from service.domain.shop.time_zone import time_zone_of
from service.domain.tenants.tenant import (
    FEWEST_DAYS,
    MOST_DAYS,
    Pixel,
    Pixels,
    Role,
    TenantSettings,
    host_of,
    is_pixel_id,
    is_test_code,
)

DAYS_FAULT = f"Enter a number of days from {FEWEST_DAYS} to {MOST_DAYS}."

_MOST_HOSTS = 50
_MOST_EMAIL = 254  # RFC 5321, section 4.5.3.1.3, without the angle brackets
_SHOWN = 60
_BLANKS = " \r\n\t"


def checked(entered: TenantSettings) -> tuple[TenantSettings, Mapping[str, str]]:
    """Return the settings as they are stored, and a sentence for each that is wrong (`faults_in`).

    The dashboard's form, the operator's command and the preview all take settings through this.
    """
    settings = _as_stored(entered)
    return settings, faults_in(settings)


def without_token(
    settings: TenantSettings, *, before: TenantSettings, has_token: Mapping[Role, bool]
) -> tuple[Role, ...]:
    """Return the roles that are given a pixel and have no token, which nothing could be sent with.

    A pixel that was saved already may lack its token, since an uninstall deletes it. That is no
    fault, so that other settings can be saved.
    """
    return tuple(
        role
        for role in Role
        if settings.pixel_of(role) not in {"", before.pixel_of(role)} and not has_token.get(role)
    )


def faults_in(settings: TenantSettings) -> Mapping[str, str]:
    """Return a sentence for each setting that is wrong, by its name as in `pixels.primary.id`."""
    return dict([*_pixel_faults(settings), *_shop_faults(settings), *_other_faults(settings)])


def _as_stored(entered: TenantSettings) -> TenantSettings:
    """Return the settings without blanks around texts, and with hosts and codes as stored.

    A pixel's id may be typed in groups of digits.
    """
    ids = {role: Pixel(id="".join(entered.pixel_of(role).split())) for role in Role}
    currency = (entered.currency or "").strip(_BLANKS)
    plain = replace(
        entered,
        pixels=Pixels(primary=ids[Role.PRIMARY], secondary=ids[Role.SECONDARY]),
        currency=currency_of(currency) or currency or None,
        timezone=(entered.timezone or "").strip(_BLANKS) or None,
        test_event_code=entered.test_event_code.strip(_BLANKS),
        alert_email=entered.alert_email.strip(_BLANKS),
    )
    return plain.with_plain_hosts()


def _pixel_faults(settings: TenantSettings) -> Iterator[tuple[str, str]]:
    for role in Role:
        if settings.pixel_of(role) and not is_pixel_id(settings.pixel_of(role)):
            sentence = "A Pixel ID has 10 to 17 digits and nothing else."
            yield f"pixels.{role}.id", sentence
    if settings.has_one_pixel_twice:
        sentence = "This is the Pixel ID of your primary pixel. "
        sentence += "Enter another one, or leave this empty."
        yield "pixels.secondary.id", sentence


def _shop_faults(settings: TenantSettings) -> Iterator[tuple[str, str]]:
    if settings.currency and currency_of(settings.currency) != settings.currency:
        sentence = "This is not a currency code. Enter three letters, for example USD or CAD."
        yield "currency", sentence
    if settings.timezone and time_zone_of(settings.timezone) is None:
        sentence = (
            "This is not a time zone. Choose one from the list, for example America/Los_Angeles."
        )
        yield "timezone", sentence
    hosts = settings.shop_domains
    if len(hosts) > _MOST_HOSTS:
        yield "shop_domains", f"You entered {len(hosts)} domains. Enter {_MOST_HOSTS} or fewer."
    if wrong := [host for host in hosts if host_of(host) != host]:
        sentence = f"“{_short(wrong[0])}” is not a domain. Enter it like shop.example.com."
        yield "shop_domains", sentence


def _other_faults(settings: TenantSettings) -> Iterator[tuple[str, str]]:
    if settings.test_event_code and not is_test_code(settings.test_event_code):
        sentence = "A Test Event Code looks like TEST12345. Copy it from Test Events at Meta."
        yield "test_event_code", sentence
    if settings.alert_email and not _is_email(settings.alert_email):
        yield "alert_email", "This is not an e-mail address. Enter it like you@winery.com."
    if settings.report != "off" and not settings.alert_email:
        yield "alert_email", "Enter an address for your report, or choose No report."
    if not FEWEST_DAYS <= settings.retention_days <= MOST_DAYS:
        yield "retention_days", DAYS_FAULT


def _is_email(text: str) -> bool:
    return len(text) <= _MOST_EMAIL and normalize_email(text) is not None


def _short(word: str) -> str:
    return word if len(word) <= _SHOWN else f"{word[:_SHOWN]}…"
