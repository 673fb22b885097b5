"""deploy/smoke.py passes against the service as production runs it, and finds what is wrong.

The service is what the Dockerfile makes, started by its command, on the emulators of Google's
engines; its own front end is left out, so it trusts no proxy.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from deploy.image import FINAL, Build, Stage, contents, site_packages, start
from tests.e2e.conftest import Site
from tests.e2e.launch import ROOT
from tests.emulators import missing
from tests.sandbox.ready import wait_until_ready

MOST_BYTES = 120_000_000
"""Of the libraries in the image."""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return the last stage of the Dockerfile, carried out in a clean directory."""
    try:
        return Build(tmp_path_factory.mktemp("image") / "stages").carry_out()
    except subprocess.CalledProcessError as error:
        raise missing(f"PyPI or npm, or the Dockerfile is wrong ({error})") from error


@pytest.fixture
def engines(cloud: dict[str, str]) -> dict[str, str]:
    return cloud


@contextmanager
def running(image: Stage, site: Site, **changes: str) -> Iterator[str]:
    """Run the image's command; lend the smoke script's command for it."""
    environ = {**site.service.environ, "PYTHONPATH": "", **changes}
    log = site.service.folder / "image.log"
    with log.open("wb") as file:
        process = start(image, environ, output=file)
        try:
            wait_until_ready(f"http://localhost:{site.service.port}", process)
            yield f"cat {log}"
        finally:
            process.terminate()
            process.wait(timeout=15)


def smoke(url: str, logs: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own script
        [sys.executable, ROOT / "deploy/smoke.py", url, f"--logs={logs}"],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


def test_the_image_passes_and_is_small(
    image: Stage, site: Site, measured: Callable[[str], None]
) -> None:
    sizes = dict(contents(image))
    for name, size in sorted(sizes.items(), key=lambda each: each[1])[-12:]:
        measured(f"image: {size / 1e6:6.1f} MB {name}")
    libraries = sum(size for name, size in sizes.items() if "site-packages/" in name)
    measured(f"image: {libraries / 1e6:6.1f} MB in site-packages, {len(sizes)} entries in all")
    assert 0 < libraries <= MOST_BYTES
    with running(image, site) as logs:
        tried = smoke(site.service.url, logs)
    measured(f"smoke: {tried.stdout.count('ok  ')} checks passed")
    assert tried.returncode == 0, tried.stderr
    assert tried.stdout.count("ok  ") == 5


def test_a_forged_address_that_is_believed_is_a_fault(image: Stage, site: Site) -> None:
    with running(image, site, TRUSTED_PROXY_HOPS="1") as logs:
        tried = smoke(site.service.url, logs)
    assert tried.returncode == 1
    assert "FAULT a forged X-Forwarded-For is believed" in tried.stderr


def test_the_image_holds_no_test_no_build_tool_and_every_module_compiled(image: Stage) -> None:
    app = image.place("/app")
    assert {each.name for each in app.iterdir()} == {
        "gunicorn.conf.py", "service", "templates", "static"
    }  # fmt: skip
    packages = site_packages(image)
    found = {each.name for each in packages.iterdir()}
    assert {"flask", "gunicorn", "grpc"} <= found
    assert found.isdisjoint({"pytest", "mypy", "ruff", "hypothesis", "pip", "playwright"})
    for module in app.glob("service/**/*.py"):
        assert [*module.parent.glob(f"__pycache__/{module.stem}.*.pyc")], module
    assert image.root.name == FINAL
