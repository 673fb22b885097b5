"""Commands for operators, on the Flask CLI. Secrets are read from standard input."""

import sys
from collections.abc import Iterable
from datetime import datetime

import click
import msgspec
from flask.cli import AppGroup, with_appcontext

from service.domain.copies import replace
from service.domain.identity import normalize_email
from service.domain.shop.staff import OPERATOR
from service.domain.tenants.settings_faults import checked, without_token
from service.domain.tenants.tenant import Role, TenantSettings, is_access_token, is_tenant_id
from service.usecases.alerts.read_fleet import read_fleet
from service.usecases.eventlog.erase_customer import erase_customer
from service.usecases.eventlog.reseal_tenant import reseal_tenant
from service.usecases.tenants.configure_tenant import configure_tenant
from service.usecases.tenants.describe_tenant import describe_tenant
from service.usecases.tenants.erase_tenant import erase_tenant
from service.usecases.tenants.sign_out import sign_out_everywhere
from service.web.request.current import services

_FLEET_COLUMNS = "{:<28} {:<10} {:<12} {:<17} {:>8} {:>6} {:<17} {:>7}  {}"
_FLEET_HEADINGS = ("winery", "installed", "tracking", "last event", "sent 24h", "held",
                   "waiting since", "quality", "alarms")  # fmt: skip

tenant = AppGroup("tenant", help="Tenants: one winery's Commerce7 account each.")
customer = AppGroup("customer", help="Customers: the people whom events are about.")


def _tenant_id(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not is_tenant_id(text):
        raise click.BadParameter("lower-case letters, digits and dashes, at most 63")
    return text


_tenant_argument = click.argument("tenant_id", callback=_tenant_id)


@tenant.command("list")
def list_tenants() -> None:
    """Print the id of every tenant."""
    for tenant_id in services().tenants.ids():
        click.echo(tenant_id)


@tenant.command()
@_tenant_argument
def show(tenant_id: str) -> None:
    """Print a tenant's settings and state, as JSON; never a token."""
    state = describe_tenant(tenant_id, services=services())
    if state is None:
        raise _unknown(tenant_id)
    click.echo(msgspec.json.format(msgspec.json.encode(state)))


@tenant.command()
@_tenant_argument
def pause(tenant_id: str) -> None:
    """Switch all sending off; queued events become skipped."""
    _switch(tenant_id, is_on=False)
    click.echo(f"{tenant_id} is paused.")


@tenant.command()
@_tenant_argument
def resume(tenant_id: str) -> None:
    """Switch sending on again; skipped events stay skipped."""
    _switch(tenant_id, is_on=True)
    click.echo(f"{tenant_id} sends again.")


@tenant.command()
@_tenant_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(tenant_id: str, *, yes: bool) -> None:
    """Delete a tenant's settings, tokens and log. This cannot be undone."""
    if not yes:
        click.confirm(f"Erase everything of {tenant_id}?", abort=True)
    rows = erase_tenant(tenant_id, services=services())
    click.echo(f"{tenant_id} is erased, with {rows} log rows.")


@tenant.command("sign-out")
@_tenant_argument
def sign_out(tenant_id: str) -> None:
    """End all sessions of a tenant's staff; who is known to Commerce7 may open new ones."""
    at = sign_out_everywhere(tenant_id, services=services())
    if at is None:
        raise _unknown(tenant_id)
    click.echo(f"All sessions of {tenant_id} from before {at:%H:%M:%S} UTC end within a minute.")


@tenant.command()
def reencrypt() -> None:
    """Encrypt all sealed data anew with the newest of TOKEN_KEYS; the others may then go."""
    unreadable = 0
    for tenant_id in services().tenants.ids():
        done = reseal_tenant(tenant_id, services=services())
        unreadable += done.unreadable
        click.echo(f"{tenant_id}: {done.resealed} encrypted anew, {done.unreadable} unreadable.")
    if unreadable:
        raise click.ClickException(
            "some texts open with none of TOKEN_KEYS; keep the older keys, or have tokens entered"
        )


@click.command()
@click.option("--json", "is_json", is_flag=True, help="Print JSON, for programs.")
@with_appcontext
def fleet(*, is_json: bool) -> None:
    """Print how each winery fares, worst first; times are in UTC."""
    wineries = read_fleet(now=services().clock(), services=services())
    if is_json:
        documents = [{**msgspec.to_builtins(each), "alarms": each.alarms} for each in wineries]
        click.echo(msgspec.json.format(msgspec.json.encode(documents)))
        return
    click.echo(_FLEET_COLUMNS.format(*_FLEET_HEADINGS))
    for each in wineries:
        known = each.figures
        click.echo(
            _FLEET_COLUMNS.format(
                each.tenant_id, each.installation, each.state, _minute(known.last_event_at),
                known.sent, known.held, _minute(known.oldest_waiting),
                "-" if known.quality is None else f"{known.quality:.1f}",
                ", ".join(each.alarms) or "-",
            )
        )  # fmt: skip


def _minute(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else "-"


@customer.command("erase")
@_tenant_argument
@click.option("--email", help="The person's e-mail address, in any spelling.")
@click.option("--customer-id", help="The customer's id at Commerce7.")
def erase_person(tenant_id: str, *, email: str | None, customer_id: str | None) -> None:
    """Erase a customer of a winery: unfinished events are emptied and not sent.

    Finished events hold no personal data. What Meta has must be deleted at Meta.
    """
    if not (email or customer_id):
        raise click.UsageError("name the person by --email, by --customer-id, or by both")
    if services().tenants.find(tenant_id) is None:
        raise _unknown(tenant_id)
    if email and normalize_email(email) is None:
        raise click.BadParameter("this is no e-mail address", param_hint="--email")
    erased = erase_customer(tenant_id, email=email, customer_id=customer_id, services=services())
    click.echo(f"{erased.events} waiting events of this person are erased.")
    if erased.unknown:
        raise click.ClickException(
            f"of {erased.unknown} more Commerce7 does not tell now whose they are; "
            "run this again later, or name the person by --customer-id too"
        )


@tenant.command()
@_tenant_argument
@click.option("--pixel-id", default="", help="The primary pixel's id.")
@click.option("--token-stdin", is_flag=True, help="Read its access token from standard input.")
@click.option("--secondary-pixel-id", default="")
@click.option("--secondary-token-stdin", is_flag=True, help="The same, on the next line.")
@click.option("--set", "choices", multiple=True, metavar="KEY=JSON", help="Any other setting.")
def configure(
    tenant_id: str,
    *,
    pixel_id: str,
    token_stdin: bool,
    secondary_pixel_id: str,
    secondary_token_stdin: bool,
    choices: Iterable[str],
) -> None:
    """Create a tenant, or change the given settings and keep the others."""
    wanted = {Role.PRIMARY: token_stdin, Role.SECONDARY: secondary_token_stdin}
    tokens = {role: _read_token(role) for role, is_wanted in wanted.items() if is_wanted}
    pixel_ids = {Role.PRIMARY: pixel_id, Role.SECONDARY: secondary_pixel_id}
    known = services().tenants.find(tenant_id)
    before = known.choices if known else TenantSettings()
    settings = _changed(before, pixel_ids, choices)
    find = services().tenants.sealed_token
    has_token = {role: role in tokens or find(tenant_id, role) is not None for role in Role}
    for role in without_token(settings, before=before, has_token=has_token):
        raise click.UsageError(f"the {role} pixel needs its access token, on standard input")
    configure_tenant(tenant_id, settings, tokens=tokens, by=OPERATOR, services=services())
    click.echo(f"{tenant_id} is configured.")


def _switch(tenant_id: str, *, is_on: bool) -> None:
    known = services().tenants.find(tenant_id)
    if known is None:
        raise _unknown(tenant_id)
    changed = replace(known.choices, enabled=is_on)
    configure_tenant(tenant_id, changed, tokens={}, by=OPERATOR, services=services())


def _unknown(tenant_id: str) -> click.ClickException:
    return click.ClickException(f"there is no tenant {tenant_id}; `tenant list` names them all")


def _read_token(role: Role) -> str:
    token = sys.stdin.readline().strip()
    if not token:
        raise click.UsageError(f"no access token for the {role} pixel on standard input")
    if not is_access_token(token):
        raise click.UsageError(
            f"the {role} pixel's access token has blanks or odd characters in it"
        )
    return token


def _changed(
    before: TenantSettings, pixel_ids: dict[Role, str], choices: Iterable[str]
) -> TenantSettings:
    document = msgspec.to_builtins(before)
    for role, pixel_id in pixel_ids.items():
        if pixel_id:
            document["pixels"][role]["id"] = pixel_id
    for choice in choices:
        key, _, text = choice.partition("=")
        if key not in document or key == "pixels":
            raise click.BadParameter(f"unknown setting {key!r}", param_hint="--set")
        try:
            value = msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            example = """--set 'currency="USD"'"""
            message = f"{key} takes JSON, as in {example}"
            raise click.BadParameter(message, param_hint="--set") from error
        # Switches that are not given keep their value.
        is_switches = isinstance(document[key], dict) and isinstance(value, dict)
        document[key] = document[key] | value if is_switches else value
    try:
        changed, faults = checked(msgspec.convert(document, TenantSettings))
    except msgspec.ValidationError as error:
        raise click.BadParameter(str(error), param_hint="--set") from error
    for name, sentence in faults.items():
        raise click.UsageError(f"{name}: {sentence}")
    return changed
