"""docs/deploy.md, followed by the letter on a machine whose gcloud only records its calls."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.test_repository import read
from tests.deploy.sdk import against_commands
from tests.deploy.setup import ROOT, Operator

SECRET = "oWZ8NhN2bRjHq0u4vQ1e"
FILLED_IN = {"PROJECT": "north-wines", "C7_APP_ID": "north-ridge-pixel", "MAX_INSTANCES": "2"}


def clone(folder: Path) -> Path:
    """Return a clone's files, as far as `git` has them."""
    target = folder / "clone"
    target.mkdir()
    subprocess.run(  # noqa: S603 - our own files
        ["/bin/sh", "-c", 'git ls-files -z | tar --create --null --files-from=- | tar -x -C "$0"',
         str(target)],
        cwd=ROOT, check=True,
    )  # fmt: skip
    return target


def steps() -> list[str]:
    """Return the commands of the page's numbered steps, block by block."""
    numbered = read("docs/deploy.md").partition("## Go back")[0]
    return re.findall(r"```sh\n(.*?)```", numbered, re.DOTALL)


def fill_in(settings: Path) -> None:
    """Fill in the settings, as the page asks."""
    text = settings.read_text()
    for name, value in FILLED_IN.items():
        text, times = re.subn(rf"^{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        assert times == 1
    settings.write_text(text)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path, home=clone(tmp_path))


def test_the_page_leads_to_a_deployed_service_without_a_question(operator: Operator) -> None:
    printed = ""
    for block in steps():
        # The only thing that is asked for is Commerce7's secret key, which the page announces.
        typed = f"{SECRET}\n" if "setup.sh" in block else ""
        printed += operator.run(block, {}, typed=typed)
        settings = operator.home / "deploy/settings"
        if "deploy/settings.example" in block:
            fill_in(settings)
    assert "Done. The service's address: https://onepixel-123456789012.us-west1.run.app" in printed
    calls = operator.calls()
    assert SECRET in [call.given for call in calls if call.is_about("secrets", "versions", "add")]
    commands = [call.argv for call in calls if call.argv[0] != "python3"]
    assert [told for told in against_commands(commands) if told] == []
    order = [words for words in (("config", "set"), ("run", "deploy"), ("builds", "submit"),
                                 ("secrets", "versions", "access"))
             if any(call.is_about(*words) for call in calls)]  # fmt: skip
    assert len(order) == 4
    service = next(call for call in calls if call.is_about("run", "deploy"))
    assert service.mapping("--set-env-vars")["C7_APP_ID"] == FILLED_IN["C7_APP_ID"]
    assert service.flag("--max-instances") == "2"
    assert SECRET not in printed
