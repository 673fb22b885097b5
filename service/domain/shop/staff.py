"""Who of a winery's staff is at the dashboard."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A user of the winery's Commerce7 admin; `role` is Commerce7's word for what they may do."""

    id: str
    name: str
    role: str


OPERATOR = StaffMember(id="", name="1Pixel support", role="")
"""Whoever runs the service, at its own command line."""
