"""The chain of deltas that leads to a list's newest revision: one a change, merged by eights, so that it stays short.

A matcher that is one revision behind fetches one small file; one that is a day behind fetches a few. Old links go once the
whole file is the shorter way.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Max

from hotlists.models import Hotlist
from matcher_client.deltas import Changes, Step, merged, read, way
from matchers import files
from matchers.models import ListRole, Publication

TOGETHER = 8  # so many links of one weight become one
# The whole file is made anew when what follows it is so much of the list, or when it is so old: it names what went since.
MOST_CHANGED, FEW_CHANGES = 0.1, 1_000
LONGEST = dt.timedelta(hours=1)


class Delta(NamedTuple):
    """One link, as a publication keeps it; `weight` is how many changes of the list it stands for."""

    since: int
    revision: int
    changes: int
    weight: int
    sha256: str
    length: int

    @property
    def step(self) -> Step:
        """What the manifest tells of it."""
        return Step(self.since, self.revision, self.changes)


def of(publication: Publication) -> list[Delta]:
    """The chain that a publication names, the oldest first."""
    return [Delta(*link) for link in publication.deltas]


def whole_revision(publication: Publication) -> int:
    """The revision whose rows the whole file holds."""
    return publication.manifest["full_revision"]


def extended(role: ListRole, chain: list[Delta], *, since: int, revision: int, changes: Changes) -> list[Delta]:
    """The chain with one link more, written to disk; links of one weight are merged, those that cannot be read end it."""
    chain = [*chain, _written(role, since, revision, changes, weight=1)]
    while len(chain) >= TOGETHER and len({link.weight for link in chain[-TOGETHER:]}) == 1:
        parts = chain[-TOGETHER:]
        try:
            together = merged(_read(role, part) for part in parts)
        except (OSError, ValueError):  # pruned or damaged on the portal's own disk: the chain begins after it
            return chain[-1:]
        weight = sum(part.weight for part in parts)
        chain[-TOGETHER:] = [_written(role, parts[0].since, parts[-1].revision, together, weight=weight)]
    return chain


def outdated(hotlist: Hotlist, at: dt.datetime) -> int:
    """The last revision that an offline life has passed since: whoever is further behind holds nothing any more."""
    past = Publication.objects.filter(
        hotlist=hotlist, generated_at__lte=at - dt.timedelta(hours=hotlist.offline_life_hours)
    )
    return past.aggregate(last=Max("revision"))["last"] or 0


def trimmed(chain: list[Delta], *, whole: int, length: int, outdated: int) -> list[Delta]:
    """Without links that nobody would follow: from that far back the whole file, of this revision and length, is shorter, or
    no matcher's copy is that old. A link names what went, and must not outlive it on a list that hardly changes (R-085)."""
    kept: list[Delta] = []
    for link in reversed(chain):
        if link.revision <= whole and (
            link.revision <= outdated or sum(each.length for each in (link, *kept)) > length
        ):
            break
        kept.insert(0, link)
    return kept


def follows(chain: list[Delta], whole: int) -> bool:
    """Whether the chain leads on from the whole file of this revision."""
    return way([link.step for link in chain], whole, whole=whole) is not None


def most_told(rows: int) -> int:
    """How many changes of a list of so many rows are still told by a delta; more are better told by a whole file."""
    return max(FEW_CHANGES, int(MOST_CHANGED * rows))


def is_whole_file_due(
    publication: Publication, whole_made_at: dt.datetime, at: dt.datetime, *, outdated: int = 0
) -> bool:
    """Whether the whole file should be made anew: much follows it, or it is old and something does, or a link is outdated."""
    if any(link.revision <= outdated for link in of(publication)):
        return True
    after = [link for link in of(publication) if link.revision > whole_revision(publication)]
    return sum(link.changes for link in after) > most_told(publication.rows) or bool(
        after and whole_made_at <= at - LONGEST
    )


def told(chain: Iterable[Delta]) -> list[dict[str, Any]]:
    """The chain as a manifest tells of it."""
    return [link.step._asdict() for link in chain]


def _written(role: ListRole, since: int, revision: int, changes: Changes, *, weight: int) -> Delta:
    written = files.write_delta(role.name, Step(since, revision, len(changes)), changes)
    return Delta(since, revision, len(changes), weight, written.sha256, written.length)


def _read(role: ListRole, link: Delta) -> Changes:
    return read(files.delta_path(role.name, link.sha256, link.step).read_bytes(), link.changes)
