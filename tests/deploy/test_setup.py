"""deploy/setup.sh: its commands are gcloud's, its figures the program's, and it may be repeated."""

import json
import runpy
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import fields

from service.domain.delivery.schedule import MAX_ATTEMPTS, RetryPolicy
from service.gcp.queue import _DISPATCH_DEADLINE
from service.settings import Settings
from service.web.request.limits import _SHOP_LOOKUPS
from tests.deploy.sdk import against_commands, against_messages
from tests.deploy.setup import ROOT, Call, Operator, printed

APP_SECRET = "oWZ8NhN2bRjHq0u4vQ1e"
MAIL_PASSWORD = "c2MxkW7ZtQ"
MAIL = {"SMTP_HOST": "smtp.example.com", "SMTP_USER": "mail", "SMTP_FROM": "a@example.com"}
GUNICORN = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
ALERTS = sorted((ROOT / "deploy/alerts").glob("*.json"))
SETTINGS = {field.name: field.default for field in fields(Settings)}
ASKING = {"describe", "list", "list-configs", "print-access-token"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Call], list[Call], str]:
    """Return the calls of a first run, those of a second one, and what both printed."""
    operator = Operator(tmp_path_factory.mktemp("operator"))
    told = operator.set_up(typed=f"{APP_SECRET}\n{MAIL_PASSWORD}\n", **MAIL)
    first = operator.calls()
    told += operator.set_up(**MAIL)
    return first, operator.calls()[len(first) :], told


@pytest.fixture
def first(runs: tuple[list[Call], list[Call], str]) -> list[Call]:
    """Return the calls of the first run, in an empty project."""
    return runs[0]


def dry_run(folder: Path, **changes: str) -> list[Call]:
    operator = Operator(folder)
    calls = printed(operator.set_up("--dry-run", **changes))
    assert operator.calls() == []
    return calls


def only(calls: list[Call], *words: str) -> Call:
    """Return the one call that begins with these words."""
    (found,) = [call for call in calls if call.is_about(*words)]
    return found


def queues_of(calls: list[Call]) -> list[Call]:
    found = [call for call in calls if call.is_about("tasks", "queues", "create")]
    assert len(found) == 2
    return found


def given_secrets(calls: list[Call]) -> dict[str, str]:
    return {
        call.argv[3]: call.given for call in calls if call.is_about("secrets", "versions", "add")
    }


def seconds(text: str) -> timedelta:
    return timedelta(seconds=int(text.removesuffix("s")))


class TestTheCommands:
    def test_are_ones_that_gcloud_takes_the_first_time_and_later(
        self, runs: tuple[list[Call], list[Call], str]
    ) -> None:
        first, again, _ = runs
        commands = [call.argv for call in first + again if call.argv[0] != "python3"]
        assert len(commands) > 150
        assert [told for told in against_commands(commands) if told] == []

    def test_of_a_dry_run_are_those_for_an_empty_project(
        self, tmp_path: Path, first: list[Call]
    ) -> None:
        changing = [call for call in first if ASKING.isdisjoint(call.argv)]
        ran = [call.argv for call in changing if call.argv[0] != "python3"]
        calls = dry_run(tmp_path, **MAIL)
        assert [call.argv[:3] for call in calls] == [argv[:3] for argv in ran]
        # Only what Google gives is not known yet.
        unknown = {"--notification-channels=its-name", "--notification-channels=1"}
        told = {word for call in calls for word in call.argv}
        assert told ^ {word for argv in ran for word in argv} == unknown

    @pytest.mark.parametrize(
        "command",
        [["run", "deploy", "x", "--concurency=16"], ["tasks", "queues", "crate", "x"],
         ["tasks", "queues", "create", "x", "--max-doublings=two"]],
    )  # fmt: skip
    def test_would_not_be_taken_with_a_fault(self, command: list[str]) -> None:
        (told,) = against_commands([command])
        assert told.startswith("ERROR: ")


class TestRunningItAgain:
    def test_creates_nothing_and_draws_no_secret_twice(
        self, runs: tuple[list[Call], list[Call], str]
    ) -> None:
        _, again, _ = runs
        assert [call.argv for call in again if {"create", "deploy", "add"} & {*call.argv}] == []
        assert only(again, "run", "services", "update").flag("--concurrency") == "16"
        assert len([call for call in again if "update" in call.argv]) > 10

    def test_says_what_is_missing_before_it_begins(self, tmp_path: Path) -> None:
        operator = Operator(tmp_path)
        with pytest.raises(subprocess.CalledProcessError) as refused:
            operator.set_up(PROJECT="")
        assert refused.value.stderr.endswith("settings: PROJECT is missing\n")
        assert operator.calls() == []


class TestTheSecrets:
    def test_go_to_secret_manager_alone(self, runs: tuple[list[Call], list[Call], str]) -> None:
        first, _, told = runs
        given = given_secrets(first)
        assert given["onepixel-app-secret"] == APP_SECRET
        assert given["onepixel-smtp-password"] == MAIL_PASSWORD
        assert len(given) == 5
        words = told + json.dumps([call.argv for call in first])
        assert [name for name, value in given.items() if value in words] == []

    def test_are_not_kept_empty(self, tmp_path: Path) -> None:
        operator = Operator(tmp_path)
        with pytest.raises(subprocess.CalledProcessError) as refused:
            operator.set_up(typed="\n")
        assert "Nothing was entered." in refused.value.stderr
        assert given_secrets(operator.calls()) == {}

    def test_and_variables_make_a_service_that_starts(self, first: list[Call]) -> None:
        given = given_secrets(first)
        service, job = only(first, "run", "deploy"), only(first, "run", "jobs", "create")
        mounted = service.mapping("--set-secrets")
        assert {secret.partition(":")[2] for secret in mounted.values()} == {"1"}
        secrets = {name: given[secret.partition(":")[0]] for name, secret in mounted.items()}
        settings = Settings.from_env(service.mapping("--set-env-vars") | secrets)
        assert not settings.is_local
        assert settings.base_url == "https://onepixel-123456789012.us-west1.run.app"
        assert settings.trusted_proxy_hops == 1
        assert settings.smtp_host == "smtp.example.com"
        assert settings.smtp_password == MAIL_PASSWORD
        for flag in ("--set-env-vars", "--set-secrets", "--service-account"):
            assert job.flag(flag) == service.flag(flag) != ""


class TestTheFigures:
    @pytest.mark.parametrize("instances", [1, 3])
    def test_of_queues_leave_half_of_the_threads_to_webhooks_and_pages(
        self, tmp_path: Path, instances: int
    ) -> None:
        calls = dry_run(tmp_path, MIN_INSTANCES=str(instances))
        service, queues = only(calls, "run", "deploy"), queues_of(calls)
        at_once = sum(int(queue.flag("--max-concurrent-dispatches")) for queue in queues)
        assert int(service.flag("--concurrency")) == GUNICORN["threads"]
        assert service.flag("--min") == str(instances)
        assert at_once == GUNICORN["threads"] // 2 * instances
        # Look-ups at a Commerce7 that hangs leave half of that to sends.
        assert at_once // 2 == _SHOP_LOOKUPS * instances

    def test_of_back_off_are_the_pauses_that_are_promised(self, tmp_path: Path) -> None:
        back_off = SETTINGS["retry_min_backoff_seconds"]
        assert isinstance(back_off, float)
        policy = RetryPolicy(timedelta(seconds=back_off))
        pauses = [policy.pause_after(attempt) for attempt in range(1, MAX_ATTEMPTS)]
        for queue in queues_of(dry_run(tmp_path)):
            least, most = (seconds(queue.flag(f"--{name}-backoff")) for name in ("min", "max"))
            doublings = int(queue.flag("--max-doublings"))
            assert [min(least * 2**n, most) for n in range(doublings + 1)] == pauses
            assert int(queue.flag("--max-attempts")) > MAX_ATTEMPTS

    def test_of_callers_are_those_that_the_service_believes(self, tmp_path: Path) -> None:
        calls = dry_run(tmp_path)
        job, service = only(calls, "scheduler", "jobs", "create"), only(calls, "run", "deploy")
        variables = service.mapping("--set-env-vars")
        assert job.flag("--uri") == f"{variables['BASE_URL']}/tasks/sweep"
        assert job.flag("--oidc-service-account-email") == variables["TASKS_SERVICE_ACCOUNT"]
        assert job.flag("--oidc-token-audience") == variables["TASKS_AUDIENCE"]
        assert job.flag("--schedule") == "* * * * *"
        deadline = seconds(job.flag("--attempt-deadline"))
        assert deadline == _DISPATCH_DEADLINE <= seconds(service.flag("--timeout"))

    def test_of_queues_are_the_names_that_the_service_uses(self, tmp_path: Path) -> None:
        calls = dry_run(tmp_path)
        variables = only(calls, "run", "deploy").mapping("--set-env-vars")
        used = [variables["TASKS_QUEUE"], variables["TASKS_BULK_QUEUE"]]
        assert [queue.argv[3] for queue in queues_of(calls)] == used


class TestTheAlerts:
    def test_are_documents_that_googles_apis_know(self) -> None:
        messages = [
            ("logging", "v2", "LogMetric", json.loads(file.read_text()))
            if file.stem.startswith("metric-")
            else ("monitoring", "v3", "AlertPolicy", json.loads(file.read_text()))
            for file in ALERTS
        ]
        assert len(messages) == 6
        assert against_messages(messages) == [""] * 6

    def test_with_a_fault_would_be_found(self) -> None:
        good = json.loads((ROOT / "deploy/alerts/alarm.json").read_text())
        wrong = [good | {"combiner": "EITHER"}, good | {"displayNam": "x"}]
        assert all(against_messages([("monitoring", "v3", "AlertPolicy", each) for each in wrong]))

    def test_are_all_created_and_name_metrics_that_are(self, tmp_path: Path) -> None:
        calls = dry_run(tmp_path)
        created = {flag for call in calls for flag in call.argv if "alerts/" in flag}
        assert {flag.rpartition("/")[2] for flag in created} == {file.name for file in ALERTS}
        metrics = {call.argv[3] for call in calls if call.is_about("logging", "metrics", "create")}
        for file in ALERTS:
            for part in file.read_text().split("logging.googleapis.com/user/")[1:]:
                assert part.partition("\\")[0] in metrics
