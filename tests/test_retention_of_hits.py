"""What was published and reported goes too: rows, recalls, hits and what people made of them; or stays, under hold."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.models import EventDetail
from hits.models import Hit, HitKey
from hotlists import actions as lists
from hotlists.models import Entry
from matchers.models import PublishedRow, RecallHolder
from retention import actions as retention
from retention.papers import sealed_event
from scrutiny import actions as scrutiny
from scrutiny.models import Finding
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.publishing import publish
from tests.test_retention import everything_that_mentions, months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner"])

CLOCK = SystemJob("tests")
PLATE = "AB01CDE"


def test_published_and_reported_plate_is_nowhere_after_twelve_months(ended_hit):
    before = everything_that_mentions(PLATE)
    assert {"hits_hit", "matchers_publishedrow", "hotlists_entryversion"} <= set(before)
    with months_later(12, days=3):
        certificate = retention.apply(by=CLOCK)
    assert certificate.run.problems == []
    assert everything_that_mentions(PLATE) == []
    assert not HitKey.objects.exists()
    erased = {line["label"]: line for line in certificate.lines}
    assert erased["hits.Hit"]["with_them"]["hits.Outcome"] == 1
    assert erased["matchers.PublishedRow"]["erased"] == 1


@pytest.mark.parametrize("has_proved", [True, False])
def test_certificate_names_matchers_that_never_proved_that_they_forgot(
    matcher, listed, supervisor, client_for, client_of, dpo, has_proved
):
    entry, client = listed(vrm_entered=PLATE), client_for(matcher)
    client.step()
    lists.withdraw(entry, by=supervisor, reason="located")
    publish(entry.hotlist)
    if has_proved:
        client.step()
    assert RecallHolder.objects.open().exists() is not has_proved
    with months_later(12, days=3):
        certificate = retention.apply(by=CLOCK)
        page = client_of(dpo).get(f"/retention/certificates/{certificate.pk}/").content.decode()
    assert not RecallHolder.objects.exists()
    named = {} if has_proved else {matcher.matcher.name: 1}
    line = next(line for line in certificate.lines if line["label"] == "matchers.PublishedRow")
    assert line["outstanding"] == named
    assert line["with_them"]["matchers.RecallHolder"] == 1
    assert sum(line["erased"] + sum(line["with_them"].values()) for line in certificate.lines) == certificate.erased
    assert EventDetail.objects.get(pk=sealed_event(certificate).pk).body["outstanding"] == named
    assert ("Complete: every matcher" in page) is has_proved
    assert ("Not proved forgotten" in page) is not has_proved


def test_row_that_is_still_published_is_never_due(listed):
    listed(vrm_entered=PLATE)
    with months_later(36):
        retention.apply(by=CLOCK)
    assert PublishedRow.objects.filter(vrm=PLATE).exists()


def test_hold_on_an_entry_holds_its_hits(ended_hit, inspector):
    hold = retention.place_hold(ended_hit.entry, by=inspector, case_ref="26/114", basis="cpia", reason="Trial.")
    with months_later(13):
        retention.apply(by=CLOCK)
        assert Hit.objects.filter(pk=ended_hit.pk).exists()
        retention.release_hold(hold, by=inspector, reason="Ended.")
        retention.apply(by=CLOCK)
    assert not Hit.objects.exists()
    assert not Entry.objects.exists()


def test_hold_on_a_hit_keeps_the_entry_that_it_answers_for(ended_hit, inspector):
    retention.place_hold(ended_hit, by=inspector, case_ref="26/114", basis="cpia", reason="Trial.")
    with months_later(13):
        certificate = retention.apply(by=CLOCK)
    assert Hit.objects.filter(pk=ended_hit.pk).exists()
    assert Entry.objects.filter(pk=ended_hit.entry_id).exists()
    assert certificate.run.problems == []
    assert {line["label"]: line["blocked"] for line in certificate.run.counted}["hotlists.Entry"] == 1


@pytest.mark.parametrize("alias", ["retention", "owner"])
def test_database_keeps_a_hit_whose_entry_is_held(ended_hit, inspector, alias):
    retention.place_hold(ended_hit.entry, by=inspector, case_ref="26/114", basis="cpia", reason="Trial.")
    with (
        pytest.raises(IntegrityError, match="under a legal hold|append-only"),
        transaction.atomic(using=alias),
        connections[alias].cursor() as cursor,
    ):
        cursor.execute("DELETE FROM hits_outcome")
        cursor.execute("DELETE FROM hits_acknowledgement")
        cursor.execute("DELETE FROM hits_hit")


def test_hit_from_a_site_not_in_service_is_one_finding(ended_hit, infrastructure_lead):
    finding = scrutiny.report_site_hit(ended_hit, by=scrutiny.CLOCK)
    assert finding.owner == ended_hit.site.owner
    assert scrutiny.report_site_hit(ended_hit, by=scrutiny.CLOCK) is None
    assert Finding.objects.about(ended_hit.site).count() == 1
    Hit.objects.get(pk=ended_hit.pk)
    with (
        time_machine.travel(timezone.now() + dt.timedelta(days=1)),
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        Finding.objects.create(
            **{
                f.name: getattr(finding, f.name)
                for f in Finding._meta.local_fields
                if f.name not in ("id", "opened_at")
            },
            opened_at=finding.opened_at,
        )
