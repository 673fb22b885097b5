"""A value's copy with some of its fields changed.

mypy checks the names and types of the fields that `dataclasses.replace` is given, those of a
`Struct` too, while `msgspec.structs.replace` takes any. Only the latter can copy a `Struct`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import replace
else:
    from msgspec.structs import replace

__all__ = ["replace"]
