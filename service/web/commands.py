"""Commands for operators, on the Flask CLI. Secrets come by standard input, never by argument."""

import sys
from collections.abc import Iterable

import click
import msgspec
from flask.cli import AppGroup

from service.domain.tenant import Role, TenantSettings, is_pixel_id, is_tenant_id
from service.usecases.configure_tenant import configure_tenant
from service.web.current import services

tenant = AppGroup("tenant", help="Tenants: one winery's Commerce7 account each.")


def _tenant_id(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if not is_tenant_id(text):
        raise click.BadParameter("lower-case letters, digits and dashes, at most 63")
    return text


def _pixel_id(_context: click.Context, _parameter: click.Parameter, text: str) -> str:
    if text and not is_pixel_id(text):
        raise click.BadParameter("10 to 17 digits, as Meta's Events Manager shows it")
    return text


@tenant.command()
@click.argument("tenant_id", callback=_tenant_id)
@click.option("--pixel-id", default="", callback=_pixel_id, help="The primary pixel's id.")
@click.option("--token-stdin", is_flag=True, help="Read its access token from standard input.")
@click.option("--secondary-pixel-id", default="", callback=_pixel_id)
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
    """Create the tenant, or change what is named and keep the rest."""
    wanted = {Role.PRIMARY: token_stdin, Role.SECONDARY: secondary_token_stdin}
    tokens = {role: _read_token(role) for role, is_wanted in wanted.items() if is_wanted}
    pixel_ids = {Role.PRIMARY: pixel_id, Role.SECONDARY: secondary_pixel_id}
    before = services().tenants.settings(tenant_id) or TenantSettings()
    settings = _changed(before, pixel_ids, choices)
    configure_tenant(tenant_id, settings, tokens=tokens, services=services())
    click.echo(f"{tenant_id} is configured.")


def _read_token(role: Role) -> str:
    token = sys.stdin.readline().strip()
    if not token or not token.isascii():
        raise click.UsageError(f"no access token for the {role} pixel on standard input")
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
            document[key] = msgspec.json.decode(text)
        except msgspec.DecodeError as error:
            raise click.BadParameter(f"{key} takes JSON", param_hint="--set") from error
    try:
        return msgspec.convert(document, TenantSettings)
    except msgspec.ValidationError as error:
        raise click.BadParameter(str(error), param_hint="--set") from error
