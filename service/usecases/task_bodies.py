"""The bodies of tasks. One release may read what another has written, so reading is tolerant."""

from typing import Any

import msgspec

from service.domain.records.job import JobKind
from service.domain.records.record import EventRecord
from service.domain.tenants.tenant import Role
from service.ports import Stored
from service.usecases.cursors import ListCursor, ReleaseCursor

SEND_PATH = "/tasks/send"
RESOLVE_PATH = "/tasks/resolve"
MOST_BYTES = 64 * 1024
"""The longest body of a task that is read."""


class MalformedTaskError(ValueError):
    """The task body is none that any release wrote; a retry would not help."""


class TaskBody(msgspec.Struct, frozen=True, kw_only=True, tag_field="about"):
    """The base of all task bodies: no personal data but what is sealed in a record's payload."""

    tenant_id: str


class SendDelivery(TaskBody, frozen=True, kw_only=True, omit_defaults=True, tag="send"):
    """Attempt a delivery; `record` is its record, so that it need not be read.

    The `revision` is that of the stored record; it is empty where the store has none yet.
    """

    event_key: str
    role: Role
    record: EventRecord | None = None
    revision: str = ""

    @property
    def pixel(self) -> str:
        """Return the name of the pixel by which calls to it are limited."""
        return f"{self.tenant_id}/{self.role}"

    @property
    def carried(self) -> Stored | None:
        """Return the record that it carries, as if it had been read."""
        if self.record is None:
            return None
        return Stored(self.record, self.revision, document=msgspec.json.encode(self.record))


class LookUpObject(TaskBody, frozen=True, kw_only=True, tag="event"):
    """Look up an event's object at the shop, in the background if it gives way to all others."""

    event_key: str
    is_background: bool = False


class ReadShop(TaskBody, frozen=True, kw_only=True, tag="shop"):
    """Read the shop's public facts; `tries` is how often it did not answer before."""

    tries: int = 0


class CheckInstallation(TaskBody, frozen=True, kw_only=True, tag="installation"):
    """Check whether the shop still grants us access."""


class ReleaseParked(TaskBody, frozen=True, kw_only=True, tag="waiting"):
    """Recheck the waiting deliveries behind the cursor."""

    cursor: ReleaseCursor | None = None


class ListChanges(TaskBody, frozen=True, kw_only=True, tag="changes"):
    """List the shop's changes from the cursor on; without one, begin."""

    cursor: ListCursor | None = None


class NotifyAlerts(TaskBody, frozen=True, kw_only=True, tag="alerts"):
    """Check the tenant's alerts, and notify the merchant of new ones."""


class CountEvents(TaskBody, frozen=True, kw_only=True, tag="counting"):
    """Count the winery's events into its daily records."""


class WorkOnJob(TaskBody, frozen=True, kw_only=True, tag="job"):
    """Do the next step of a job."""

    job: JobKind


AnyTask = (
    SendDelivery
    | LookUpObject
    | ReadShop
    | CheckInstallation
    | ReleaseParked
    | ListChanges
    | NotifyAlerts
    | CountEvents
    | WorkOnJob
)
"""Everything that a task may be about; each has one handler."""

_TASK: msgspec.json.Decoder[AnyTask] = msgspec.json.Decoder(AnyTask)


def parse_task(body: bytes) -> AnyTask:
    """Return the task in this body; keys that a newer release added are ignored.

    Raises:
        MalformedTaskError: the body is no such task.
    """
    try:
        return _TASK.decode(msgspec.json.encode(_tagged(msgspec.json.decode(body))))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedTaskError("the body is no such task") from error


def _tagged(document: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return the document with its tag, which older releases left out or wrote differently."""
    if not isinstance(document, dict):
        return document
    if "about" not in document and "role" in document:
        return {**document, "about": "send"}
    about = document.get("about", "shop")
    is_lookup = about == "shop" and document.get("event_key") is not None
    return {**document, "about": "event" if is_lookup else about}
