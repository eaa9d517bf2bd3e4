"""What a run would erase is looked at before, a few of each kind; what the schedule leaves to a person goes only when released."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.models import Event
from audit.verbs import Verb
from camera_sites import actions as camera_sites
from camera_sites.models import CameraSite
from hotlists import actions as lists
from portal.database.throwaway import admin_connection
from portal.errors import Refused, Stranger, TooLate, Unfit
from retention import actions as retention
from retention import samples
from retention.models import DeletionRun
from tests.hit_cast import *  # noqa: F403 - fixtures
from tests.months_cast import *  # noqa: F403 - fixtures
from tests.test_retention import months_later

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "retention", "owner"])

CLOCK = SystemJob("tests")
ENTRY, SITE = "hotlists.Entry", "camera_sites.CameraSite"
PLATE = "AB01CDE"


@pytest.fixture
def old_site(site, superintendent) -> CameraSite:
    """Decommissioned seven years ago."""
    site = camera_sites.decommission(site, by=superintendent, reason="The road was rerouted.")
    with admin_connection(connection.settings_dict["NAME"], options="-c session_replication_role=replica") as admin:
        admin.execute("UPDATE camera_sites_camerasite SET decommissioned_at = now() - interval '7 years'")
    return site


def text(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_sample_shows_keys_and_dates_and_never_a_plate(closed_entry, dpo, client_of):
    with months_later(12, days=3):
        run = retention.preview(by=dpo)
        found = retention.look_at_sample(run, ENTRY, by=dpo)
        assert [one.key for one in found.going] == [str(closed_entry.pk)]
        assert found.going[0].began == closed_entry.withdrawn_at
        assert found.going[0].ended <= run.as_of
        page = text(client_of(dpo).get(f"/retention/runs/{run.pk}/sample/{ENTRY}/"))
        told = client_of(dpo).get(f"/api/v1/retention/runs/{run.pk}/sample/{ENTRY}/").json()
    assert str(closed_entry.pk)[-12:] in page
    assert told["going"][0]["key"] == str(closed_entry.pk)
    assert "AB01" not in page + str(told)
    assert Event.objects.filter(verb=Verb.RETENTION_SAMPLED).count() == 3


def test_reference_is_told_to_those_who_see_the_record_alone(closed_entry, dpo, asset_owner, team):
    team.user_set.remove(asset_owner)
    with months_later(12, days=3):
        run = retention.preview(by=dpo)
        assert "Northdale crime" in retention.look_at_sample(run, ENTRY, by=dpo).going[0].reference
        stranger = type(asset_owner).objects.get(pk=asset_owner.pk)  # whose groups are asked anew
        assert retention.look_at_sample(run, ENTRY, by=stranger).going[0].reference == ""


def test_lot_is_the_same_for_all_who_look_and_never_more_than_the_number(approved_entry, supervisor, dpo, auditor):
    for number in range(4):
        lists.withdraw(approved_entry(vrm_entered=f"AB01 CD{'EFGH'[number]}"), by=supervisor, reason="located")
    with months_later(12, days=3):
        run = retention.preview(by=dpo)
        both = [retention.look_at_sample(run, ENTRY, by=who).going for who in (dpo, auditor)]
    assert [one.key for one in both[0]] == [one.key for one in both[1]]
    assert len(both[0]) == 4
    fewer = samples.drawn(run, ENTRY, 2, dpo).going
    assert {one.key for one in fewer} < {one.key for one in both[0]}
    assert len(fewer) == 2


def test_what_stays_is_shown_with_the_case_that_holds_it(closed_entry, inspector, dpo, client_of):
    retention.place_hold(closed_entry, by=inspector, case_ref="R v Smith 26/114", basis="cpia", reason="Trial.")
    with months_later(12, days=3):
        run = retention.preview(by=dpo)
        page = text(client_of(dpo).get(f"/retention/runs/{run.pk}/sample/{ENTRY}/"))
    assert "Nothing would go" in page
    assert "R v Smith 26/114" in page


def test_sample_is_for_what_was_counted_and_until_it_is_gone(closed_entry, dpo, submitter, client_of):
    with months_later(12, days=3):
        run = retention.preview(by=dpo)
        with pytest.raises(Refused):
            retention.look_at_sample(run, ENTRY, by=submitter)
        for label in ("hits.Hit", "hotlists.Nothing", "accounts.User"):
            with pytest.raises(Stranger):
                retention.look_at_sample(run, label, by=dpo)
        retention.carry_out(retention.start(run, by=dpo), by=CLOCK)
        run.refresh_from_db()
        with pytest.raises(TooLate, match="certificate"):
            retention.look_at_sample(run, ENTRY, by=dpo)
        assert client_of(dpo).get(f"/retention/runs/{run.pk}/sample/{ENTRY}/").status_code == 409
        assert "/sample/" not in text(client_of(dpo).get(f"/retention/runs/{run.pk}/"))


def test_what_is_left_to_a_person_stays_until_somebody_releases_it(old_site, dpo, auditor, client_of):
    run = retention.preview(by=dpo)
    retention.carry_out(retention.start(run, by=dpo), by=CLOCK)
    assert CameraSite.objects.filter(pk=old_site.pk).exists(), "a person started it, and released nothing"
    browser = client_of(dpo)
    at = browser.post("/retention/preview/").url
    assert "What only a person releases" in text(browser.get(at))
    assert "What only a person releases" not in text(client_of(auditor).get(at))
    assert browser.post(f"{at}start/", {"release": SITE}).status_code == 302
    retention.resume(by=CLOCK)
    assert not CameraSite.objects.filter(pk=old_site.pk).exists()
    run = DeletionRun.objects.first()
    assert (run.released, run.status) == ([SITE], "done")
    assert "Released by Dpo Test" in text(browser.get(at))


def test_api_releases_the_same(old_site, dpo, client_of):
    browser = client_of(dpo)
    run = browser.post("/api/v1/retention/runs/", {}, "application/json").json()
    at = f"/api/v1/retention/runs/{run['id']}/start/"
    assert browser.post(at, {"release": ["hits.Hit"]}, "application/json").status_code == 422
    told = browser.post(at, {"release": [SITE]}, "application/json")
    assert (told.status_code, told.json()["released"]) == (202, [SITE])


def test_nobody_releases_what_is_not_due_and_the_clock_nothing(old_site, dpo):
    run = retention.preview(by=dpo)
    with pytest.raises(Unfit):
        retention.start(run, by=dpo, release=["scrutiny.Finding"])
    with pytest.raises(Refused):
        retention.start(run, by=CLOCK, release=[SITE])
    assert DeletionRun.objects.get().status == "previewed"


@pytest.mark.parametrize("by", ["started_by_kind = 'job'", "started_by_kind = 'machine'"])
def test_database_lets_no_job_release(old_site, dpo, by):
    retention.start(retention.preview(by=dpo), by=dpo)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE retention_deletionrun SET released = ARRAY['{SITE}'], {by}")


def test_run_that_fell_silent_says_what_to_do(closed_entry, dpo, client_of):
    with months_later(12, days=3):
        run = retention.start(retention.preview(by=dpo), by=dpo)
        assert "Nothing was erased for a while" not in text(client_of(dpo).get(f"/retention/runs/{run.pk}/"))
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=True):
            page = text(client_of(dpo).get(f"/retention/runs/{run.pk}/"))
    assert "Nothing was erased for a while" in page
    assert "nothing goes twice" in page


def test_run_with_problems_says_which_and_what_to_do(dpo, client_of):
    run = retention.start(retention.preview(by=dpo), by=dpo)
    certificate = retention.carry_out(run, by=CLOCK)
    DeletionRun.objects.filter(pk=certificate.run_id).update(
        status="failed", problems=[{"label": ENTRY, "words": "IntegrityError"}]
    )
    page = text(client_of(dpo).get(f"/retention/runs/{run.pk}/"))
    assert "still points at a record" in page
    assert "The next run tries these again" in page
