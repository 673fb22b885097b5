"""The shop's own id of a customer (`external_id`)."""

from service.domain.identity.cleaning import is_blank, normalized, without


def normalize_external_id(raw: str) -> str | None:
    """Return the id in lower case without white space.

    Meta: External ID asks for one form on the Pixel and the server; this is the one that the
    Parameter Builder makes in the browser. It is hashed like the rest (Meta: Customer Information
    Parameters, "hashing recommended").
    """
    return normalized(raw, _external_id)


def _external_id(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text.lower().replace(" ", "")
    return without(text.lower(), is_blank)
