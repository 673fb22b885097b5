"""Cloud Tasks: one task a step, called back over HTTP with Google's token.

Reference: Cloud Tasks, CreateTask, HttpRequest and OidcToken. The client has a time-out of 20 s and
repeats nothing by itself; whoever enqueues is a webhook that somebody waits for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.cloud import tasks_v2

from service.ports import QueueUnavailableError, Task

TIMEOUT_SECONDS = 3.0
PATIENCE_SECONDS = 8.0
# Beyond every time-out of a send, and within a lease: a call that is given up has ended.
_DISPATCH_DEADLINE = timedelta(seconds=60)
_RETRY = Retry(
    predicate=if_exception_type(exceptions.DeadlineExceeded, exceptions.ServiceUnavailable),
    initial=0.1,
    maximum=1.0,
    timeout=PATIENCE_SECONDS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBack:
    """How tasks come back: where to, and as whom.

    `mint_token` stands in for Google with an emulator, which sends no token of its own.
    """

    base_url: str
    service_account: str
    audience: str
    mint_token: Callable[[], str] | None = None


class CloudTasksQueue:
    """Port `Queue` over two Cloud Tasks queues, the second for what may wait."""

    def __init__(
        self,
        client: tasks_v2.CloudTasksClient,
        *,
        queue: str,
        bulk_queue: str,
        call_back: CallBack,
        clock: Callable[[], datetime],
    ) -> None:
        """`queue` and `bulk_queue` are full names (`projects/…/locations/…/queues/…`)."""
        self._client = client
        self._queue = queue
        self._bulk_queue = bulk_queue
        self._call_back = call_back
        self._clock = clock

    def enqueue(self, task: Task) -> None:
        """Take the task, or know its name already; both are success.

        Raises:
            QueueUnavailableError: it may not have been taken.
        """
        parent = self._bulk_queue if task.is_bulk else self._queue
        try:
            self._client.create_task(
                parent=parent,
                task=self._message(parent, task),
                retry=_RETRY,
                timeout=TIMEOUT_SECONDS,
            )
        except exceptions.AlreadyExists:
            return  # the same step was enqueued before, perhaps by our own repetition
        except exceptions.GoogleAPIError as error:
            raise QueueUnavailableError("Cloud Tasks did not take the task") from error

    def ping(self) -> None:
        """Return if Cloud Tasks answers."""
        try:
            self._client.get_queue(name=self._queue, retry=None, timeout=TIMEOUT_SECONDS)
        except exceptions.GoogleAPIError as error:
            raise QueueUnavailableError("Cloud Tasks did not answer") from error

    def _message(self, parent: str, task: Task) -> tasks_v2.Task:
        call_back = self._call_back
        request = tasks_v2.HttpRequest(
            url=f"{call_back.base_url}{task.path}",
            http_method=tasks_v2.HttpMethod.POST,
            headers={"Content-Type": "application/json"},
            body=task.body,
        )
        if call_back.mint_token:
            request.headers["Authorization"] = f"Bearer {call_back.mint_token()}"
        else:
            request.oidc_token = tasks_v2.OidcToken(
                service_account_email=call_back.service_account, audience=call_back.audience
            )
        message = tasks_v2.Task(
            name=f"{parent}/tasks/{task.name}",
            http_request=request,
            dispatch_deadline=_DISPATCH_DEADLINE,
        )
        if task.delay:
            message.schedule_time = self._clock() + task.delay
        return message
