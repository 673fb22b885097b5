"""Cities (`ct`)."""

import re

from service.domain.identity.cleaning import normalized
from service.domain.identity.folding import folded

_NOT_OF_THE_PIXEL = re.compile(r"[^a-z0-9]+")


def normalize_city(raw: str) -> tuple[str, ...]:
    """Return the forms under which Meta may know the city, the best first; empty if none.

    First letters alone, accents folded ("Using Roman alphabet a-z characters is recommended",
    Meta: Customer Information Parameters, `ct`). Then, where it differs, what Meta's Pixel makes
    (Parameter Builder: an accented letter is deleted): `("saopaulo", "sopaulo")`.
    """
    city = normalized(raw, folded)
    if city is None:
        return ()
    of_the_pixel = normalized(raw, _of_the_pixel)
    return (city,) if of_the_pixel in (None, city) else (city, of_the_pixel)


def _of_the_pixel(text: str) -> str | None:
    kept = _NOT_OF_THE_PIXEL.sub("", text.lower())
    return kept if kept[:1].isalpha() else None
