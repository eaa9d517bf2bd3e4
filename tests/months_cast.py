"""What retention is tested with: an entry and a hit that are through, and hits of months that are long over."""

import datetime as dt
import uuid

import pytest
from django.conf import settings
from django.db import connection

from audit.models import EventDetail
from hits.models import Hit
from hotlists import actions as lists
from hotlists.models import Entry
from portal.database import throwaway
from portal.ids import new_id
from portal.partitions import ensure_partitions, uuid7_floor
from tests.publishing import publish

MONTH = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
ANSWERS = ("acknowledgement", "verification", "outcome")


def id_in(moment: dt.datetime, number: int) -> uuid.UUID:
    """A key as one made at this moment."""
    return uuid.UUID(int=uuid7_floor(moment).int | 0x7000_8000_0000_0000_0000 | number)


@pytest.fixture
def closed_entry(approved_entry, supervisor) -> Entry:
    """Withdrawn, so that its twelve months run."""
    entry = approved_entry(vrm_entered="AB01 CDE")
    return lists.withdraw(entry, by=supervisor, reason=Entry.WithdrawalReason.LOCATED, words="Found in Mill Lane.")


@pytest.fixture
def ended_hit(listed, report, answers, operator, supervisor) -> Hit:
    """A hit that was answered, on an entry that was then withdrawn everywhere."""
    hit = answers.ended(report(listed(vrm_entered="AB01CDE")), operator)
    lists.withdraw(hit.entry, by=supervisor, reason="located")
    publish(hit.hotlist)
    return hit


@pytest.fixture
def old_hits(transactional_db):
    """old_hits(hit, number, month=MONTH): copies of an answered hit, reported on the tenth of that month, with their words."""

    def make(hit: Hit, number: int, month: dt.datetime = MONTH) -> list[uuid.UUID]:
        ensure_partitions(now=month, months_behind=0, months_ahead=0)
        moment = month + dt.timedelta(days=9)
        keys = [id_in(moment, n) for n in range(1, number + 1)]
        with throwaway.admin_connection(
            settings.DATABASES["default"]["NAME"], options="-c session_replication_role=replica"
        ) as admin:
            _copy(admin, "hits_hit", "id", hit.pk, keys, {"captured_at": moment, "received_at": moment})
            for kind in ANSWERS:
                _copy(admin, f"hits_{kind}", "hit_id", hit.pk, keys, {})
        for key in keys:
            EventDetail.objects.create(
                id=new_id(), salt=b"s" * 32, body={"plate": hit.vrm, "old": str(key)}, subjects=[f"hits.hit:{key}"]
            )
        return keys

    return make


def _copy(admin, table: str, key: str, pk: uuid.UUID, keys: list[uuid.UUID], over: dict[str, object]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
    told = ["k" if name == key else "%(" + name + ")s" if name in over else name for name in columns]
    admin.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(told)} FROM {table}, unnest(%(keys)s::uuid[]) k"
        f" WHERE {key} = %(pk)s",
        {**over, "keys": keys, "pk": pk},
    )
