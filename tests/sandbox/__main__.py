"""`python -m tests.sandbox`: the service and the two systems around it, on this machine.

Commerce7 and Meta are on 127.0.0.1, the service on localhost, so that a browser treats them as
different sites, as in production.
"""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from tests.sandbox.app import SandboxConfig, create_sandbox
from tests.sandbox.ready import wait_until_ready
from tests.sandbox.server import serve

TENANT = "sandbox-winery"
PIXEL = "1234567890123456"
TOKEN = "EAAsandboxtoken"
# To try in the dashboard: a second pixel with a readable name, and one with an expired token.
OTHERS = {
    "6543210987654321": "EAAsandboxtokenofthesecondpixel",
    "1111222233334444": "EAAsandboxtokenthathasexpired",
}
NAMES = {"6543210987654321": "Sandbox Winery, second pixel"}
EXPIRIES = {"EAAsandboxtokenthathasexpired": datetime(2026, 1, 1, tzinfo=UTC)}
SANDBOX_PORT = 8090


def main() -> int:
    """Run the service and the sandbox until Ctrl-C, or until the service ends by itself."""
    port = int(os.environ.get("PORT", "8080"))
    service_url = f"http://localhost:{port}"
    environ = {**os.environ, "PORT": str(port), "BASE_URL": service_url}
    for needed in (port, SANDBOX_PORT):
        if not is_free(needed):
            print(
                f"Port {needed} is used by another program, perhaps an earlier run. Stop it first."
            )
            return 1
    configure_tenant(environ)
    sandbox = create_sandbox(
        SandboxConfig(
            service_url=service_url,
            webhook_user="sandbox",
            webhook_password="sandbox",
            tenant_id=TENANT,
            pixels={PIXEL: TOKEN, **OTHERS},
            pixel_names=NAMES,
            expiries=EXPIRIES,
        )
    )
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with serve(sandbox, port=SANDBOX_PORT) as running:
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


def is_free(port: int) -> bool:
    """Return whether this port of the machine is free."""
    with socket.socket() as probe:
        return probe.connect_ex(("localhost", port)) != 0


def configure_tenant(environ: Mapping[str, str]) -> None:
    """Configure the sandbox's winery with its pixel, by the operator's command."""
    flask = [sys.executable, "-m", "flask", "--app", "service.wsgi", "tenant", "configure", TENANT]
    choices = ["--set", 'currency="USD"', "--set", 'shop_domains=["shop.example.com"]']
    subprocess.run(  # noqa: S603 - our own command
        [*flask, "--pixel-id", PIXEL, "--token-stdin", *choices],
        input=TOKEN,
        text=True,
        check=True,
        env=environ,
        stdout=subprocess.DEVNULL,
    )


def start_service(environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start the service as production does."""
    gunicorn = Path(sys.executable).with_name("gunicorn")
    return subprocess.Popen([gunicorn, "service.wsgi:app"], env=environ)  # noqa: S603 - our own


def print_where_to_look(sandbox_url: str) -> None:
    """Print the addresses of the three pages to open."""
    print(
        f"""
1Pixel is running. Open:
  {sandbox_url}/commerce7/   a Commerce7 with buttons that make orders, members and more
  {sandbox_url}/meta/        a Meta that shows what arrived, and misbehaves when told
  {sandbox_url}/commerce7/admin/{TENANT}   the dashboard, in the frame of Commerce7's admin
Ctrl-C stops everything.
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
