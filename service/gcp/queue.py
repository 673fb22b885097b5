"""The queue on Cloud Tasks, which calls us back over HTTP with Google's token.

Reference: Cloud Tasks, CreateTask, HttpRequest and OidcToken. The client's own time-out is 20 s,
without retries. Here a call waits for one time-out at most, because Commerce7 waits for the webhook
that makes it; the sweep finds tasks that were not enqueued. While the queue does not answer, a
circuit breaker lets one call through every few seconds, and all others fail at once
(docs/adr/0014-tasks-carry-a-google-oidc-token.md).
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from google.api_core import exceptions
from google.api_core.retry import Retry, if_exception_type
from google.cloud import tasks_v2
from msgspec import Struct

from service.gcp.circuit_breaker import CircuitBreaker
from service.infra.logs import exception_fields
from service.ports import QueueUnavailableError, Task

TIMEOUT_SECONDS = 3.0
"""How long one attempt may take, including a new process's connection."""

PATIENCE_SECONDS = 3.0
"""How long a call is retried that fails at once. A call that timed out is not retried."""

LEFT_ALONE_FOR = timedelta(seconds=5)
"""The circuit breaker's pause after the queue did not answer."""

_NO_ANSWER = (exceptions.RetryError, exceptions.DeadlineExceeded, exceptions.ServiceUnavailable)
# Longer than a send's time-outs, so the call has ended when Cloud Tasks repeats it; within a lease.
_DISPATCH_DEADLINE = timedelta(seconds=60)
_RETRY = Retry(
    predicate=if_exception_type(exceptions.DeadlineExceeded, exceptions.ServiceUnavailable),
    initial=0.1,
    maximum=1.0,
    timeout=PATIENCE_SECONDS,
)

log = logging.getLogger(__name__)


class CallBack(Struct, frozen=True, kw_only=True):
    """The address at which Cloud Tasks calls us back, and the caller's account.

    `mint_token` makes the callers' tokens with an emulator, which issues none of its own.
    """

    base_url: str
    service_account: str
    audience: str
    mint_token: Callable[[], str] | None = None


class CloudTasksQueue:
    """Port `Queue` over two Cloud Tasks queues, the second for bulk tasks."""

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
        self._breaker = CircuitBreaker(pause=LEFT_ALONE_FOR, clock=clock)

    def enqueue(self, task: Task) -> None:
        """Enqueue the task; do nothing if one of its name was enqueued already.

        Raises:
            QueueUnavailableError: the task may not have been enqueued. Raised at once while the
                circuit breaker is open.
        """
        if not self._breaker.allows_call():
            raise QueueUnavailableError("Cloud Tasks did not answer a moment ago")
        try:
            self._create(task)
        except exceptions.GoogleAPIError as error:
            if isinstance(error, _NO_ANSWER):
                self._breaker.record_failure()
            else:
                self._breaker.record_success()
            log.warning("queue.unavailable", extra=exception_fields(error))
            raise QueueUnavailableError("Cloud Tasks did not take the task") from error
        self._breaker.record_success()

    def ping(self) -> None:
        """Return if Cloud Tasks answers."""
        try:
            self._client.get_queue(name=self._queue, retry=None, timeout=TIMEOUT_SECONDS)
        except exceptions.GoogleAPIError as error:
            raise QueueUnavailableError("Cloud Tasks did not answer") from error

    def _create(self, task: Task) -> None:
        parent = self._bulk_queue if task.is_bulk else self._queue
        # The task may have been enqueued before, perhaps by our own first attempt.
        with suppress(exceptions.AlreadyExists):
            self._client.create_task(
                parent=parent,
                task=self._message(parent, task),
                retry=_RETRY,
                timeout=TIMEOUT_SECONDS,
            )

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
