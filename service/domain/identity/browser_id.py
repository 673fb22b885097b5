"""Meta's browser id and click id (`fbp`, `fbc`), as the cookies hold them."""

import re

# Meta: fbp and fbc parameters. The appendix of Meta's Parameter Builder is kept.
_ID = re.compile(r"fb\.[0-9]\.[0-9]{10,13}\.[A-Za-z0-9_-]{1,600}(\.[A-Za-z0-9_-]{2,8})?")


def browser_id(raw: object) -> str | None:
    """Return the id if it is whole; `None` if it is none. Its case counts."""
    text = raw.strip() if isinstance(raw, str) else ""
    return text if _ID.fullmatch(text) else None
