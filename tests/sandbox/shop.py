"""The winery's shop: its commands change objects and send webhooks to the service."""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from tests.sandbox.address_book import address_book
from tests.sandbox.books import Books, Command, News, NothingToDoError, Record
from tests.sandbox.club_commands import CLUB_COMMANDS
from tests.sandbox.config import SandboxConfig
from tests.sandbox.courier import Courier
from tests.sandbox.customer_commands import CUSTOMER_COMMANDS
from tests.sandbox.customers import customer
from tests.sandbox.delivery import Deliver, Delivery
from tests.sandbox.order_commands import ORDER_COMMANDS
from tests.sandbox.order_parts import Json
from tests.sandbox.reservation_commands import RESERVATION_COMMANDS
from tests.sandbox.webhooks import Topic, envelope

_COMMANDS: Mapping[str, Command] = {
    **ORDER_COMMANDS,
    **CUSTOMER_COMMANDS,
    **CLUB_COMMANDS,
    **RESERVATION_COMMANDS,
}
_REPEAT = "repeat"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one command, with the service's answers to its webhooks."""

    topic: Topic
    object: Json
    deliveries: tuple[Delivery, ...]


class Shop:
    """A shop whose every command sends webhooks to the service.

    The lock guards the memory only: while the service is slow to answer one webhook, the next one
    can be delivered.
    """

    def __init__(self, config: SandboxConfig, deliver: Deliver) -> None:
        self._config = config
        self.courier = Courier(config, deliver)
        self._books = Books(config.clock)
        self._lock = Lock()
        self._last_sent: tuple[Record, Json] | None = None

    @property
    def commands(self) -> tuple[str, ...]:
        """The commands of `perform`."""
        return (*_COMMANDS, _REPEAT)

    def perform(self, command: str) -> Outcome:
        """Make an object of a kind, or change an earlier one.

        Raises:
            NothingToDoError: there is no suitable object.
        """
        if command == _REPEAT:
            return self._repeat()
        return self.carry_out(_COMMANDS[command])

    def carry_out(self, command: Command) -> Outcome:
        """Change objects as the command wants, and send the webhooks.

        Raises:
            NothingToDoError: there is no suitable object.
        """
        news = command(self._books)
        deliveries = tuple([self._tell(each) for each in news])
        return _outcome(news[0].record, *deliveries)

    def records(self) -> list[Record]:
        """Return all objects that the commands have made, newest first."""
        return self._books.newest_first()

    def find(self, topic: Topic, object_id: str) -> Json | None:
        """Return an object as it is now; customers include those that no command has made."""
        made = self._books.find(topic, object_id)
        if made or topic is not Topic.CUSTOMER:
            return made
        person = self._books.person(object_id)
        return customer(person, now=self._config.clock()) if person else None

    def addresses(self, customer_id: str) -> Json | None:
        """Return a customer's address book."""
        person = self._books.person(customer_id)
        return address_book(person, now=self._config.clock()) if person else None

    def _tell(self, news: News) -> Delivery:
        self._books.write(news)
        tenant_id, topic = self._config.tenant_id, news.record.topic
        body = envelope(topic, news.object, news.action, tenant_id=tenant_id, user=news.user)
        return self._send(news.record, body)

    def _repeat(self) -> Outcome:
        with self._lock:
            last = self._last_sent
        if not last:
            raise NothingToDoError("No webhook has been sent yet. Make an order first.")
        return _outcome(last[0], self._send(*last))

    def _send(self, record: Record, body: Json) -> Delivery:
        with self._lock:
            self._last_sent = (record, body)
        delivery = self.courier.send(body)
        self._books.note(record, delivery)
        return delivery


def _outcome(record: Record, *deliveries: Delivery) -> Outcome:
    return Outcome(record.topic, record.object, deliveries)
