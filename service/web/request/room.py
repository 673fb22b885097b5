"""Room for questions to Commerce7: a bulkhead that all look-ups of the process share."""

from contextlib import ExitStack

from service.infra.bulkhead import Bulkhead
from service.web.request.current import now

_SHOPS = "shops"


def begin_lookup(bulkhead: Bulkhead, held: ExitStack) -> bool:
    """Begin a look-up that ends with `held`; return whether there was room for it."""
    started = now()
    has_begun = bulkhead.acquire(_SHOPS, now=started)
    if has_begun:
        held.callback(lambda: bulkhead.release(_SHOPS, since=started, now=now()))
    return has_begun
