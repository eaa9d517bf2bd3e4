"""Two real cases of misuse, planted in a believable year: both surface, and the ordinary does not drown them (F-03, F-09)."""

import datetime as dt
import random

import pytest
from django.utils import timezone

from audit.verbs import Verb
from hotlists.models import Decision, Entry, EntryVersion
from portal.partitions import ensure_partitions
from scrutiny.actions import screen
from scrutiny.models import Signal
from tests.cast import JOB, person
from tests.hit_cast import *  # noqa: F403 - hits and what people answer
from tests.misuse_cast import id_of, planted, seen_and_left, written

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "retention"])

DAY, HOUR, MINUTE = dt.timedelta(days=1), dt.timedelta(hours=1), dt.timedelta(minutes=1)
PEOPLE = 40
LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"


def a_plate(dice: random.Random) -> str:
    return f"{''.join(dice.choices(LETTERS, k=2))}50{''.join(dice.choices(LETTERS, k=3))}"


def ordinary_searches(people: list, now: dt.datetime, dice: random.Random):
    """A year of work: early, late and night shifts, four searches a day, each case's plate two or three times."""
    starts = {user.pk: (7, 14, 22)[n % 3] for n, user in enumerate(people)}
    for day in range(1, 365):
        for user in people:
            if dice.random() < 0.4:  # rest days and leave
                continue
            begin = timezone.localtime(now - day * DAY).replace(hour=0, minute=0) + starts[user.pk] * HOUR
            for _ in range(dice.randint(1, 2)):
                plate = a_plate(dice)
                for _ in range(dice.randint(1, 3)):
                    yield begin + dice.random() * 8 * HOUR, user.pk, Verb.PLATE_SEARCHED, plate


def ordinary_entries(authors: list, deciders: list, count: int, now: dt.datetime, dice: random.Random) -> list[dict]:
    """(author, decider, when, reference, plate, how long until it was decided, how it ended) of each entry."""
    return [
        {
            "author": dice.choice(authors).pk, "decider": dice.choice(deciders).pk,
            "at": now - dice.random() * 360 * DAY, "ref": f"CR/{9000 + n}/26", "vrm": a_plate(dice),
            "wait": dice.randint(2, 90) * MINUTE, "ended": dice.choice(["", "located", "arrested", "recovered"]),
        }
        for n in range(count)
    ]  # fmt: skip


def cloned(entry: Entry, wanted: list[dict]) -> None:
    """Entries, versions and decisions like this one, as many as are wanted, written in one statement a table."""
    version = EntryVersion.objects.get(entry=entry)
    decision = Decision.objects.get(version=version)
    entries, versions, decisions = [], [], []
    for one in wanted:
        at, decided = one["at"], one["at"] + one["wait"]
        ids = [str(id_of(at)) for _ in range(3)]
        end = decided + 5 * DAY
        ended = {"withdrawn_at": end.isoformat(), "withdrawn_by_id": one["author"], "withdrawal_reason": one["ended"]}
        entries.append({
            "id": ids[0], "created_at": at.isoformat(), "created_by_id": one["author"], "owner_id": one["author"],
            **(ended if one["ended"] else {}),
        })  # fmt: skip
        versions.append({
            "id": ids[1], "entry_id": ids[0], "written_by_id": one["author"], "submitted_by_id": one["author"],
            "written_at": at.isoformat(), "submitted_at": at.isoformat(), "vrm": one["vrm"], "source_ref": one["ref"],
            "starts_at": at.isoformat(), "review_by": (at + 14 * DAY).isoformat(), "expires_at": (at + 28 * DAY).isoformat(),
        })  # fmt: skip
        decisions.append({
            "id": ids[2], "version_id": ids[1], "decided_by_id": one["decider"], "decided_at": decided.isoformat(),
        })  # fmt: skip
    written((entry, entries), (version, versions), (decision, decisions))


@pytest.mark.timeout(300)
def test_both_cases_surface_in_a_year_and_are_not_drowned(hit, answers, operator, supervisor, inspector):
    now, dice = timezone.now(), random.Random(7)
    people = [person(f"officer{n}", ["SUB"]) for n in range(PEOPLE)]
    ensure_partitions(months_behind=14)
    answers.ended(hit, operator)
    pattern = hit.entry
    cloned(pattern, ordinary_entries(people, [supervisor, inspector], 900, now, dice))
    searches = list(ordinary_searches(people, now, dice))

    # F-09: 69 times one plate, over a year, by an officer who else works as everybody does
    stalker, plate = people[5], a_plate(dice)
    searches += [
        (now - (5 * n + 2) * DAY - dice.random() * HOUR, stalker.pk, Verb.PLATE_SEARCHED, plate) for n in range(9)
    ]
    searches += [(now - 100 * DAY - n * 4 * HOUR, stalker.pk, Verb.PLATE_SEARCHED, plate) for n in range(60)]
    planted(searches)

    # F-03: a false report of theft under the number of a case that is over; ten sightings, nobody sent; lifted
    detective, case = people[11], {"ref": "CR/8001/26", "wait": 30 * MINUTE, "decider": supervisor.pk}
    solved = {**case, "author": people[2].pk, "vrm": "AB01SLV", "at": now - 200 * DAY, "ended": "recovered"}
    false = {**case, "author": detective.pk, "vrm": "AB01FLS", "at": now - 20 * DAY, "ended": "owner_request"}
    cloned(pattern, [solved, false])
    seen_and_left(hit, EntryVersion.objects.get(vrm="AB01FLS"), 10, now - 15 * DAY)

    for day in range(337, -1, -14):  # the nights of a year, every other week
        screen(by=JOB, at=now - day * DAY)

    found = Signal.objects.order_by("indicator")
    assert {s.who for s in found.filter(indicator="one_plate_again")} == {stalker}  # F-09, and nobody else
    assert {s.who for s in found.filter(indicator="case_over")} == {detective}  # F-03, and nobody else
    assert {s.who for s in found.filter(indicator="followed_not_stopped")} == {detective}
    ordinary = found.exclude(who__in=[stalker, detective])
    told = sorted(ordinary.values_list("indicator", flat=True))
    assert len(told) <= 3, told  # of some 25 000 searches and 900 entries
