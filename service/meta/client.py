"""The client that sends events to Meta: one event per request, one verdict."""

from service.domain.delivery.verdict import Verdict
from service.domain.events.event import Event
from service.infra.http import Http, HttpFailureError
from service.meta.answers import no_answer, read_answer
from service.meta.wire import build_request, encode_request


class MetaConversions:
    """Port `Conversions` over the Graph API."""

    def __init__(self, http: Http, *, graph_url: str, graph_version: str) -> None:
        self._http = http
        self._base = f"{graph_url.rstrip('/')}/{graph_version}"

    def send(self, event: Event, *, pixel_id: str, token: str, test_code: str = "") -> Verdict:
        """Post one event, without a retry. The token is sent in a header, never in URL or body."""
        try:
            answer = self._http.post(
                f"{self._base}/{pixel_id}/events",
                body=encode_request(build_request(event, test_code=test_code)),
                headers={
                    "Authorization": f"Bearer {token}",
                    "Content-Type": "application/json",
                },
            )
        except HttpFailureError as error:
            return no_answer(error.failure)
        return read_answer(answer.status, answer.body, answer.headers)
