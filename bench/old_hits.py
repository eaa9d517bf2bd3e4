"""Hits of a month that is long over, written by the database itself; one in ten was answered."""

import datetime as dt
import time

from django.conf import settings
from django.utils import timezone

from accounts.models import SystemJob
from bench.cast import say
from portal.database import throwaway
from portal.partitions import ensure_partitions
from retention.models import DeletionRun

CLOCK = SystemJob("benchmark")
ANSWERED = 10  # one in so many

# Keys in order of time, a millisecond apart, as if made in that month.
HITS = """
    INSERT INTO hits_hit (id, matcher_id, received_at, hotlist_id, revision, country, vrm, ref, category, action, priority,
        markers, action_text, contact, response, scope, vrm_read, country_read, site_ref, camera_ref, direction, captured_at,
        confidence, cautions, withheld_by, entry_id, version_id)
    SELECT (lpad(to_hex(%(began)s + n * 200 / 1000), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid,
        gen_random_uuid(), %(at)s, md5((n %% 40)::text)::uuid, 1, 'GB', 'AB01' || upper(substr(md5(n::text), 1, 3)), '', 'STL',
        'STOP', 'HIGH', '{}', 'Stop and check', 'Control room', '', '{}', 'AB01CDE', 'GB', 'ring-north', 'ring-north-1', 'N',
        %(at)s, 0.97, '{}', '{}', md5((n %% 5000)::text)::uuid, gen_random_uuid()
    FROM generate_series(1, %(number)s) n
"""
ACKNOWLEDGED = """
    INSERT INTO hits_acknowledgement (hit_id, acknowledged_at, acknowledged_by_id, sign_in_id)
    SELECT id, received_at, %(user)s, gen_random_uuid()
    FROM (SELECT id, received_at, row_number() OVER (ORDER BY id) AS n FROM hits_hit WHERE received_at = %(at)s) h
    WHERE n %% %(answered)s = 0
"""
CLOSED = """
    INSERT INTO hits_outcome (hit_id, decision, reason, was_stopped, result, words, recorded_at, recorded_by_id, sign_in_id)
    SELECT a.hit_id, 'NO_ACTION', '', false, '', '', a.acknowledged_at, a.acknowledged_by_id, a.sign_in_id
    FROM hits_acknowledgement a JOIN hits_hit h ON h.id = a.hit_id WHERE h.received_at = %(at)s
"""


def write(month: dt.datetime, number: int) -> None:
    """So many hits of that month."""
    ensure_partitions(now=month, months_behind=0, months_ahead=0)
    began = time.perf_counter()
    facts = {"number": number, "at": month, "began": int(month.timestamp() * 1000), "user": 1, "answered": ANSWERED}
    name = settings.DATABASES["default"]["NAME"]
    with throwaway.admin_connection(name, options="-c session_replication_role=replica") as admin:
        for statement in (HITS, ACKNOWLEDGED, CLOSED):
            admin.execute(statement, facts)
        admin.execute("VACUUM ANALYZE hits_hit, hits_acknowledgement, hits_outcome")
    say(f"{number:,} hits of {month:%B %Y} written in {time.perf_counter() - began:.0f} s")


def a_run() -> DeletionRun:
    """One that is under way, by which batches and months are noted."""
    now = timezone.now()
    return DeletionRun.objects.create(
        status="running", as_of=now, previewed_by=CLOCK.actor_label, previewed_at=now, started_by=CLOCK.actor_label,
        started_by_kind=CLOCK.actor_kind, started_by_id=CLOCK.actor_id, started_at=now,
    )  # fmt: skip
