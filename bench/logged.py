"""A long log, written by the database itself: believable events with their words, committed to as the portal does."""

import contextlib
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from audit import sealing
from audit.seal import notes
from bench.cast import say

# Words spelled as RFC 8785 has it, so that the database can commit to them: keys in order, no spaces.
EVENTS = """
    WITH made AS (
        SELECT uuidv7(make_interval(secs => (n - %(events)s) / 20.0)) AS id, n,
            decode(md5('salt' || n) || md5('more' || n), 'hex') AS salt,
            format('{"actor":"Police Constable %%s Example","case_ref":"ND/2026/%%s","count":null,"justification":"Reported '
                || 'stolen overnight; the keeper is known and was spoken to.","role":"Submitter","session":"%%s","source_ip":'
                || '"10.1.%%s.%%s","subject":"entry %%s on Stolen vehicles","version":1}',
                n %% 400, n %% 9000, md5(n::text), n %% 250, n %% 240, n) AS words
        FROM generate_series(1, %(events)s) n
    ), events AS (
        INSERT INTO audit_event (id, at, verb, operation, subject_kind, subject_id, actor_kind, actor_id, plate_hash, count,
            correlation_id, commitment)
        SELECT id, now() - make_interval(secs => (%(events)s - n) / 20.0), 'entry.opened', 'consultation', 'hotlists.entry',
            uuidv7()::text, 'user', (n %% 400)::text, repeat(md5((n %% 5000)::text), 2), NULL, md5('c' || n),
            sha256(salt || convert_to(words, 'UTF8'))
        FROM made
    )
    INSERT INTO audit_eventdetail (id, salt, body, subjects)
    SELECT id, salt, words::jsonb, ARRAY['hotlists.entry:' || n, 'accounts.user:' || n %% 400] FROM made
"""


def write(events: int) -> None:
    """So many, over the last days."""
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(EVENTS, {"events": events})
        cursor.execute("ANALYZE audit_event, audit_eventdetail")
    say(f"{events:,} events written in {time.perf_counter() - began:.0f} s")


@contextlib.contextmanager
def a_key() -> Iterator[notes.Verifier]:
    """A key for this measurement alone."""
    with tempfile.TemporaryDirectory() as place:
        settings.SEAL_DIR = Path(place)
        yield sealing.make_key()
