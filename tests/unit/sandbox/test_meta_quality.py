"""The sandbox Meta's answers about quality are those that the service reads."""

import json

import pytest

from service.domain.figures.quality import QualityFault
from service.meta.quality import FIELDS, read_quality
from tests.sandbox.good_request import NOW, REGISTRY
from tests.sandbox.meta_quality import QualityMode, answer_about_quality
from tests.sandbox.meta_read_rules import ReadRequest

FAULTS = {
    QualityMode.ONLY_WEB: QualityFault.NOT_ALLOWED,
    QualityMode.NO_APP: QualityFault.NOT_ALLOWED,
    QualityMode.OPT_IN: QualityFault.NOT_ALLOWED,
    QualityMode.DEAD_TOKEN: QualityFault.DEAD_TOKEN,
    QualityMode.NO_DATASET: QualityFault.UNKNOWN_PIXEL,
    QualityMode.THROTTLED: QualityFault.THROTTLED,
    QualityMode.ERROR_500: QualityFault.NO_ANSWER,
    QualityMode.HTML_503: QualityFault.NO_ANSWER,
}


def told(
    mode: QualityMode | None = None,
    *,
    names: tuple[str, ...] = ("Purchase", "Lead"),
    fields: str = FIELDS[0],
    by: str = "EAAfirst",
) -> tuple[int, bytes]:
    query = {"dataset_id": "111", "agent_name": "1pixel", "fields": fields}
    answer = answer_about_quality(
        ReadRequest(version="v27.0", token=by, query=query),
        registry=REGISTRY,
        names=names,
        mode=mode,
        now=NOW,
    )
    body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    return answer.status, body.encode()


class TestAnAnswer:
    @pytest.mark.parametrize("mode", [None, *QualityMode])
    def test_is_read_by_the_service(self, mode: QualityMode | None) -> None:
        expected = FAULTS.get(mode) if mode else None
        assert read_quality(*told(mode), {}).fault is expected

    def test_has_scores_of_accepted_events_by_default(self) -> None:
        events = read_quality(*told(), {}).events
        assert [each.key for each in events] == ["web:Lead", "web:Purchase", "offline:Purchase"]
        assert read_quality(*told(names=()), {}).events == ()

    def test_leaves_offline_out_where_it_was_not_asked_for(self) -> None:
        for mode in (None, QualityMode.ONLY_WEB):
            events = read_quality(*told(mode, fields=FIELDS[1]), {}).events
            assert [each.key for each in events] == ["web:Lead", "web:Purchase"]

    def test_refuses_another_pixels_token(self) -> None:
        assert read_quality(*told(by="EAAsecond"), {}).fault is QualityFault.UNKNOWN_PIXEL
        assert read_quality(*told(by="EAAnone"), {}).fault is QualityFault.DEAD_TOKEN
