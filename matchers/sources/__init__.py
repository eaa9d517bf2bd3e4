"""Where the rows of a list come from: one source for each kind of list. Each fills the tables WANTED and REFUSED."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from hotlists.models import Hotlist
from matchers.sources import feeds, managed

# Fills WANTED with what a list should publish at this moment, rows that start before `horizon` included, and REFUSED with
# what it leaves out and why; given plates, it looks at their rows alone, or at others too, if it likes.
Source = Callable[[Any, Hotlist, dt.datetime, dt.datetime, Sequence[tuple[str, str]] | None], None]

SOURCES: dict[str, Source] = {
    Hotlist.Kind.MANAGED: managed.fill,
    Hotlist.Kind.FEED: feeds.fill,
    # A suppression list is never published: the portal withholds its hits (decision 19).
}
