"""Which published rows an old format can carry without making them broader than was authorised; the others are withheld.

Judged inside the database, by one expression for files, counts and recalls, so that they cannot disagree.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from hotlists.models import Hotlist
from matchers.models import Disclosure, Publication
from standards.models import StandardsProfile

BATCH = 5_000


# Why a row is withheld -> as people are told.
REASONS = {
    "suppressed": "hidden from alerts, so it leaves in no file",
    "lapsed": "over, or on a list that is",
    "ends_today": "ends before the day does; files but STIX know whole days only",
    "place_or_time": "authorised for some places or times only, which no file can say",
    "not_begun": "has not begun; only delimited text and STIX say when it does",
    "foreign": "not a plate of the United Kingdom; only delimited text and STIX have a country",
    "too_long": "the plate is longer than the column of a VOI file",
    "quiet": "nobody is to be stopped, which only a VOI file and STIX can say",
    "marker": "carries a warning marker, which delimited text cannot say",
}
LONGEST_VRM = 10

# `f` are the fields of matcher_client.rows.Row, counted from one; rows of format 1 have neither response nor scope.
FIELDS = "CROSS JOIN LATERAL (SELECT string_to_array(p.canonical, chr(31)) AS f) fields"
_RESPONSE = "CASE WHEN cardinality(f) = 20 THEN f[14] ELSE '' END"
_SCOPE = "CASE WHEN cardinality(f) = 20 THEN f[15] ELSE '' END"
STARTS = "NULLIF(f[cardinality(f) - 3], '')::bigint"


def _withheld(*, form: str, now: str, list_ends: str, suppressed: str) -> str:
    """The reason as SQL, NULL for a row that is carried; the arguments are SQL for what the file was made with."""
    ends = f"least(p.lapses_at, {list_ends})"
    london = "AT TIME ZONE 'Europe/London'"
    # The last whole day: a date stands for the end of that day, so what ends within a day is carried until the one before.
    last_day = f"(to_timestamp({ends}) {london})::date - 1"
    return f"""
        CASE
            WHEN f[5] = ANY({suppressed}) THEN 'suppressed'
            WHEN {ends} IS NULL OR {ends} <= extract(epoch FROM {now}) THEN 'lapsed'
            WHEN {form} <> 'stix' AND {last_day} < ({now} {london})::date THEN 'ends_today'
            WHEN {_SCOPE} <> '' THEN 'place_or_time'
            WHEN {form} NOT IN ('text', 'stix') AND {STARTS} > extract(epoch FROM {now}) THEN 'not_begun'
            WHEN {form} NOT IN ('text', 'stix') AND p.country <> 'GB' THEN 'foreign'
            WHEN {form} = 'voi' AND length(p.vrm) > {LONGEST_VRM} THEN 'too_long'
            WHEN {form} NOT IN ('voi', 'stix') AND (f[6] NOT IN ('STOP', 'ASSESS') OR {_RESPONSE} = 'RECORD_ONLY') THEN 'quiet'
            WHEN {form} = 'text' AND f[11] <> '' THEN 'marker'
        END
    """


NAMED = _withheld(
    form="%(form)s::text", now="%(now)s::timestamptz", list_ends="%(list_ends)s::bigint", suppressed="%(suppressed)s::text[]"
)  # fmt: skip
_OF_DISCLOSURE = _withheld(
    form="d.form", now="d.taken_at", list_ends="d.list_ends",
    suppressed="d.suppressed::text[]",
)  # fmt: skip

_ROWS = f"""
    SELECT withheld, f, least(p.lapses_at, %(list_ends)s::bigint), coalesce(v.make, r.make, ''),
        coalesce(v.model, r.model, ''), coalesce(v.colour, r.colour, ''), coalesce(v.area, r.force_area, '')
    FROM matchers_publishedrow p {FIELDS}
        CROSS JOIN LATERAL (SELECT {NAMED} AS withheld) judged
        LEFT JOIN hotlists_entryversion v ON v.id = NULLIF(p.version, '')::uuid
        LEFT JOIN hotlists_feedrow r
            ON p.version = '' AND r.hotlist_id = p.hotlist_id AND r.country = p.country AND r.vrm = p.vrm AND r.ref = p.ref
    WHERE p.hotlist_id = %(hotlist)s AND p.since_revision <= %(revision)s
        AND (p.until_revision IS NULL OR p.until_revision > %(revision)s)
    ORDER BY p.country, p.vrm, p.ref
"""  # noqa: S608 - of constants

# Rows of the file `d` that were taken back since; what lapsed by its own date the file said itself.
_TAKEN_BACK = f"""
    FROM matchers_publishedrow p
        JOIN matchers_recall c ON c.row_id = p.id AND c.revision > d.revision AND c.reason <> 'lapsed'
        {FIELDS}
    WHERE p.hotlist_id = d.hotlist_id AND p.since_revision <= d.revision AND ({_OF_DISCLOSURE}) IS NULL
"""
_TOLD = "coalesce((SELECT max(t.revision) FROM matchers_disclosuretold t WHERE t.disclosure_id = d.id), 0)"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a file is made with: from which revision, as what, at which moment, until when at most."""

    publication: Publication
    form: Disclosure.Form
    at: dt.datetime
    list_ends: int | None  # seconds since 1970: the list's own end, or that of the allocation if sooner
    suppressed: tuple[str, ...]

    @classmethod
    def of(
        cls, publication: Publication, form: Disclosure.Form, at: dt.datetime, *, until: dt.datetime | None = None
    ) -> "Terms":
        """As they stand at this moment."""
        ends = [int(end.timestamp()) for end in (publication.list_lapses_at, until) if end is not None]
        profile = StandardsProfile.objects.in_force(at)
        hidden = profile.categories.filter(is_suppression=True).order_by("code").values_list("code", flat=True)
        return cls(publication, form, at, min(ends, default=None), tuple(hidden))


@dataclass(frozen=True, slots=True)
class Carried:
    """A row as an old format gets it: the published fields, and the description that stands beside them."""

    fields: list[str]
    ends: int
    make: str
    model: str
    colour: str
    area: str


@transaction.atomic
def rows(terms: Terms, withheld: Counter[str]) -> Iterator[Carried]:
    """The rows of the revision that the form can carry, streamed; counts the others in `withheld`.

    Only what was published is read, at its revision: what is merely in force by now is not there.
    """
    if terms.publication.is_ending:
        return
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            _ROWS,
            {
                "hotlist": terms.publication.hotlist_id, "revision": terms.publication.revision, "form": terms.form.value,
                "now": terms.at, "list_ends": terms.list_ends, "suppressed": list(terms.suppressed),
            },
        )  # fmt: skip
        while batch := cursor.fetchmany(BATCH):
            for reason, fields, ends, make, model, colour, area in batch:
                if reason:
                    withheld[reason] += 1
                else:
                    yield Carried(fields, ends, make, model, colour, area)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A row that left in an unsigned file and was withdrawn or corrected since."""

    country: str
    vrm: str
    ref: str
    reason: str
    at: dt.datetime
    is_told: bool


def taken_back(disclosure: Disclosure, most: int) -> list[TakenBack]:
    """What of this file is no longer to be looked for, or not as it stands there; newest first, at most so many."""
    query = f"""
        SELECT found.* FROM matchers_disclosure d CROSS JOIN LATERAL (
            SELECT p.country, p.vrm, p.ref, c.reason, c.opened_at, c.revision <= {_TOLD} {_TAKEN_BACK}
            ORDER BY c.revision DESC, p.country, p.vrm, p.ref LIMIT %s
        ) found WHERE d.id = %s
    """  # noqa: S608 - of constants
    with connection.cursor() as cursor:
        cursor.execute(query, [most, disclosure.pk])
        return [TakenBack(*found) for found in cursor.fetchall()]


def counts_taken_back(disclosures: list[Disclosure], most: int) -> dict[Any, tuple[int, int]]:
    """For each of these files how many of its rows were taken back, and of how many its recipient has not been told.

    Counts no further than `most`; one query however many files.
    """
    query = f"""
        SELECT d.id, found.rows, found.untold FROM matchers_disclosure d CROSS JOIN LATERAL (
            SELECT count(*) AS rows, count(*) FILTER (WHERE revision > {_TOLD}) AS untold FROM (
                SELECT c.revision {_TAKEN_BACK} ORDER BY c.revision DESC LIMIT %s
            ) newest
        ) found WHERE d.id = ANY(%s)
    """  # noqa: S608 - of constants
    with connection.cursor() as cursor:
        cursor.execute(query, [most, [each.pk for each in disclosures]])
        return {key: (rows, untold) for key, rows, untold in cursor.fetchall()}


def disclosed_with(hotlist: Hotlist, ref: str) -> list[Any]:
    """The keys of files in which rows of this reference left."""
    query = f"""
        SELECT DISTINCT d.id FROM matchers_disclosure d
            JOIN matchers_publishedrow p ON p.hotlist_id = d.hotlist_id AND p.since_revision <= d.revision
                AND (p.until_revision IS NULL OR p.until_revision > d.revision)
            {FIELDS}
        WHERE p.hotlist_id = %s AND p.ref = %s AND ({_OF_DISCLOSURE}) IS NULL
    """  # noqa: S608 - of constants
    with connection.cursor() as cursor:
        cursor.execute(query, [hotlist.pk, ref])
        return [key for (key,) in cursor.fetchall()]


def untold(hotlists: Any) -> list[Any]:
    """The keys of files on these lists of which something was taken back that their recipients have not been told."""
    query = f"""
        SELECT d.id FROM matchers_disclosure d
        WHERE d.hotlist_id = ANY(%s)
            AND NOT EXISTS (SELECT FROM matchers_disclosuretold t WHERE t.disclosure_id = d.id AND t.is_destroyed)
            AND EXISTS (SELECT {_TAKEN_BACK} AND c.revision > {_TOLD})
    """  # noqa: S608 - of constants
    with connection.cursor() as cursor:
        cursor.execute(query, [list(hotlists.values_list("pk", flat=True))])
        return [key for (key,) in cursor.fetchall()]


def last_day(ends: int) -> dt.date:
    """The last whole day here before this end, as the files write it."""
    return timezone.localtime(dt.datetime.fromtimestamp(ends, dt.UTC)).date() - dt.timedelta(days=1)


def first_day(starts: int) -> dt.date:
    """The first whole day here from this start on."""
    local = timezone.localtime(dt.datetime.fromtimestamp(starts, dt.UTC))
    return local.date() if local.time() == dt.time.min else local.date() + dt.timedelta(days=1)


def starts_after(revisions: dict[Any, int], at: dt.datetime) -> dict[Any, dt.datetime]:
    """For each list at its revision, when the next row begins that had not begun at this moment."""
    query = f"""
        SELECT p.hotlist_id, to_timestamp(min({STARTS}))
        FROM unnest(%s::uuid[], %s::bigint[]) AS wanted (hotlist_id, revision)
            JOIN matchers_publishedrow p ON p.hotlist_id = wanted.hotlist_id AND p.since_revision <= wanted.revision
                AND (p.until_revision IS NULL OR p.until_revision > wanted.revision)
            {FIELDS}
        WHERE {STARTS} > extract(epoch FROM %s::timestamptz) GROUP BY 1
    """  # noqa: S608 - of constants
    with connection.cursor() as cursor:
        cursor.execute(query, [list(revisions), list(revisions.values()), at])
        return dict(cursor.fetchall())
