"""The client that asks about a connection and its quality: short requests to the Graph API."""

from urllib.parse import quote, urlencode

from service.domain.figures.quality import OfflineEvents, QualityAnswer, QualityFault
from service.domain.tenants.connection import ConnectionTest, ConnectionTestAnswer, TokenFacts
from service.infra.http import Http, HttpFailureError
from service.meta.answers import no_answer, read_answer
from service.meta.credentials import (
    read_offline_events,
    read_pixel_name,
    read_probe,
    read_token_facts,
)
from service.meta.quality import FIELDS, may_be_about_a_field, read_quality
from service.meta.wire import AGENT_NAME, build_probe, encode_request


class MetaConnections:
    """Port `Connections` over the Graph API. Only `token_facts` sends the token in an address."""

    def __init__(self, http: Http, *, graph_url: str, graph_version: str) -> None:
        self._http = http
        self._base = f"{graph_url.rstrip('/')}/{graph_version}"

    def token_facts(self, token: str) -> TokenFacts:
        """Return Meta's facts about the token, with the token itself as the login.

        Meta takes the inspected token from the query only (Meta: Graph API, "Debug-Token"). So this
        address is a secret: it goes to Meta over TLS, our logs print no addresses, and
        `HttpFailureError` repeats none.
        """
        body = self._get(f"debug_token?input_token={quote(token, safe='')}", token=token)
        return read_token_facts(body)

    def pixel_name(self, pixel_id: str, *, token: str) -> str | None:
        """Return the pixel's name; `None` for a token that may not read it, as most may not."""
        return read_pixel_name(self._get(f"{pixel_id}?fields=id,name", token=token))

    def probe(self, probe: ConnectionTest, *, pixel_id: str, token: str) -> ConnectionTestAnswer:
        """Post the test event, without a retry."""
        try:
            answer = self._http.post(
                f"{self._base}/{pixel_id}/events",
                body=encode_request(build_probe(probe)),
                headers={
                    "Authorization": f"Bearer {token}",
                    "Content-Type": "application/json",
                },
            )
        except HttpFailureError as error:
            return ConnectionTestAnswer(verdict=no_answer(error.failure))
        return read_probe(read_answer(answer.status, answer.body, answer.headers))

    def quality(self, pixel_id: str, *, token: str) -> QualityAnswer:
        """Return Meta's scores of the events that we sent, by one request if all goes well.

        A refusal that may be about a field is followed by a question for less, twice at most.
        """
        answer = QualityAnswer(fault=QualityFault.NO_ANSWER)
        for fields in FIELDS:
            answer = self._ask_for_quality(pixel_id, fields, token=token)
            if not may_be_about_a_field(answer):
                break
        return answer

    def offline_events(self, pixel_id: str, *, token: str) -> OfflineEvents | None:
        """Return whether the pixel's dataset takes offline events, if Meta tells this token.

        Reference: Meta's Conversions API, "Sending Offline Events". Most tokens may not read it.
        """
        try:
            answer = self._http.get(
                f"{self._base}/{pixel_id}?fields=is_consolidated_container",
                headers={"Authorization": f"Bearer {token}"},
            )
        except HttpFailureError:
            return None
        return read_offline_events(answer.status, answer.body, answer.headers)

    def _ask_for_quality(self, pixel_id: str, fields: str, *, token: str) -> QualityAnswer:
        asked = {"dataset_id": pixel_id, "agent_name": AGENT_NAME, "fields": fields}
        try:
            answer = self._http.get(
                f"{self._base}/dataset_quality?{urlencode(asked)}",
                headers={"Authorization": f"Bearer {token}"},
            )
        except HttpFailureError:
            return QualityAnswer(fault=QualityFault.NO_ANSWER)
        return read_quality(answer.status, answer.body, answer.headers)

    def _get(self, path: str, *, token: str) -> bytes:
        """Return the body of Meta's answer, a refusal's too; empty if there was no answer."""
        try:
            headers = {"Authorization": f"Bearer {token}"}
            return self._http.get(f"{self._base}/{path}", headers=headers).body
        except HttpFailureError:
            return b""
