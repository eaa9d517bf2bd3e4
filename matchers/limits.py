"""How much of a list one revision may change before a second person is asked (R-103); what people ordered never waits."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from hotlists.models import Entry, EntryVersion, Hotlist, Load, SourceAgreement, Suspension, Term
from matcher_client.rows import SINCE_FORMAT_2
from matchers.models import Halt, HeldChange, Publication
from matchers.sources.wanted import WANTED, clean_sql
from standards.models import StandardsProfile

LIMIT = "publication.change.limit"
LEAST = "publication.change.least"
SHOWN_CAUSES = 20

DIFFERENCE = "matchers_difference"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a revision would change that nobody vouched for, of how many rows, and whether that is too much at once."""

    base_rows: int
    counts: Counter[str]
    limit: int
    is_over: bool

    @property
    def held(self) -> int:
        """How many rows that are."""
        return self.counts.total()


def measure(cursor: Any, hotlist: Hotlist, *, at: dt.datetime, halt: Halt | None, touched: str = "") -> Measured | None:
    """Compares WANTED with what is published; None where there is nothing to compare with: a list's first filling.

    Of what differs these are free, and go out whatever else waits: what lapsed, what a person withdrew, held back or
    corrected, what a load did that a second person accepted, and what a second person released. The rest is left in
    DIFFERENCE with `is_free` false. `touched` narrows the comparison to the plates that are looked at.
    """
    revisions = Publication.objects.to_all().filter(hotlist=hotlist, rows__gt=0).order_by("-revision")
    base = revisions.values("revision", "rows", "generated_at").first()
    if base is None:
        return None
    since = halt.since_at if halt is not None else base["generated_at"]
    facts = {
        "hotlist": hotlist.pk, "revision": base["revision"], "now": at, "now_seconds": at.timestamp(), "since": since,
        "halt": halt.pk if halt is not None and halt.is_released else None,
    }  # fmt: skip
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{DIFFERENCE}")
    cursor.execute(_DIFFERENCE.format(touched=touched), facts)
    if cursor.rowcount:
        if hotlist.kind == Hotlist.Kind.FEED:
            cursor.execute(_FREE_OF_A_FEED, facts)
        else:
            _free_of_entries(cursor, hotlist, at)
        if facts["halt"] is not None:
            cursor.execute(_FREE_BY_RELEASE, facts)
    cursor.execute(f"SELECT change, count(*) FROM {DIFFERENCE} WHERE NOT is_free GROUP BY change")  # noqa: S608
    counts = Counter(dict(cursor.fetchall()))
    standards = StandardsProfile.objects.in_force(at)
    rows, least, limit = base["rows"], standards.number(LEAST), _limit_of(hotlist, standards, at)
    is_over = _is_too_much(counts.total(), rows, limit, least) or least < counts["removed"] >= rows
    goes_alone = not touched or halt is None or halt.removed == 0  # else it may be part of a removal that is stopped
    if goes_alone and 0 < counts["removed"] < rows and not _is_too_much(counts["removed"], rows, limit, least):
        # Forgetting does not wait for what comes beside it, while it is within the limit by itself.
        cursor.execute(f"UPDATE {DIFFERENCE} SET is_free = true WHERE change = 'removed'")  # noqa: S608
        del counts["removed"]
    return Measured(rows, counts, limit, is_over)


def _is_too_much(changes: int, rows: int, limit: int, least: int) -> bool:
    return changes > least and changes * 100 > limit * rows


def hold_back(cursor: Any) -> None:
    """Makes WANTED say of every row that is not free what is published of it."""
    cursor.execute(_NOT_ADDED)
    cursor.execute(_NOT_CHANGED)
    cursor.execute(_NOT_REMOVED)


def free_but_refused(cursor: Any, halt: Halt) -> bool:
    """Lets all go that a second person did not refuse. Returns whether anything is left that was refused."""
    cursor.execute(_FREE_UNLESS_SHOWN, {"halt": halt.pk})
    cursor.execute(f"SELECT EXISTS (SELECT FROM {DIFFERENCE} WHERE NOT is_free)")  # noqa: S608 - of constants
    return bool(cursor.fetchone()[0])


def says_more(cursor: Any, halt: Halt) -> bool:
    """Whether something would be held back that the halt does not show."""
    cursor.execute(_MORE, {"halt": halt.pk})
    return bool(cursor.fetchone()[0])


def show(cursor: Any, halt: Halt) -> None:
    """Keeps the rows that are held back with the halt, and sets its digest over them; the caller saves it."""
    HeldChange.objects.filter(halt=halt).delete()
    cursor.execute(_SHOW, {"halt": halt.pk})
    cursor.execute(_DIGEST, {"halt": halt.pk})
    halt.digest = cursor.fetchone()[0]


def causes(cursor: Any, hotlist: Hotlist, since: dt.datetime) -> tuple[list[str], set[int]]:
    """Where the rows that are held back come from, in words; and the people whose doing it is."""
    return _loads(cursor, hotlist, since) if hotlist.kind == Hotlist.Kind.FEED else _decisions(cursor)


def _limit_of(hotlist: Hotlist, standards: StandardsProfile, at: dt.datetime) -> int:
    agreements = SourceAgreement.objects.governing(at).filter(hotlist=hotlist, change_limit__isnull=False)
    agreed = agreements.order_by("-from_at").values_list("change_limit", flat=True).first()
    return agreed if agreed is not None else standards.number(LIMIT)


def _free_of_entries(cursor: Any, hotlist: Hotlist, at: dt.datetime) -> None:
    """Entries are changed by two people one by one; they go when somebody withdrew or stopped them, or their term ended."""
    cursor.execute(f"SELECT ref FROM {DIFFERENCE} WHERE change = 'removed' AND NOT is_free")  # noqa: S608
    stopped = Suspension.objects.filter(entry=OuterRef("pk")).open_at(at)
    runs = Term.objects.governing(at).filter(entry=OuterRef("pk"), lapses_at__gt=at)
    gone = Entry.objects.filter(hotlist=hotlist, pk__in=[ref for (ref,) in cursor.fetchall()]).filter(
        Q(withdrawn_at__lte=at) | Exists(stopped) | ~Exists(runs)
    )
    refs = [str(pk) for pk in gone.values_list("pk", flat=True)]
    cursor.execute(
        f"""
        UPDATE {DIFFERENCE} d SET is_free = true
        WHERE change = 'changed'
            OR (change = 'removed' AND (ref = ANY(%s) OR EXISTS (SELECT FROM {WANTED} w WHERE w.ref = d.ref)))
        """,  # noqa: S608 - of constants
        [refs],
    )


def _loads(cursor: Any, hotlist: Hotlist, since: dt.datetime) -> tuple[list[str], set[int]]:
    cursor.execute(f"SELECT DISTINCT load FROM {DIFFERENCE} WHERE NOT is_free AND load IS NOT NULL LIMIT 1000")  # noqa: S608
    named = [pk for (pk,) in cursor.fetchall()]
    found = Load.objects.filter(Q(pk__in=named) | Q(loaded_at__gt=since), hotlist=hotlist, status=Load.Status.LOADED)
    loads = list(found.select_related("uploaded_by", "uploaded_machine", "decided_by").order_by("-loaded_at"))
    words = [
        f"File {load.file_name} from {load.uploader}, loaded on {_day(load.loaded_at)}" for load in loads[:SHOWN_CAUSES]
    ]
    people = {pk for load in loads for pk in (load.uploaded_by_id, load.decided_by_id) if pk is not None}
    return words, people


def _decisions(cursor: Any) -> tuple[list[str], set[int]]:
    cursor.execute(f"SELECT DISTINCT version FROM {DIFFERENCE} WHERE NOT is_free AND change = 'added'")  # noqa: S608
    found = EntryVersion.objects.filter(pk__in=[version for (version,) in cursor.fetchall() if version])
    people: set[int] = set()
    authors: Counter[str] = Counter()
    for version in found.prefetch_related("decisions").select_related("submitted_by"):
        people |= {decision.decided_by_id for decision in version.decisions.all()}
        if version.submitted_by is not None:
            people.add(version.submitted_by_id)
            authors[str(version.submitted_by)] += 1
    words = [f"Entries that {author} asked for: {count}" for author, count in authors.most_common(SHOWN_CAUSES)]
    return words, people


def _day(moment: dt.datetime | None) -> str:
    return f"{timezone.localtime(moment):%d %B %Y at %H:%M}" if moment else ""


# What is said of a row without its five dates: a date that moves is no change that anybody has to release.
_WORDS = r"regexp_replace({}, '(\x1f[^\x1f]*){{{{5}}}}$', '')"
_LIMITLESS = "\x1f" * len(SINCE_FORMAT_2)

_DIFFERENCE = f"""
    CREATE TEMPORARY TABLE {DIFFERENCE} ON COMMIT DROP AS
    SELECT country, vrm, ref, w.version, coalesce(w.canonical, p.canonical) AS canonical,
        CASE WHEN p.until_revision IS NULL THEN p.canonical END AS published,
        p.version AS published_version, p.lapses_at AS published_lapses_at,
        CASE WHEN p.id IS NULL AND other.id IS NOT NULL THEN 'changed' WHEN p.id IS NULL THEN 'added'
            WHEN w.canonical IS NULL THEN 'removed' ELSE 'changed' END AS change,
        w.canonical IS NULL AND (p.until_revision IS NOT NULL OR coalesce(p.lapses_at <= %(now_seconds)s, false)) AS is_free,
        NULL::uuid AS load
    FROM (
        SELECT * FROM matchers_publishedrow p
        WHERE p.hotlist_id = %(hotlist)s AND p.since_revision <= %(revision)s
            AND (p.until_revision IS NULL OR p.until_revision > %(revision)s) {{touched}}
    ) p
    FULL JOIN {WANTED} w USING (country, vrm, ref)
    LEFT JOIN LATERAL (  -- an entry that is published under another plate
        SELECT o.id FROM matchers_publishedrow o
        WHERE p.id IS NULL AND w.version <> '' AND o.hotlist_id = %(hotlist)s AND o.ref = w.ref AND o.until_revision IS NULL
        LIMIT 1
    ) other ON true
    WHERE p.id IS NULL OR w.canonical IS NULL OR (
        p.canonical <> w.canonical
        AND {_WORDS.format("w.canonical")} NOT IN ({_WORDS.format("p.canonical")}, {_WORDS.format("p.canonical")} || '{_LIMITLESS}')
    )
"""  # noqa: S608 - of constants

# A second person stands behind a load: whoever accepted it did not upload it.
_VOUCHED = "l.decided_by_id IS NOT NULL AND l.decided_by_id IS DISTINCT FROM l.uploaded_by_id"

_FREE_OF_A_FEED = f"""
    UPDATE {DIFFERENCE} d SET load = found.load, is_free = d.is_free OR found.is_free
    FROM (
        SELECT d.country, d.vrm, d.ref, coalesce(r.load_id, left_.load_id) AS load,
            coalesce({_VOUCHED}, false)
            OR coalesce(d.change = 'removed' AND (
                EXISTS (
                    SELECT FROM hotlists_feedexception e
                    WHERE e.hotlist_id = %(hotlist)s AND e.country = d.country AND e.vrm = d.vrm
                        AND e.from_at <= %(now)s AND (e.to_at IS NULL OR e.to_at > %(now)s)
                )
                OR coalesce(r.expires_at <= %(now)s, false)
                OR coalesce(left_.why IN ('weeded', 'recovered'), false)
            ), false) AS is_free
        FROM {DIFFERENCE} d
            LEFT JOIN hotlists_feedrow r
                ON r.hotlist_id = %(hotlist)s AND r.country = d.country AND r.vrm = d.vrm AND {clean_sql("r.ref")} = d.ref
            LEFT JOIN (
                SELECT DISTINCT ON (country, vrm, ref) country, vrm, ref, load_id, why FROM hotlists_departure
                WHERE hotlist_id = %(hotlist)s AND left_at >= %(since)s - interval '1 day' -- a merge writes it, and commits later
                ORDER BY country, vrm, ref, left_at DESC, id DESC
            ) left_ ON r.vrm IS NULL AND left_.country = d.country AND left_.vrm = d.vrm AND {clean_sql("left_.ref")} = d.ref
            LEFT JOIN hotlists_load l ON l.id = coalesce(r.load_id, left_.load_id)
    ) found
    WHERE found.country = d.country AND found.vrm = d.vrm AND found.ref = d.ref
"""  # noqa: S608 - of constants

_IS_SHOWN = """
    SELECT FROM matchers_heldchange h
    WHERE h.halt_id = %(halt)s AND h.change = d.change AND h.country = d.country AND h.vrm = d.vrm AND h.ref = d.ref
        AND h.canonical = d.canonical
"""
_FREE_BY_RELEASE = f"UPDATE {DIFFERENCE} d SET is_free = true WHERE EXISTS ({_IS_SHOWN})"  # noqa: S608 - of constants
_FREE_UNLESS_SHOWN = f"UPDATE {DIFFERENCE} d SET is_free = true WHERE NOT EXISTS ({_IS_SHOWN})"  # noqa: S608
_MORE = f"SELECT EXISTS (SELECT FROM {DIFFERENCE} d WHERE NOT is_free AND NOT EXISTS ({_IS_SHOWN}))"  # noqa: S608

_SAME_KEY = "w.country = d.country AND w.vrm = d.vrm AND w.ref = d.ref AND NOT d.is_free"
_NOT_ADDED = f"DELETE FROM {WANTED} w USING {DIFFERENCE} d WHERE {_SAME_KEY} AND d.published IS NULL"  # noqa: S608
_NOT_CHANGED = f"""
    UPDATE {WANTED} w SET canonical = d.published, version = d.published_version, lapses_at = d.published_lapses_at
    FROM {DIFFERENCE} d WHERE {_SAME_KEY} AND d.published IS NOT NULL
"""  # noqa: S608 - of constants
_NOT_REMOVED = f"""
    INSERT INTO {WANTED} (country, vrm, ref, version, canonical, lapses_at)
    SELECT country, vrm, ref, published_version, published, published_lapses_at FROM {DIFFERENCE}
    WHERE change = 'removed' AND NOT is_free
"""  # noqa: S608 - of constants

_SHOW = f"""
    INSERT INTO matchers_heldchange (halt_id, change, country, vrm, ref, canonical)
    SELECT %(halt)s, change, country, vrm, ref, canonical FROM {DIFFERENCE} WHERE NOT is_free
"""  # noqa: S608 - of constants
_DIGEST = """
    SELECT encode(sha256(convert_to(coalesce(string_agg(
        encode(sha256(convert_to(concat_ws(chr(31), change, country, vrm, ref, canonical), 'UTF8')), 'hex'), ''
        ORDER BY change, country, vrm, ref
    ), ''), 'UTF8')), 'hex')
    FROM matchers_heldchange WHERE halt_id = %(halt)s
"""
