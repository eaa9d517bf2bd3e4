"""The page of an entry asks for everything once, however much there is to tell."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hits.models import Hit
from hotlists import actions as lists
from hotlists.models import EntryVersion, Review, Suspension
from tests.cast import approve
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.hit_cast import published

pytestmark = pytest.mark.django_db

MOST = 50  # of a test, in which a transaction's beginning and end are asked for too


def queries(client, entry) -> list[str]:
    """What the page asks, once it is warm."""
    address = f"/entries/{entry.pk}/"
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [one["sql"] for one in asked]


def lived(entry, number: int, author, decider, other) -> None:
    """One version more, with its decision, its review and its suspension."""
    version = lists.begin_version(entry, by=author, contact_24h=f"Duty desk, 01632 9607{number:02}")
    approve(lists.submit(version, by=author), by=decider)
    lists.review(
        entry, by=decider, still_necessary=f"Still outstanding on look {number}.", source_checked="Crime log: open"
    )
    lists.suspend(entry, by=decider, reason="Seen abroad.")
    lists.resume(entry, by=other, reason="It was another.")


def test_it_asks_the_same_with_one_and_with_ten_of_everything(
    client_of, listed, report, submitter, supervisor, inspector, operator, dpo
):
    entry = listed()
    report(entry)
    lived(entry, 0, submitter, supervisor, inspector)
    published(entry)
    readers = [client_of(who) for who in (submitter, supervisor, operator, dpo)]
    at_one = [len(queries(client, entry)) for client in readers]
    for number in range(1, 10):
        lived(entry, number, submitter, supervisor, inspector)
    published(entry)
    for _ in range(9):
        report(entry)
    kept = [of.objects.filter(entry=entry).count() for of in (EntryVersion, Review, Suspension, Hit)]
    assert kept == [11, 10, 10, 10]
    assert [len(queries(client, entry)) for client in readers] == at_one
    assert max(at_one) <= MOST


def test_it_asks_no_table_of_roles_twice(client_of, listed, dpo):
    asked = queries(client_of(dpo), listed())
    assert sum(sql.partition(" FROM ")[2].startswith('"auth_') for sql in asked) == 1
