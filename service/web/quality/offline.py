"""Whether each pixel's dataset takes the tasting room's sales, in words."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct

from service.domain.figures.quality import OfflineEvents
from service.usecases.figures.read_quality import PixelQuality

_LOOK = "In Meta Events Manager choose this dataset and check that Offline is one of its sources."
_CONNECT = (
    "In Meta Events Manager choose Connect data, then Offline, and select this dataset instead of "
    "creating a new one."
)


class OfflineNote(Struct, frozen=True, kw_only=True):
    """What Meta says about one pixel's dataset; `tone` is the banner's kind.

    `is_to_do` says that the winery has something to set up at Meta.
    """

    title: str
    advice: str
    tone: str = "info"
    is_to_do: bool = False


_NOTES: Mapping[OfflineEvents | None, OfflineNote] = MappingProxyType(
    {
        OfflineEvents.TAKEN: OfflineNote(
            title="Offline events are set up",
            advice="Meta counts your tasting-room sales with this dataset.",
            tone="good",
        ),
        OfflineEvents.NOT_TAKEN: OfflineNote(
            title="This dataset does not accept offline events yet",
            advice=f"Meta may not count your tasting-room sales. {_CONNECT}",
            tone="warn",
            is_to_do=True,
        ),
        OfflineEvents.UNTOLD: OfflineNote(
            title="This access token cannot show whether offline events are set up",
            advice=f"{_LOOK} Your sales are still sent.",
        ),
        None: OfflineNote(
            title="Offline events have not been checked yet",
            advice="Open the Overview to check them. 1Pixel asks Meta at most once an hour.",
        ),
    }
)


class PixelNote(Struct, frozen=True, kw_only=True):
    """The note on one pixel; `name` tells it from the winery's other one."""

    name: str
    note: OfflineNote


def offline_note(known: PixelQuality) -> OfflineNote:
    """Return what is known of the pixel's dataset."""
    return _NOTES[known.report.offline if known.report else None]


def pixel_notes(pixels: Sequence[PixelQuality]) -> Sequence[PixelNote]:
    """Return the notes on the pixels that have a token: without one Meta cannot be asked."""
    return [
        PixelNote(name=f"{each.role.capitalize()} pixel {each.pixel_id}", note=offline_note(each))
        for each in pixels
        if each.has_token
    ]
