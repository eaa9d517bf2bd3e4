"""How many events eight at once can write, beside plain inserts of the same rows into tables with the same indexes."""

import multiprocessing
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.actions import add_user
from accounts.models import User
from audit import sealing
from audit.actions import record
from audit.models import Event, EventDetail
from audit.verbs import Verb
from bench.cast import JOB, say
from bench.figures import Figure
from bench.logged import a_key
from portal.database.throwaway import admin_connection
from portal.ids import new_id
from standards.ranks import Rank

NAME = "audit_writers"
SHARE = 0.8  # of what plain inserts reach
WRITERS = 8
HELD = 0.01  # s that a request goes on before it commits
PLAIN = {Event: "bench_event", EventDetail: "bench_eventdetail"}


def measure(*, quick: bool) -> Iterator[Figure]:
    """Events a second, while the sealer works beside them; as fast as it goes, and each held as long as a request."""
    seconds, rounds = (2.0, 1) if quick else (10.0, 3)
    reader = add_user("bench.reader", by=JOB, roles=["DPO"], rank=Rank.NONE)
    with admin_connection(settings.DATABASE_NAME) as admin:
        for model, table in PLAIN.items():
            admin.execute(
                f"DROP TABLE IF EXISTS {table}; CREATE TABLE {table} (LIKE {model._meta.db_table} INCLUDING ALL)"
            )
            admin.execute(f"GRANT SELECT, INSERT ON {table} TO PUBLIC")
    with a_key():
        for figure, held in (("at_once", 0.0), ("in_requests", HELD)):
            ours = theirs = 0.0
            for _ in range(rounds):  # turn by turn, so that both have the machine as it is
                theirs += together(plain, reader, held, seconds, seals=False)
                ours += together(recorded, reader, held, seconds, seals=True)
            say(
                f"  {figure}: {ours / rounds:,.0f} events a second, plain inserts {theirs / rounds:,.0f}: {ours / theirs:.0%}"
            )
            yield Figure(NAME, figure, ours / rounds, "rows/s", "plain insert", theirs / ours * SHARE)
    with admin_connection(settings.DATABASE_NAME) as admin:
        admin.execute(f"DROP TABLE {', '.join(PLAIN.values())}")


def together(write: Callable[[User], None], reader: User, held: float, seconds: float, *, seals: bool) -> float:
    """Rows a second that eight processes wrote between them."""
    anew = multiprocessing.get_context("spawn")  # a pool of connections does not outlive a fork
    start, counts = anew.Barrier(WRITERS + 1), anew.Array("i", WRITERS)
    processes = [
        anew.Process(target=writer, args=(number, write, reader, held, seconds, start, counts))
        for number in range(WRITERS)
    ]
    for process in processes:
        process.start()
    start.wait()
    while any(process.is_alive() for process in processes):
        if seals:
            sealing.seal()
        time.sleep(0.2)
    assert all(process.exitcode == 0 for process in processes), "a writer failed"
    return sum(counts) / seconds


def writer(
    number: int, write: Callable[[User], None], reader: User, held: float, seconds: float, start: Any, counts: Any
) -> None:
    """One of them, in a process of its own, whose connection stands before the clock runs."""
    write(reader)
    start.wait()
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        with transaction.atomic():
            write(reader)
            time.sleep(held)
        counts[number] += 1


def recorded(reader: User) -> None:
    """As every act does."""
    record(Verb.ENTRY_OPENED, target=reader, by=reader, **WORDS)


def plain(reader: User) -> None:
    """The same rows and no more: no commitment, no trigger, nobody to seal them."""
    for model, table in PLAIN.items():
        model._meta.db_table = table  # in this process, which ends with it
    event = Event.objects.create(
        at=timezone.now(), verb=Verb.ENTRY_OPENED, operation=Verb.ENTRY_OPENED.operation, subject_kind="accounts.user",
        subject_id=str(reader.pk), actor_kind="user", actor_id=str(reader.pk), correlation_id="", count=None,
        commitment=SALT,
    )  # fmt: skip
    EventDetail.objects.create(pk=event.pk, salt=SALT, body=WORDS, subjects=[f"accounts.user:{reader.pk}"])


SALT = secrets.token_bytes(32)
WORDS = {
    "justification": "Reported stolen overnight; the keeper is known and was spoken to.", "case_ref": "ND/2026/117",
    "actor": "Data protection officer", "role": "DPO", "subject": "a person", "source_ip": "", "session": str(new_id()),
}  # fmt: skip
