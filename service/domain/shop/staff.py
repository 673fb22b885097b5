"""The staff member who uses the dashboard."""

from msgspec import Struct


class StaffMember(Struct, frozen=True, kw_only=True):
    """A user of the winery's Commerce7 admin; `role` is Commerce7's name for their rights."""

    id: str
    name: str
    role: str


OPERATOR = StaffMember(id="", name="1Pixel support", role="")
"""The operator of the service, at its command line."""

ITSELF = StaffMember(id="", name="1Pixel", role="")
"""The service, in the audit log of what it begins by itself."""
