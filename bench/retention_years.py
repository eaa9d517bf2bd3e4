"""Two believable years of a force, through the months of two years of clock: nothing outlives its limit, nothing erased is found.

Full size: 20 000 entries, 2 million rows of a source of which half leave, 1.5 million hits, 10 million events with their words.
Takes about 30 GB of disk while it runs; memory stays bounded, since rows are made in the database and the dump is read as it comes.
"""

import datetime as dt
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.policies import own_session
from audit import sealing
from audit.models import Event
from audit.verification import verify
from bench import cast
from bench.cast import JOB, say
from bench.crowd import _PLATE, DIFFERENT, STEP, filled
from bench.figures import Figure
from bench.logged import a_key
from bench.published import long_list, publication
from hits.models import Hit
from hotlists.models import Departure, Entry, Hotlist
from matchers.actions import add_matcher
from matchers.models import Matcher
from portal import embedded
from portal.database.throwaway import admin_connection
from portal.embedded import programs
from portal.partitions import ensure_partitions, month_start
from retention import actions as retention
from retention import erasure
from retention.models import LegalHold

NAME = "retention_years"
BEHIND = 24  # months that the records are spread over; the clock begins a year after the first, and ends a year after the last
NIGHT = 6 * 3600  # seconds that a night's run may take
HELD = 5  # of the first month, under hold throughout
FIRST_ENTRY, FIRST_GONE = 2_000_001, 4_000_001  # numbers of plates; below are those that the source still names
REPLICA = "-c session_replication_role=replica"
LETTERS = {letter: number for number, letter in enumerate("ABCDEFGHJKLMNOPRSTUVWXYZ")}
PLATES = re.compile(rb"\b([A-Z]{2})(01|50) ?([A-Z]{3})\b")


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    entries: int
    rows: int
    hits: int
    events: int


FULL, QUICK = Size(20_000, 2_000_000, 1_500_000, 10_000_000), Size(200, 20_000, 15_000, 100_000)

WITHDRAWN = """
    UPDATE hotlists_entry e SET withdrawn_by_id = owner_id, withdrawal_reason = 'located',
        withdrawn_at = %(first)s::timestamptz + (o.n / %(months)s %% 27) * interval '1 day' + (o.n %% %(months)s) * interval '1 month'
    FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM hotlists_entry) o WHERE o.id = e.id
"""
ENTRIES = """
    CREATE TEMP TABLE bench_entries AS
    SELECT e.id, v.id AS version, v.vrm, e.hotlist_id, date_trunc('month', e.withdrawn_at) AS month,
        row_number() OVER (PARTITION BY date_trunc('month', e.withdrawn_at) ORDER BY e.id) - 1 AS n
    FROM hotlists_entry e JOIN hotlists_entryversion v ON v.entry_id = e.id
"""
# A hit's key holds its moment; so does each event's about it.
HITS = """
    INSERT INTO hits_hit (id, matcher_id, received_at, hotlist_id, revision, country, vrm, ref, category, action, priority,
        markers, action_text, contact, response, scope, vrm_read, country_read, site_ref, camera_ref, direction, captured_at,
        confidence, cautions, withheld_by, entry_id, version_id)
    SELECT (lpad(to_hex(ms), 12, '0') || '70008' || lpad(to_hex(g.n), 15, '0'))::uuid, %(matcher)s,
        to_timestamp(ms / 1000.0), e.hotlist_id, 1, 'GB', e.vrm, '', 'CRM', 'ASSESS', 'MEDIUM', '{}', 'Assess', 'Desk', '', '{}',
        e.vrm, 'GB', 'ring-north', 'ring-north-1', 'N', to_timestamp(ms / 1000.0), 0.97, '{}', '{}', e.id, e.version
    FROM (SELECT n, %(began)s::bigint + n * (27::bigint * 86400000 / %(number)s) AS ms FROM generate_series(1, %(number)s) n) g
    JOIN bench_entries e ON e.month = %(month)s AND e.n = g.n %% %(entries)s
"""
ACKNOWLEDGED = """
    INSERT INTO hits_acknowledgement (hit_id, acknowledged_at, acknowledged_by_id, sign_in_id)
    SELECT id, received_at, %(user)s, %(sign_in)s FROM hits_hit WHERE received_at >= %(month)s
        AND received_at < %(month)s + interval '1 month'
"""
CLOSED = """
    INSERT INTO hits_outcome (hit_id, decision, reason, was_stopped, result, words, recorded_at, recorded_by_id, sign_in_id)
    SELECT hit_id, 'NO_ACTION', '', false, '', '', acknowledged_at, acknowledged_by_id, sign_in_id FROM hits_acknowledgement
    WHERE acknowledged_at >= %(month)s AND acknowledged_at < %(month)s + interval '1 month'
"""
# Words spelled as RFC 8785 has it, so that the database can commit to them. Keys count on where the table ends.
EVENTS = """
    WITH made AS (
        SELECT (lpad(to_hex((extract(epoch FROM s.at) * 1000)::bigint + j), 12, '0') || '7' || lpad(to_hex(j), 3, '0') || '{kind}'
                || right(replace(s.id::text, '-', ''), 15))::uuid AS id, s.id AS of, s.at, j,
            decode(md5('salt' || s.id || j) || md5('more' || s.id || j), 'hex') AS salt,
            format('{{"actor":"Police Constable %%s Example","plate":"%%s","subject":"{noun} %%s"}}', j, s.vrm, right(s.id::text, 8))
                AS words
        FROM ({source}) s, generate_series(1, %(each)s) j
    ), events AS (
        INSERT INTO audit_event (id, at, verb, operation, subject_kind, subject_id, actor_kind, actor_id, plate_hash, count,
            correlation_id, commitment)
        SELECT id, at, 'entry.opened', 'consultation', '{label}', of::text, 'user', j::text, repeat(md5(of::text), 2), NULL,
            md5('c' || id), sha256(salt || convert_to(words, 'UTF8'))
        FROM made
    )
    INSERT INTO audit_eventdetail (id, salt, body, subjects) SELECT id, salt, words::jsonb, ARRAY['{label}:' || of] FROM made
"""
OF_HITS = EVENTS.format(
    kind="9", noun="hit", label="hits.hit",
    source="SELECT id, captured_at AS at, vrm FROM hits_hit"
    " WHERE captured_at >= %(month)s AND captured_at < %(month)s + interval '1 month'",
)  # fmt: skip
OF_ENTRIES = EVENTS.format(
    kind="a", noun="entry", label="hotlists.entry",
    source="SELECT e.id, e.withdrawn_at AS at, v.vrm FROM hotlists_entry e JOIN hotlists_entryversion v ON v.entry_id = e.id"
    " WHERE e.withdrawn_at >= %(month)s AND e.withdrawn_at < %(month)s + interval '1 month'",
)  # fmt: skip
REVISIONS = """
    INSERT INTO matchers_publication (id, hotlist_id, revision, rows, bucket_bits, root, sha256, length, manifest, deltas,
        generated_at, added, removed, refused)
    SELECT gen_random_uuid(), %(hotlist)s, r + 1, 0, 1, '', '', 0, '{}', '[]', %(first)s::timestamptz + r * interval '1 month',
        0, 0, '{}'
    FROM generate_series(0, %(months)s) r
"""
LEFT = f"""
    WITH gone AS (
        SELECT n - 1 AS n, p.vrm FROM generate_series(1, %(number)s) n, LATERAL (
            SELECT {_PLATE.replace("%", "%%")} AS vrm FROM (SELECT (n + {FIRST_GONE}) * {STEP}::bigint %% {DIFFERENT} AS n) numbers) p
    ), departed AS (
        INSERT INTO hotlists_departure (hotlist_id, country, vrm, ref, why, left_at)
        SELECT %(hotlist)s, 'GB', vrm, n::text, 'dropped', %(first)s::timestamptz + (1 + n %% (%(months)s - 1)) * interval '1 month'
        FROM gone
    )
    INSERT INTO matchers_publishedrow (hotlist_id, country, vrm, ref, version, canonical, bucket_key, since_revision, until_revision)
    SELECT %(hotlist)s, 'GB', vrm, n::text, '', concat_ws(chr(31), 'GB', vrm, 'INS', 'STOP', 'No insurance on record'), n, 1,
        2 + n %% (%(months)s - 1)
    FROM gone
"""


def measure(*, quick: bool) -> Iterator[Figure]:
    """The slowest night of all, held against what a night has."""
    size = QUICK if quick else FULL
    people = cast.staff()
    first = month_start(timezone.now(), months_later=-BEHIND)
    dpia = cast.assessment(people)
    hotlist = cast.managed_list(people, dpia)
    cast.fill(hotlist, people, size.entries)
    source = long_list(people, dpia, "bench-source")
    with tempfile.TemporaryDirectory() as place, publication(Path(place)), a_key() as key, filled(source, size.rows):
        _make(
            size,
            source,
            first,
            people["decider"],
            add_matcher("Bench", by=JOB, purpose="Measuring").matcher,
        )
        held = _hold(hotlist, people, first)
        _seal()
        slowest = max(_nights(first))
        assert {Entry.objects.count(), Hit.objects.values("entry").distinct().count()} == {len(held)}, (
            "what is held, and no more"
        )
        assert not Departure.objects.exists()
        began = time.perf_counter()
        report = verify(key)
        assert (report.problems, report.events) == ([], Event.objects.count())
        say(f"{report.events:,} events verified in {time.perf_counter() - began:.0f} s")
        allowed = {vrm for entry in held for vrm in entry.versions.values_list("vrm", flat=True)}
        read = _search(allowed)
        say(f"{read / 2**20:,.0f} MiB of dump and files read: no erased plate among them")
    yield Figure(NAME, "slowest night", slowest, "s", NIGHT, slowest / NIGHT)


def _make(size: Size, source: Hotlist, first: dt.datetime, user: User, matcher: Matcher) -> None:
    """Everything of two years, month by month."""
    began = time.perf_counter()
    ensure_partitions(now=first, months_behind=1, months_ahead=2 * BEHIND)
    number, each = size.hits // BEHIND, max(1, size.events * 9 // 10 // size.hits)
    of_entry = max(1, size.events // 10 // size.entries)
    months = [month_start(first, months_later=n) for n in range(BEHIND)]
    with admin_connection(settings.DATABASE_NAME, options=REPLICA) as admin:
        admin.execute(WITHDRAWN, {"first": first, "months": BEHIND})
        admin.execute(ENTRIES)
        for month in months:
            (entries,) = admin.execute("SELECT count(*) FROM bench_entries WHERE month = %s", [month]).fetchone() or (
                0,
            )
            facts = {
                "month": month,
                "began": int(month.timestamp() * 1000),
                "number": number,
                "entries": entries,
                "user": user.pk,
                "sign_in": own_session(user).pk,
                "matcher": matcher.pk,
            }
            for statement in (HITS, ACKNOWLEDGED, CLOSED):
                admin.execute(statement, facts)
        left = {"hotlist": source.pk, "first": first, "months": BEHIND, "number": size.rows // 2}
        admin.execute(REVISIONS, left)
        admin.execute(LEFT, left)
        admin.execute("VACUUM ANALYZE hotlists_entry, hits_hit, hits_acknowledgement, hits_outcome, hotlists_departure,"
                      " matchers_publishedrow, matchers_publication")  # fmt: skip
    for month in months:
        with connection.cursor() as cursor:
            cursor.execute(OF_HITS, {"month": month, "each": each})
            cursor.execute(OF_ENTRIES, {"month": month, "each": of_entry})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_event, audit_eventdetail")
    say(f"{size}: written in {time.perf_counter() - began:.0f} s")


def _hold(hotlist: Hotlist, people: dict, first: dt.datetime) -> list[Entry]:
    """Some of the first month, kept throughout."""
    chief = people["chief"]
    over = month_start(first, months_later=1)
    found = list(Entry.objects.filter(hotlist=hotlist, withdrawn_at__lt=over).order_by("pk")[:HELD])
    for entry in found:
        retention.place_hold(entry, by=chief, case_ref="R v Example", basis=LegalHold.Basis.CPIA, reason="Measuring.")
    return found


def _seal() -> None:
    began = time.perf_counter()
    while sealing.seal():
        pass
    say(f"sealed in {time.perf_counter() - began:.0f} s")


def _nights(first: dt.datetime) -> Iterator[float]:
    """The first night of each month: what a night takes, and that it left nothing that should have gone."""
    for months in range(12, BEHIND + 14):
        with time_machine.travel(month_start(first, months_later=months) + dt.timedelta(hours=3), tick=True):
            began = time.perf_counter()
            certificate = retention.apply(by=retention.CLOCK)
            took = time.perf_counter() - began
            assert certificate is not None
            assert certificate.run.problems == [], certificate.run.problems
            rules = [rule for rule in erasure.classes(certificate.as_of) if not rule.asks]
            late = [rule.label for rule in rules if erasure.due(rule, certificate.as_of).exists()]
            assert late == [], late
        say(f"month {months}: {certificate.erased:,} rows in {took:.1f} s")
        while sealing.seal():
            pass
        yield took


def _search(allowed: set[str]) -> int:
    """Reads a full dump and every file of the portal. Raises AssertionError for a plate that should be nowhere; bytes read."""
    read, seen = 0, set()
    for name, stream in _streams():
        left = b""
        while some := stream.read(1 << 22):
            read += len(some)
            for found in PLATES.finditer(left + some):
                vrm = b"".join(found.groups()).decode()
                assert vrm in allowed or _number(vrm) < FIRST_ENTRY, f"{vrm} in {name}"
                seen |= {vrm} & allowed
            left = some[-8:]
    assert seen == allowed, "what is held is found, so that the search is not blind"
    return read


def _number(vrm: str) -> int:
    """The number of a plate, as `crowd.plate` makes it."""
    letters = [LETTERS.get(vrm[place], 0) for place in (0, 1, 4, 5, 6)]
    n = 2 * sum(letter * 24**place for place, letter in enumerate(letters)) + (vrm[2:4] == "50")
    return n * pow(STEP, -1, DIFFERENT) % DIFFERENT


def _streams() -> Iterator[tuple[str, IO[bytes]]]:
    """The dump as it comes, then the files that this measurement made."""
    program = programs.binaries(settings.STATE_DIR) / "pg_dump" if embedded.runs_postgres() else shutil.which("pg_dump")
    where = psycopg.conninfo.make_conninfo(settings.DATABASE_ADMIN_URL, dbname=settings.DATABASE_NAME)
    with subprocess.Popen([str(program), "--dbname", where], stdout=subprocess.PIPE) as dump:
        assert dump.stdout is not None
        yield "the dump", dump.stdout
    assert dump.returncode == 0, "pg_dump"
    for place in (settings.SEAL_DIR, settings.PUBLICATION_DIR, settings.KEYS_DIR):
        for path in sorted(Path(place).rglob("*")):
            if path.is_file():
                with path.open("rb") as file:
                    yield str(path), file
