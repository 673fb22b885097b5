"""`python -m tests.sandbox`: the service and the two systems around it, on this machine.

Commerce7 and Meta are on 127.0.0.1, the service on localhost, the winery's shop on shop.localhost,
so that a browser treats them as different sites, as in production.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from tests.sandbox.app import SandboxConfig, create_sandbox
from tests.sandbox.log_lines import readable
from tests.sandbox.ready import wait_until_ready
from tests.sandbox.server import serve
from tests.sandbox.storefront import create_storefront

TENANT = "sandbox-winery"
PIXEL = "1234567890123456"
TOKEN = "EAAsandboxtokenofthefirstpixel"
# To try in the dashboard: a second pixel with a readable name, and one with an expired token.
OTHERS = {
    "6543210987654321": "EAAsandboxtokenofthesecondpixel",
    "1111222233334444": "EAAsandboxtokenthathasexpired",
}
NAMES = {"6543210987654321": "Sandbox Winery, second pixel"}
EXPIRIES = {"EAAsandboxtokenthathasexpired": datetime(2026, 1, 1, tzinfo=UTC)}
SANDBOX_PORT = 8090
# Browsers take every name below localhost for this machine (RFC 6761).
SHOP_HOST, SHOP_PORT = "shop.localhost", 8091


def main() -> int:
    """Run the service and the sandbox until Ctrl-C, or until the service ends by itself."""
    port = int(os.environ.get("PORT", "8080"))
    service_url = f"http://localhost:{port}"
    environ = {**os.environ, "PORT": str(port), "BASE_URL": service_url}
    for needed in (port, SANDBOX_PORT, SHOP_PORT):
        if not is_free(needed):
            print(
                f"Port {needed} is used by another program, perhaps an earlier run. Stop it first."
            )
            return 1
    configure_tenant(environ)
    sandbox = create_sandbox(sandbox_config(service_url))
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    shop = create_storefront(sandbox, api_url=f"http://127.0.0.1:{SANDBOX_PORT}")
    with serve(sandbox, port=SANDBOX_PORT) as running, serve(shop, port=SHOP_PORT):
        service = start_service(environ)
        try:
            wait_until_ready(service_url, service)
            print_where_to_look(running.url)
            while not stop.wait(0.5):
                if service.poll() is not None:
                    print("The service has stopped by itself; its last words are above.")
                    return 1
        finally:
            service.terminate()
            service.wait(timeout=15)
    return 0


def sandbox_config(service_url: str) -> SandboxConfig:
    """Return the sandbox's settings."""
    return SandboxConfig(
        service_url=service_url,
        webhook_user="sandbox",
        webhook_password="sandbox",
        tenant_id=TENANT,
        shop_url=f"http://{SHOP_HOST}:{SHOP_PORT}",
        pixels={PIXEL: TOKEN, **OTHERS},
        pixel_names=NAMES,
        expiries=EXPIRIES,
    )


def is_free(port: int) -> bool:
    """Return whether this port of the machine is free."""
    with socket.socket() as probe:
        return probe.connect_ex(("localhost", port)) != 0


def configure_tenant(environ: Mapping[str, str]) -> None:
    """Configure the sandbox's winery with its pixel, unless an earlier run has done so.

    What was set in the dashboard since then is kept.
    """
    if TENANT in operate(environ, "list").split():
        return
    domains = json.dumps(["shop.example.com", SHOP_HOST])
    choices = ["--set", 'currency="USD"', "--set", f"shop_domains={domains}"]
    operate(
        environ, "configure", TENANT, "--pixel-id", PIXEL, "--token-stdin", *choices, typed=TOKEN
    )


def operate(environ: Mapping[str, str], *words: str, typed: str = "") -> str:
    """Carry out an operator's command about wineries, and return what it prints."""
    flask = [sys.executable, "-m", "flask", "--app", "service.wsgi", "tenant"]
    done = subprocess.run(  # noqa: S603 - our own command
        [*flask, *words], input=typed, text=True, check=True, env=environ, stdout=subprocess.PIPE
    )
    return done.stdout


def start_service(environ: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start the service as production does, and print its log lines as a person reads them."""
    gunicorn = Path(sys.executable).with_name("gunicorn")
    service = subprocess.Popen(  # noqa: S603 - our own
        [gunicorn, "service.wsgi:app"],
        env=environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    Thread(target=print_log, args=(service,), daemon=True).start()
    return service


def print_log(service: subprocess.Popen[str]) -> None:
    """Print what the service says until it ends."""
    for line in service.stdout or ():
        print(readable(line.rstrip()), flush=True)


def print_where_to_look(sandbox_url: str) -> None:
    """Print the addresses of the pages to open."""
    print(
        f"""
1Pixel is running. Open:
  {sandbox_url}/commerce7/   a Commerce7 with buttons that make orders, members and more
  {sandbox_url}/meta/        a Meta that shows what arrived, and misbehaves when told
  {sandbox_url}/commerce7/admin/{TENANT}   the dashboard, in the frame of Commerce7's admin
  http://{SHOP_HOST}:{SHOP_PORT}/   the winery's shop, with the snippet on its pages
  {sandbox_url}/   pixel IDs and access tokens to try in the dashboard
What you set in the dashboard is kept for the next run; `make clean` forgets it.
Ctrl-C stops everything.
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
