"""A proxy between Firestore's client and its emulator that loses calls and answers on demand."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.cloud import firestore

_CARRIED = {"authorization", "google-cloud-resource-prefix", "x-goog-request-params"}


@dataclass(frozen=True)
class Fault:
    """A call that fails with this code; with `is_done`, Firestore has carried it out nevertheless.

    The answer's first `told` messages still arrive. With an `answer`, the call succeeds with that
    one instead.
    """

    code: grpc.StatusCode
    is_done: bool = False
    told: int = 0
    answer: bytes = b""


@dataclass
class Between:
    """The proxy. It forwards and records calls; each of `faults` applies to one call."""

    address: str
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, bytes]] = field(default_factory=list)

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def service(self, details: Any) -> Any:
        """Answer any method, as a stream; on the wire a single message is a stream of one."""
        method = details.method

        def answer(body: bytes, context: Any) -> Iterator[bytes]:
            self.calls.append((method.rpartition("/")[2], body))
            fault = self.faults.pop(0) if self.faults else None
            if fault is None or fault.is_done:
                messages = self._passed_on(method, body, context)
                yield from messages if fault is None else messages[: fault.told]
            if fault and fault.answer:
                yield fault.answer
            elif fault:
                context.abort(fault.code, "as told")

        return grpc.unary_stream_rpc_method_handler(answer)

    def _passed_on(self, method: str, body: bytes, context: Any) -> list[bytes]:
        carried = [pair for pair in context.invocation_metadata() if pair[0] in _CARRIED]
        with grpc.insecure_channel(self.address) as channel:
            try:
                return list(channel.unary_stream(method)(body, metadata=carried, timeout=10))
            except grpc.RpcError as error:
                context.abort(error.code(), error.details())
                raise  # unreachable: `abort` raises


@contextmanager
def between(address: str) -> Iterator[tuple[Between, str]]:
    """Lend a proxy for this address, and the proxy's own address."""
    there = Between(address)
    server = grpc.server(ThreadPoolExecutor(8))
    server.add_generic_rpc_handlers([there])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield there, f"127.0.0.1:{port}"
    server.stop(None).wait()


def client_of(project: str, address: str, environment: Any) -> firestore.Client:
    """Return a client of the emulator at this address; its environment is a MonkeyPatch."""
    environment.setenv("FIRESTORE_EMULATOR_HOST", address)
    return firestore.Client(project=project)
