"""A night's screening for signs of misuse, in a large force's half year: a million looks and searches, its entries and its hits."""

import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from audit.verbs import Verb
from bench.cast import JOB, assessment, fill, managed_list, say, staff
from bench.figures import Figure
from bench.published import publication
from hotlists.models import Entry, EntryVersion
from matchers.actions import add_matcher
from matchers.models import Matcher
from portal.database.throwaway import admin_connection
from portal.partitions import ensure_partitions
from scrutiny.actions import screen
from scrutiny.indicators import INDICATORS, Span
from scrutiny.models import Signal
from standards.models import StandardsProfile

NAME = "screening"
NIGHT = 600.0  # seconds
MEMORY = 262_144.0  # KiB by which the process may grow
DAYS = 180  # as far as what is usual is looked back on
PEOPLE = 500  # who write and decide
FOLLOWERS = 5  # people who look one plate up every few days
REPLICA = "-c session_replication_role=replica"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    events: int
    entries: int
    hits: int
    people: int  # who look and search


FULL, QUICK = Size(1_000_000, 200_000, 200_000, 500), Size(10_000, 2_000, 2_000, 25)

# A key holds its moment. People work in one of three shifts; one act in fifty submits what somebody searches for soon after.
EVENTS = """
    INSERT INTO audit_event (id, at, verb, operation, subject_kind, subject_id, actor_kind, actor_id, plate_hash, count,
        correlation_id, commitment)
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid, at, verb,
        'consultation', 'hotlists.entry', n::text, 'user', (%(users)s::int[])[1 + who], repeat(md5(plate::text), 2), NULL, n::text, ''
    FROM (
        SELECT n, n %% %(people)s AS who, (%(verbs)s::text[])[1 + n / %(people)s %% 50] AS verb,
            CASE WHEN n %% %(people)s < %(followers)s AND n %% 3 = 0 THEN 0 ELSE n / 3 %% 200003 END AS plate,
            date_trunc('day', %(now)s::timestamptz) - (n::bigint * %(days)s / %(events)s + 1) * interval '1 day'
                + (6 + n %% %(people)s %% 3 * 7 + random() * 8) * interval '1 hour' AS at
        FROM generate_series(0, %(events)s - 1) n
    ) made
"""
# As the pattern but for what tells them apart: one in ten is refused, one in five is over. One in a hundred asks again for a
# plate that was refused, one in fifty under a reference whose case may be over.
ENTRIES = """
    CREATE TEMP TABLE made AS
    SELECT n, gen_random_uuid() AS entry, gen_random_uuid() AS version, gen_random_uuid() AS decision,
        'A' || chr(65 + plate / 17576 %% 26) || '01' || chr(65 + plate / 676 %% 26) || chr(65 + plate / 26 %% 26)
            || chr(65 + plate %% 26) AS vrm,
        'CR/' || n - (n %% 50 = 31)::int || '/26' AS ref, (%(users)s::int[])[1 + n %% 400] AS author,
        (%(users)s::int[])[401 + (n * 7 + n / 400) %% 40] AS decider,
        %(now)s::timestamptz - random() * %(days)s * interval '1 day' AS at
    FROM (SELECT n, n - (n %% 100 = 10)::int AS plate FROM generate_series(1, %(entries)s) n) numbers;
    INSERT INTO hotlists_entry SELECT p.* FROM made m, hotlists_entry e, LATERAL jsonb_populate_record(e, jsonb_build_object(
        'id', entry, 'owner_id', author, 'created_by_id', author, 'created_at', at) || CASE WHEN n %% 5 = 0 THEN jsonb_build_object(
        'withdrawn_by_id', author, 'withdrawn_at', at + interval '3 days', 'withdrawal_reason',
        (ARRAY['located', 'arrested', 'recovered'])[1 + n / 5 %% 3]) ELSE '{}' END) p WHERE e.id = %(entry)s;
    INSERT INTO hotlists_entryversion SELECT p.* FROM made m, hotlists_entryversion v, LATERAL jsonb_populate_record(v,
        jsonb_build_object('id', version, 'entry_id', entry, 'vrm', m.vrm, 'vrm_skeleton', m.vrm, 'source_ref', ref,
        'written_by_id', author, 'submitted_by_id', author, 'written_at', at, 'submitted_at', at, 'reason', v.reason || n, 'status',
        CASE WHEN n %% 10 = 9 THEN 'rejected' ELSE 'approved' END)) p WHERE v.id = %(version)s;
    INSERT INTO hotlists_decision SELECT p.* FROM made m, hotlists_decision d, LATERAL jsonb_populate_record(d, jsonb_build_object(
        'id', decision, 'version_id', version, 'decided_by_id', decider, 'decided_at', at + (60 + random() * 7200) * interval '1 second',
        'verdict', CASE WHEN n %% 10 = 9 THEN 'reject' ELSE 'approve' END, 'rationale', 'Measured.')) p WHERE d.version_id = %(version)s;
    INSERT INTO hotlists_entryversion SELECT p.* FROM made m, hotlists_entryversion v, LATERAL jsonb_populate_record(v,
        jsonb_build_object('id', gen_random_uuid(), 'number', 2, 'expires_at', v.expires_at + interval '9 days',
        'submitted_at', v.submitted_at + interval '2 days', 'reason', v.reason || CASE WHEN n %% 70 = 1 THEN '' ELSE ' Still.' END)) p
        WHERE v.id = m.version AND n %% 7 = 1
"""
HITS = """
    INSERT INTO hits_hit (id, matcher_id, received_at, hotlist_id, revision, country, vrm, ref, category, action, priority,
        markers, action_text, contact, response, scope, vrm_read, country_read, site_ref, camera_ref, direction, captured_at,
        confidence, cautions, withheld_by, entry_id, version_id, acknowledged_at,
        closed_at)
    SELECT (lpad(to_hex((extract(epoch FROM seen) * 1000)::bigint), 12, '0') || '70008' || lpad(to_hex(h.n), 15, '0'))::uuid,
        %(matcher)s, seen, %(hotlist)s, 1, 'GB', m.vrm, '', 'CRM', 'ASSESS', 'MEDIUM', '{}', 'Assess', 'Desk', '', '{}', m.vrm, 'GB',
        'ring-north', 'ring-north-1', 'N', seen, 0.97, CASE WHEN h.n %% 50 = 0 THEN ARRAY['not_in_force_now'] ELSE '{}' END, '{}',
        m.entry, m.version, seen, seen
    FROM (SELECT n, %(now)s::timestamptz - random() * %(days)s * interval '1 day' AS seen FROM generate_series(1, %(hits)s) n) h
    JOIN made m ON m.n = 1 + h.n %% (%(entries)s / 4);
    INSERT INTO hits_acknowledgement (hit_id, acknowledged_at, acknowledged_by_id, sign_in_id)
    SELECT id, received_at, %(user)s, %(sign_in)s FROM hits_hit;
    INSERT INTO hits_outcome (hit_id, decision, reason, was_stopped, result, words, recorded_at, recorded_by_id, sign_in_id)
    SELECT id, CASE WHEN hashtext(id::text) %% 10 = 0 THEN 'DEPLOY' ELSE 'NO_ACTION' END, '', false, '', '', received_at, %(user)s,
        %(sign_in)s
    FROM hits_hit
"""


def measure(*, quick: bool) -> Iterator[Figure]:
    """Seconds of the whole night's screening, and by how much the process grew; each indicator by itself is told."""
    size = QUICK if quick else FULL
    people = staff()
    hotlist = managed_list(people, assessment(people))
    fill(hotlist, people, 1)
    with tempfile.TemporaryDirectory() as place, publication(Path(place)):
        matcher = add_matcher("Bench", by=JOB, purpose="Measuring").matcher
    _make(size, Entry.objects.get(), people["decider"], matcher)
    now = timezone.now()
    numbers = StandardsProfile.objects.in_force(now).numbers_under("indicator.")
    span = Span(now, {key: number.value for key, number in numbers.items()})
    grown = _memory()
    for indicator in INDICATORS:
        began = time.perf_counter()
        _, found = indicator.look(span, set())
        say(f"  {indicator.id:28} {time.perf_counter() - began:7.2f} s, {len(found):,} matters")
    began = time.perf_counter()
    made = screen(by=JOB)
    took = time.perf_counter() - began
    assert {"one_plate_again", "late_hits"} <= {signal.indicator for signal in made}, "what was planted was not found"
    assert Signal.objects.count() == len(made)
    yield Figure(NAME, "night", took, "s", NIGHT, took / NIGHT)
    began = time.perf_counter()
    assert not screen(by=JOB), "told twice"
    took = time.perf_counter() - began
    yield Figure(NAME, "night_after", took, "s", NIGHT, took / NIGHT)
    yield Figure(NAME, "grew", _memory() - grown, "KiB", MEMORY, (_memory() - grown) / MEMORY)


def _make(size: Size, entry: Entry, user: User, matcher: Matcher) -> None:
    """The same rows that the actions leave, past their triggers: nobody did these one by one."""
    began, now = time.perf_counter(), timezone.now()
    made = User.objects.bulk_create(User(username=f"bench.{number:03}") for number in range(PEOPLE))
    ensure_partitions(months_behind=DAYS // 28 + 1)
    verbs = [Verb.ENTRY_OPENED, Verb.HIT_OPENED, Verb.PLATE_SEARCHED, Verb.HITS_SEARCHED, Verb.PLATE_SEARCHED] * 10
    facts = {
        "now": now, "days": DAYS, "people": size.people, "followers": FOLLOWERS, "users": [one.pk for one in made], "user": user.pk,
        "sign_in": user.sign_in.pk, "matcher": matcher.pk, "hotlist": entry.hotlist_id, "entry": entry.pk,
        "version": EntryVersion.objects.get(entry=entry).pk, "verbs": [Verb.ENTRY_SUBMITTED, *verbs[1:]],
        "events": size.events, "entries": size.entries, "hits": size.hits,
    }  # fmt: skip
    with admin_connection(settings.DATABASE_NAME, options=REPLICA) as admin:
        for statement in ("SELECT setseed(0.5)", EVENTS, *ENTRIES.split(";"), *HITS.split(";")):
            admin.execute(statement, facts)
        admin.execute("VACUUM ANALYZE")
    say(
        f"{size.events:,} events, {size.entries:,} entries and {size.hits:,} hits written in {time.perf_counter() - began:.0f} s"
    )


def _memory() -> float:
    """KiB that the process has held at most."""
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
