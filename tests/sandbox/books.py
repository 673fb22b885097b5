"""The winery's books: every object as it is now, what the service has said, who is known."""

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
    """An object as it is now, and every webhook that has told of it."""

    topic: Topic
    object: Json
    is_deleted: bool = False
    deliveries: list[Delivery] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class News:
    """What became of an object, as one webhook tells it; `user` is the colleague who acted."""

    record: Record
    action: str
    object: Json
    user: str | None = None


class Books:
    """The books of one winery. Commands come on many threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.now = clock
        self._lock = Lock()
        self._records: deque[Record] = deque(maxlen=_KEPT)
        self._people = {person.customer_id: person for person in EVERYBODY}
        # Minutes since a start: numbers keep growing when the sandbox restarts, as a service
        # that remembers earlier orders expects.
        self._numbers = count(int((clock() - _NUMBERS_START).total_seconds() // 60))

    def next_number(self) -> int:
        """Return a number that no order and no reservation has had."""
        return next(self._numbers)

    @staticmethod
    def new_id() -> str:
        """Return an id that nothing has had."""
        return str(uuid4())

    def open(self, topic: Topic, made: Json) -> Record:
        """Enter a new object."""
        record = Record(topic, made)
        with self._lock:
            self._records.append(record)
        return record

    def write(self, news: News) -> None:
        """Change an object into what the news says of it."""
        with self._lock:
            news.record.object = news.object
            news.record.is_deleted = news.action == "Delete"

    def note(self, record: Record, delivery: Delivery) -> None:
        """Keep what the service said to a webhook."""
        with self._lock:
            record.deliveries.append(delivery)

    def meet(self, person: Person) -> None:
        """Remember somebody new."""
        with self._lock:
            self._people[person.customer_id] = person

    def person(self, customer_id: str) -> Person | None:
        """Return the person behind a customer record."""
        with self._lock:
            return self._people.get(customer_id)

    def latest(self, topic: Topic, suits: Callable[[Json], bool]) -> Record | None:
        """Return the newest object of a kind that suits and still exists."""
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
        """Return what is in the books, also the deleted."""
        with self._lock:
            return [
                Record(record.topic, record.object, record.is_deleted, list(record.deliveries))
                for record in reversed(self._records)
            ]


Command = Callable[[Books], tuple[News, ...]]
"""Something that a button does; the first of its news tells of what it made or changed."""
