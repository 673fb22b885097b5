"""The laws of requests that reach Meta (I2, I3, I4 and I5)."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from service.domain.delivery.schedule import LEASE_FOR, MAX_ATTEMPTS
from service.domain.delivery.verdict import Answer
from service.domain.events.event import EVENT_WINDOW
from service.domain.tenants.tenant import Role
from tests.sim.client import Key
from tests.sim.meta import Post
from tests.sim.trace import Violation

_CACHED_FOR = timedelta(seconds=60)
_HOUR = timedelta(hours=1)
_IN_FLIGHT = timedelta(seconds=15)
"""Much longer than a request to Meta takes, unless its process stalls."""
_UNCOUNTED = {Answer.TOKEN, Answer.THROTTLED}

Address = tuple[str, str, Role]
"""A winery's id, an event's id, and the role of the pixel."""


@dataclass
class Postmarks:
    """The laws of requests. `ids` holds the valid event ids, each with its winery."""

    keys: Mapping[str, Key] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    by_address: dict[Address, list[Post]] = field(default_factory=lambda: defaultdict(list))
    repeats: Counter[str] = field(default_factory=Counter)

    def look_at(self, post: Post) -> None:
        """Check a request as it arrives."""
        pixel, token = self.keys.get(post.pixel_id), self.keys.get(post.token)
        tenant_id = self.ids.get(post.event.event_id)
        if tenant_id is None:
            raise Violation(f"I2: an id that no event has: {post}")
        if pixel is None or token is None:
            raise Violation(f"I3: a pixel or token of nobody: {post}")
        if {pixel.tenant_id, token.tenant_id} != {tenant_id} or pixel.role is not token.role:
            raise Violation(f"I3: {tenant_id}'s event with another's pixel or token: {post}")
        for key in (pixel, token):
            if key.replaced_at and post.call.started_at - _CACHED_FOR > key.replaced_at:
                raise Violation(f"I3: replaced at {key.replaced_at}: {post}")
        if post.call.started_at >= post.event.occurred_at + EVENT_WINDOW:
            raise Violation(f"I5: {post.event.occurred_at} was too long ago: {post}")
        if post.event.occurred_at > post.at:
            raise Violation(f"I5: {post.event.occurred_at} is in the future: {post}")
        posts = self.by_address[tenant_id, post.event.event_id, pixel.role]
        self._look_back(posts, post)
        posts.append(post)

    def taken_at(self, tenant_id: str, event_id: str, role: Role) -> datetime | None:
        """Return since when the role's pixel has the event; `None` if it has not."""
        posts = self.by_address.get((tenant_id, event_id, role), ())
        return next((post.at for post in posts if post.taken), None)

    def _look_back(self, posts: list[Post], post: Post) -> None:
        for earlier in posts:
            if earlier.taken and _excuse(earlier, post) is None:
                raise Violation(f"I2: sent twice without need:\n  {earlier}\n  {post}")
        if post.taken and (had := [each for each in posts if each.taken]):
            self.repeats[_excuse(had[-1], post) or ""] += 1

    def hold_pace(self) -> None:
        """Check how often each delivery was attempted, at the end of the run."""
        for posts in self.by_address.values():
            counted = [post for post in posts if _counts(post)]
            for before, post in pairwise(counted[MAX_ATTEMPTS - 1 :]):
                if post.at - before.at < _HOUR * 0.99:
                    raise Violation(f"I4: too often:\n  {before}\n  {post}")


def _excuse(post: Post, later: Post) -> str | None:
    """Return why sending the same event again was right or unavoidable; `None` if it was not."""
    call = post.call
    if not post.verdict.answered:
        return "answer lost"
    if call.is_killed:
        return "killed"
    if call.store_failed_at and call.store_failed_at >= post.at:
        return "outcome not recorded"
    if (call.ended_at or later.at) - call.started_at >= LEASE_FOR:
        return "overlong"
    if later.at - later.asked_at > _IN_FLIGHT:
        return "frozen on the way"
    return None


def _counts(post: Post) -> bool:
    """Return whether the request certainly counted as an attempt."""
    return post.verdict.answer not in _UNCOUNTED and not post.verdict.refused_key
