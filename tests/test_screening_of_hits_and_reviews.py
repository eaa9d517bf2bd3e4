"""Signs of misuse in what came of entries: renewals with nothing new, vehicles only followed, matchers that do not forget."""

import datetime as dt
import json

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import User
from hits.models import Hit
from hotlists.models import EntryVersion, Review
from portal.database.throwaway import admin_connection
from scrutiny.actions import screen
from scrutiny.models import Signal
from tests.cast import JOB
from tests.hit_cast import *  # noqa: F403 - hits and what people answer
from tests.misuse_cast import id_of, seen_and_left, written

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention"])
DAY = dt.timedelta(days=1)


def noticed(indicator: str) -> list[Signal]:
    """What a look in a minute brings of this indicator."""
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):
        return [signal for signal in screen(by=JOB) if signal.indicator == indicator]


@pytest.fixture
def left(hit, answers, operator) -> Hit:
    """A hit to which nobody was sent, on an entry of the submitter's."""
    answers.ended(hit, operator)
    return hit


def test_vehicle_seen_again_and_again_with_nobody_sent_is_a_sign(left, submitter):
    seen_and_left(left, left.version, 8, timezone.now() - 9 * DAY)
    (signal,) = noticed("followed_not_stopped")
    assert (signal.who, signal.about_id) == (submitter, str(left.entry_id))


def test_vehicle_to_which_somebody_was_sent_once_is_none(left, report, answers, operator):
    seen_and_left(left, left.version, 8, timezone.now() - 9 * DAY)
    answers.verified(sent := report(left.entry), operator)
    outcome = {"decision": "DEPLOY", "recorded_at": timezone.now().isoformat(), "hit_id": str(sent.pk), "reason": ""}
    written((left.outcome, [outcome]))
    assert noticed("followed_not_stopped") == []


@pytest.mark.parametrize(("late", "signs"), [(3, 1), (2, 0)])
def test_matcher_that_looks_for_what_has_ended_is_a_sign(left, late, signs):
    ids = []
    for n in range(late):
        at = timezone.now() - (n + 1) * DAY
        ids.append({"id": str(id_of(at)), "received_at": at.isoformat(), "cautions": ["not_in_force_now"]})
    written((left, ids))
    found = noticed("late_hits")
    assert len(found) == signs
    assert [signal.who for signal in found] == [None] * signs


def a_review(version: EntryVersion, by: User, at: dt.datetime, asked: dt.datetime) -> None:
    """A renewal of that moment, as the database's owner writes it: a person's next review is another's."""
    review = Review(
        entry_id=version.entry_id, version=version, reviewed_by=by, reviewed_at=at, still_necessary=f"As before, {at}",
        source_system="crime", source_as_of=asked, source_checked="Still wanted", review_by=at + 28 * DAY,
    )  # fmt: skip
    facts = {field.column: getattr(review, field.attname) for field in Review._meta.concrete_fields}
    columns = ", ".join(facts)
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        marks = ", ".join(["%s"] * len(facts))
        values = [json.dumps(value) if isinstance(value, dict) else value for value in facts.values()]
        admin.execute(f"INSERT INTO {Review._meta.db_table} ({columns}) VALUES ({marks})", values)


@pytest.mark.parametrize(("again", "signs"), [(False, 1), (True, 0)])
def test_renewals_without_asking_the_source_are_a_sign(approved_entry, supervisor, again, signs):
    version = EntryVersion.objects.get(entry=approved_entry())
    now, first = timezone.now(), timezone.now() - 90 * DAY
    for n in range(4):
        at = now - (80 - n * 20) * DAY
        a_review(version, supervisor, at, first + n * DAY if again else first)
    assert len(noticed("renewed_unasked")) == signs


def test_extension_in_the_same_words_is_a_sign_and_in_new_ones_none(approved_entry):
    version = EntryVersion.objects.get(entry=approved_entry())
    later = []
    for n in (2, 3):
        at = timezone.now() - (40 - n * 10) * DAY
        later.append({
            "id": str(id_of(at)), "number": n, "submitted_at": at.isoformat(), "expires_at": (version.expires_at + n * DAY).isoformat(),
        })  # fmt: skip
    written((version, later))
    (signal,) = noticed("extended_in_the_same_words")
    assert signal.count == 2
    other = [
        {**row, "id": str(id_of(timezone.now())), "number": row["number"] + 2, "reason": f"New footage, {row['number']}",
         "submitted_at": timezone.now().isoformat()}
        for row in later
    ]  # fmt: skip
    written((version, other))
    assert noticed("extended_in_the_same_words") == []
