from typing import Any

import pytest

from service.domain.tenants.setup import Setup, SetupStep, setup_path


def path(**facts: Any) -> Setup:
    return setup_path(**{"has_pixel": True, "is_proven": False, "has_sent": False, **facts})


class TestSetupPath:
    @pytest.mark.parametrize(
        ("facts", "following"),
        [
            ({"has_pixel": False}, SetupStep.PIXEL),
            ({}, SetupStep.CONNECTION),
            ({"is_proven": True}, SetupStep.FIRST_EVENT),
            ({"is_proven": True, "has_sent": True}, None),
            # A token that an uninstall has deleted, or that Meta has refused.
            ({"has_pixel": False, "is_proven": True, "has_sent": True}, SetupStep.PIXEL),
            # A new token, which nothing was sent with yet.
            ({"has_sent": True}, SetupStep.CONNECTION),
        ],
    )
    def test_names_the_one_next_step(
        self, facts: dict[str, Any], following: SetupStep | None
    ) -> None:
        assert path(**facts).next is following
        assert path(**facts).is_finished is (following is None)

    @pytest.mark.parametrize(
        ("fact", "step"),
        [("has_seen_snippet", SetupStep.SNIPPET), ("has_address", SetupStep.ALERTS)],
    )
    def test_is_finished_without_what_is_optional_and_knows_it(
        self, fact: str, step: SetupStep
    ) -> None:
        assert step not in path(is_proven=True, has_sent=True).done
        assert path(**{fact: True}).done == {SetupStep.PIXEL, step}

    def test_has_no_connection_without_a_pixel_and_a_token(self) -> None:
        assert SetupStep.CONNECTION not in path(has_pixel=False, is_proven=True).done
