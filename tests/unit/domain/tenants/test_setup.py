from typing import Any

import pytest

from service.domain.tenants.setup import Setup, SetupStep, setup_path
from tests.builders import PIXEL


def path(**facts: Any) -> Setup:
    none = {"has_token": False, "is_tested": False, "has_sent": False, "has_seen_snippet": False}
    return setup_path(**{"pixel_id": PIXEL, **none, **facts})


class TestSetupPath:
    @pytest.mark.parametrize(
        ("facts", "following"),
        [
            ({"pixel_id": ""}, SetupStep.PIXEL),
            ({}, SetupStep.TOKEN),
            ({"has_token": True}, SetupStep.CONNECTION),
            ({"has_token": True, "is_tested": True}, SetupStep.FIRST_EVENT),
            ({"has_token": True, "is_tested": True, "has_sent": True}, None),
            # A token that an uninstall has deleted.
            ({"is_tested": True, "has_sent": True}, SetupStep.TOKEN),
            # Events are sent, so no connection test is needed.
            ({"has_token": True, "has_sent": True}, None),
        ],
    )
    def test_names_the_one_next_step(
        self, facts: dict[str, Any], following: SetupStep | None
    ) -> None:
        assert path(**facts).next is following
        assert path(**facts).is_finished is (following is None)

    def test_is_finished_without_the_snippet_and_knows_it(self) -> None:
        done = path(has_token=True, is_tested=True, has_sent=True)
        assert SetupStep.SNIPPET not in done.done
        assert path(has_seen_snippet=True).done == {SetupStep.PIXEL, SetupStep.SNIPPET}
