"""A long log, written by the database itself: believable events with their words, committed to as the portal does."""

import contextlib
import datetime as dt
import math
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from audit import sealing
from audit.seal import notes
from bench.cast import say
from portal.database.throwaway import admin_connection
from portal.partitions import month_start

CHUNK = 500_000  # events a statement

# Words spelled as RFC 8785 has it, so that the database can commit to them: keys in order, no spaces.
EVENTS = """
    WITH made AS (
        SELECT uuidv7(make_interval(secs => (n - %(events)s) * %(apart)s)) AS id, n,
            decode(md5('salt' || n) || md5('more' || n), 'hex') AS salt,
            format('{"actor":"Police Constable %%s Example","case_ref":"ND/2026/%%s","count":null,"justification":"Reported '
                || 'stolen overnight; the keeper is known and was spoken to.","role":"Submitter","session":"%%s","source_ip":'
                || '"10.1.%%s.%%s","subject":"entry %%s on Stolen vehicles","version":1}',
                n %% 400, n %% 9000, md5(n::text), n %% 250, n %% 240, n) AS words
        FROM generate_series(%(first)s, %(last)s) n
    ), events AS (
        INSERT INTO audit_event (id, at, verb, operation, subject_kind, subject_id, actor_kind, actor_id, plate_hash, count,
            correlation_id, commitment)
        SELECT id, now() - make_interval(secs => (%(events)s - n) * %(apart)s),
            CASE WHEN n %% 100000 = 7 THEN 'log.verified' ELSE 'entry.opened' END, 'consultation', 'hotlists.entry',
            uuidv7()::text, 'user', (n %% 400)::text, repeat(md5((n %% 5000)::text), 2), NULL, md5('c' || n),
            sha256(salt || convert_to(words, 'UTF8'))
        FROM made
    )
    INSERT INTO audit_eventdetail (id, salt, body, subjects)
    SELECT id, salt, words::jsonb, ARRAY['hotlists.entry:' || n, 'accounts.user:' || n %% 400] FROM made
"""


def write(events: int, *, over: dt.timedelta | None = None) -> None:
    """So many, evenly over the time up to now; twenty a second unless said. One in 100 000 is of a rare verb."""
    apart = over.total_seconds() / events if over else 0.05
    months = math.ceil(apart * events / 86_400 / 28) + 1
    with admin_connection(settings.DATABASE_NAME) as admin:
        admin.execute("SELECT portal_ensure_month_partitions('audit_event', %(since)s, %(months)s),"
            " portal_ensure_month_partitions('audit_eventdetail', %(since)s, %(months)s)",
            {"since": month_start(timezone.now(), months_later=1 - months).date(), "months": months + 1},
        )  # fmt: skip
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for first in range(1, events + 1, CHUNK):
            last = min(first + CHUNK - 1, events)
            cursor.execute(EVENTS, {"events": events, "first": first, "last": last, "apart": apart})
    with admin_connection(settings.DATABASE_NAME) as admin:  # the application owns no table, and would analyse none
        admin.execute("VACUUM ANALYZE audit_event, audit_eventdetail")
    say(f"{events:,} events written in {time.perf_counter() - began:.0f} s")


@contextlib.contextmanager
def a_key() -> Iterator[notes.Verifier]:
    """A key for this measurement alone."""
    with tempfile.TemporaryDirectory() as place:
        settings.SEAL_DIR = Path(place)
        yield sealing.make_key()
