import pytest

from service.domain.tenants.tenant import Pixel, Pixels, Role
from tests.builders import SECOND_PIXEL, one_pixel_twice, some_settings, two_pixels


class TestTheRoles:
    @pytest.mark.parametrize(
        ("pixels", "roles"),
        [
            (Pixels(), ()),
            (Pixels(secondary=Pixel(id=SECOND_PIXEL)), (Role.SECONDARY,)),
            (two_pixels(), (Role.PRIMARY, Role.SECONDARY)),
            (one_pixel_twice(), (Role.PRIMARY,)),
        ],
    )
    def test_are_those_with_a_pixel_of_their_own(
        self, pixels: Pixels, roles: tuple[Role, ...]
    ) -> None:
        assert some_settings(pixels=pixels).roles() == roles

    def test_have_the_secondary_one_again_when_the_primary_pixel_is_removed(self) -> None:
        twice = some_settings(pixels=one_pixel_twice())
        assert twice.without(Role.PRIMARY).roles() == (Role.SECONDARY,)
