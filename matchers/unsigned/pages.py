"""What a list says by STIX, a page at a time in the order in which it came to be said: rows, and that rows were withdrawn."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from matcher_client.rows import fields_of
from matchers.models import Allocation, Publication
from matchers.unsigned import stix
from matchers.unsigned.carrying import FIELDS, NAMED, Terms


class Position(NamedTuple):
    """Where a page ended: the next begins after it."""

    at: dt.datetime
    number: int


class Said(NamedTuple):
    """An object, since when it is said so, and where it stands."""

    position: Position
    object: stix.Object


@dataclass(frozen=True, slots=True)
class Only:
    """Which objects are asked for; None where that does not matter. There is one version of each: the last."""

    ids: frozenset[str] | None = None
    types: frozenset[str] | None = None
    versions: frozenset[str] | None = None
    spec_versions: frozenset[str] | None = None

    def takes(self, each: stix.Object) -> bool:
        """Whether this is one of them."""
        return (
            (self.ids is None or each["id"] in self.ids)
            and (self.types is None or each["type"] in self.types)
            and (self.spec_versions is None or each["spec_version"] in self.spec_versions)
            and (self.versions is None or bool(self.versions & {"first", "last", "all", version_of(each)}))
        )


def version_of(each: stix.Object) -> str:
    """By which a version of an object is known."""
    return str(each.get("modified", each["created"]))


# A row says something else from its revision on, or since what bounds all rows (the end of the list, of its being given) moved.
_CURRENT = f"""
    SELECT p.id, greatest(coalesce(s.generated_at, %(created)s), %(terms_at)s) AS at, FALSE AS is_withdrawn, p.canonical, p.bucket_key
    FROM matchers_publishedrow p
        LEFT JOIN matchers_publication s ON s.hotlist_id = p.hotlist_id AND s.revision = p.since_revision
        {FIELDS}
    WHERE p.hotlist_id = %(hotlist)s AND p.since_revision <= %(revision)s
        AND (p.until_revision IS NULL OR p.until_revision > %(revision)s) AND ({NAMED}) IS NULL
"""  # noqa: S608 - of constants

# Only of rows that were there at the revision which the asker has: nobody is told of a plate that they never had.
_WITHDRAWN = f"""
    SELECT p.id, u.generated_at, TRUE, p.canonical, p.bucket_key
    FROM matchers_publishedrow p
        JOIN matchers_publication u ON u.hotlist_id = p.hotlist_id AND u.revision = p.until_revision
        {FIELDS}
    WHERE p.hotlist_id = %(hotlist)s AND p.since_revision <= %(held)s
        AND p.until_revision > %(held)s AND p.until_revision <= %(revision)s
        AND coalesce({NAMED}, '') NOT IN ('place_or_time', 'suppressed')
        AND NOT EXISTS (
            SELECT FROM (
                SELECT * FROM matchers_publishedrow q
                WHERE q.hotlist_id = %(hotlist)s AND (q.country, q.vrm, q.ref) = (p.country, p.vrm, p.ref)
                    AND q.since_revision <= %(revision)s
                    AND (q.until_revision IS NULL OR q.until_revision > %(revision)s)
            ) p {FIELDS} WHERE ({NAMED}) IS NULL
        )
"""  # noqa: S608 - of constants

_PAGE = f"""
    SELECT at, id, is_withdrawn, canonical FROM ({_CURRENT} UNION ALL {_WITHDRAWN}) said
    WHERE at > %(since)s AND (at, id) > (%(after_at)s, %(after_number)s)
        AND (%(buckets)s::bigint[] IS NULL OR bucket_key = ANY(%(buckets)s))
    ORDER BY at, id LIMIT %(most)s
"""  # noqa: S608 - of constants

_WITHHELD = f"""
    SELECT withheld, count(*) FROM matchers_publishedrow p {FIELDS} CROSS JOIN LATERAL (SELECT {NAMED} AS withheld) judged
    WHERE p.hotlist_id = %(hotlist)s AND p.since_revision <= %(revision)s
        AND (p.until_revision IS NULL OR p.until_revision > %(revision)s) AND withheld IS NOT NULL
    GROUP BY 1
"""  # noqa: S608 - of constants

FIRST = Position(dt.datetime.fromtimestamp(0, dt.UTC), -1_000)


def said(
    terms: Terms, *, since: dt.datetime | None, after: Position, most: int, given_at: dt.datetime, only: Only
) -> tuple[list[Said], Position | None]:
    """At most so many objects after a position, of what came to be said after `since`; without it, of all that is said now.
    And the position after which there is more."""
    hotlist = terms.publication.hotlist
    floor = since or FIRST.at
    fixed = [
        Said(Position(hotlist.created_at, number - 1_000), each)
        for number, each in enumerate(stix.standing(hotlist), 1)
    ]
    found = [each for each in fixed if each.position > after and each.position.at > floor]
    if len(found) <= most:
        found += _rows(terms, floor, after, most - len(found) + 1, given_at, only)
    page = found[:most]
    return [each for each in page if only.takes(each.object)], page[-1].position if len(found) > most else None


def withheld(terms: Terms) -> Counter[str]:
    """Why how many rows are not said."""
    with connection.cursor() as cursor:
        cursor.execute(_WITHHELD, _facts(terms))
        return Counter(dict(cursor.fetchall()))


def bounds_moved_at(publication: Publication, allocation: Allocation) -> dt.datetime:
    """When what bounds all rows was last moved: the end of the list as it was published, or of its being given."""
    earlier = Publication.objects.to_all().filter(hotlist=publication.hotlist_id, revision__lt=publication.revision)
    other = earlier.exclude(list_lapses_at=publication.list_lapses_at).order_by("-revision").first()
    same = Publication.objects.to_all().filter(
        hotlist=publication.hotlist_id, revision__lte=publication.revision, revision__gt=other.revision if other else 0
    )
    return max(allocation.prolonged_at or allocation.from_at, same.order_by("revision")[0].generated_at)


def _rows(
    terms: Terms, since: dt.datetime, after: Position, most: int, given_at: dt.datetime, only: Only
) -> Iterator[Said]:
    hotlist = terms.publication.hotlist
    published = Publication.objects.to_all().filter(hotlist=hotlist, generated_at__lte=since)
    held = published.order_by("-revision").values_list("revision", flat=True).first() or 0
    buckets = None if only.ids is None else [stix.bucket_key_of(hotlist, each) for each in only.ids]
    facts = {
        **_facts(terms), "buckets": buckets, "created": hotlist.created_at, "terms_at": given_at, "held": held, "since": since,
        "after_at": after.at, "after_number": after.number, "most": most,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_PAGE, facts)
        for at, number, is_withdrawn, canonical in cursor.fetchall():
            fields = fields_of(canonical)
            if is_withdrawn:
                told = stix.withdrawn(hotlist, fields, at=at)
            else:
                lapses = [int(fields["lapses_at"])] if fields["lapses_at"] else []
                ends = min(lapses + ([terms.list_ends] if terms.list_ends is not None else []))
                told = stix.indicator(hotlist, fields, ends=ends, at=at)
            yield Said(Position(at, number), told)


def _facts(terms: Terms) -> dict[str, object]:
    publication = terms.publication
    return {
        "hotlist": publication.hotlist_id, "revision": publication.revision, "form": terms.form.value, "now": terms.at,
        "list_ends": terms.list_ends, "suppressed": list(terms.suppressed),
    }  # fmt: skip
