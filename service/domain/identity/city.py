"""Cities (`ct`)."""

import re

from service.domain.identity.cleaning import normalized
from service.domain.identity.folding import folded

_PLAIN = re.compile(r"[A-Za-z .'-]+")
_DROPPED_BY_PIXEL = re.compile(r"[^a-z0-9]+")


def normalize_city(raw: str) -> tuple[str, ...]:
    """Return the forms under which Meta may know the city, the best first; empty if none.

    The first form is letters alone, accents folded ("Using Roman alphabet a-z characters is
    recommended", Meta: Customer Information Parameters, `ct`). The second, if it differs, is the
    one that Meta's Pixel makes (Parameter Builder: an accented letter is deleted):
    `("saopaulo", "sopaulo")`.
    """
    city = normalized(raw, folded)
    if city is None:
        return ()
    if _PLAIN.fullmatch(raw):  # most cities: without accents and digits there is one form
        return (city,)
    pixel_form = normalized(raw, _pixel_form)
    return (city,) if pixel_form in (None, city) else (city, pixel_form)


def _pixel_form(text: str) -> str | None:
    kept = _DROPPED_BY_PIXEL.sub("", text.lower())
    return kept if kept[:1].isalpha() else None
