"""The winery's database: its present objects, the service's answers, and all people."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from threading import Lock
from uuid import uuid4

from tests.sandbox.delivery import Delivery
from tests.sandbox.order_parts import Json
from tests.sandbox.people import EVERYBODY, Person
from tests.sandbox.webhooks import Topic

_KEPT = 1000
_NUMBERS_START = datetime(2025, 1, 1, tzinfo=UTC)


class NothingToDoError(Exception):
    """The command needs an earlier object, and there is none yet."""


@dataclass(slots=True)
class Record:
    """An object as it is now, and all webhooks about it."""

    topic: Topic
    object: Json
    is_deleted: bool = False
    deliveries: list[Delivery] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class News:
    """One webhook's content: a change of an object; `user` is the staff member who acted."""

    record: Record
    action: str
    object: Json
    user: str | None = None


class Books:
    """One winery's database. Safe to share between threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.now = clock
        self._lock = Lock()
        self._records: deque[Record] = deque(maxlen=_KEPT)
        self._people = {person.customer_id: person for person in EVERYBODY}
        # Begin with the minutes since a fixed time: the service remembers earlier orders, so the
        # numbers must go on growing when the sandbox restarts.
        self._numbers = count(int((clock() - _NUMBERS_START).total_seconds() // 60))

    def next_number(self) -> int:
        """Return an unused number for an order or a reservation."""
        return next(self._numbers)

    @staticmethod
    def new_id() -> str:
        """Return an unused id."""
        return str(uuid4())

    def open(self, topic: Topic, made: Json) -> Record:
        """Store a new object."""
        record = Record(topic, made)
        with self._lock:
            self._records.append(record)
        return record

    def write(self, news: News) -> None:
        """Store the object as the news describes it."""
        with self._lock:
            news.record.object = news.object
            news.record.is_deleted = news.action == "Delete"

    def note(self, record: Record, delivery: Delivery) -> None:
        """Store the service's answer to a webhook."""
        with self._lock:
            record.deliveries.append(delivery)

    def meet(self, person: Person) -> None:
        """Store a new person."""
        with self._lock:
            self._people[person.customer_id] = person

    def person(self, customer_id: str) -> Person | None:
        """Return the person of a customer record."""
        with self._lock:
            return self._people.get(customer_id)

    def latest(self, topic: Topic, suits: Callable[[Json], bool]) -> Record | None:
        """Return the newest suitable object of a kind that is not deleted."""
        with self._lock:
            return next(
                (
                    record
                    for record in reversed(self._records)
                    if record.topic is topic and not record.is_deleted and suits(record.object)
                ),
                None,
            )

    def find(self, topic: Topic, object_id: str) -> Json | None:
        """Return an object as it is now."""
        record = self.latest(topic, lambda made: bool(made["id"] == object_id))
        return record.object if record else None

    def newest_first(self) -> list[Record]:
        """Return all objects, deleted ones too."""
        with self._lock:
            return [
                Record(record.topic, record.object, record.is_deleted, list(record.deliveries))
                for record in reversed(self._records)
            ]


Command = Callable[[Books], tuple[News, ...]]
"""A button's action. Its first news is about the object that it made or changed."""
