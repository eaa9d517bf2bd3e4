"""Standards: editions that two people adopt, and rules that follow them without a release (R-001)."""

import datetime as dt
import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import add_machine
from hotlists import actions as hotlists
from portal.errors import Refused, TooLate, Unfit
from standards import actions
from standards.delivered import CATEGORIES, NUMBERS, REFERENCE_PATTERNS, REQUIRED_FIELDS
from standards.models import Number, StandardsProfile

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed(superintendent) -> StandardsProfile:
    return actions.propose_profile(
        StandardsProfile.objects.in_force(timezone.now()), by=superintendent, name="Edition 2", source="Circular 7",
        effective_from=timezone.now(), numbers={"reason.minimum": 200},
    )  # fmt: skip


def test_edition_governs_only_after_somebody_else_adopted_it(
    proposed, superintendent, asset_owner, draft_entry, submitter
):
    version = draft_entry()
    with pytest.raises(Refused, match="somebody else"):
        actions.adopt_profile(proposed, by=superintendent)
    assert StandardsProfile.objects.in_force(timezone.now()) != proposed
    actions.adopt_profile(proposed, by=asset_owner)
    assert StandardsProfile.objects.in_force(timezone.now()) == proposed
    hotlists.submit(version, by=submitter)  # judged under the edition that it was written under
    with pytest.raises(Unfit) as refusal:
        hotlists.submit(draft_entry(vrm_entered="XY50 ZZZ"), by=submitter)
    assert "200 characters" in refusal.value.fields["reason"][0]
    with pytest.raises(TooLate):
        actions.adopt_profile(proposed, by=asset_owner)


def test_database_refuses_an_edition_adopted_by_its_proposer(proposed):
    with pytest.raises(IntegrityError), transaction.atomic():
        StandardsProfile.objects.filter(pk=proposed.pk).update(
            adopted_by=proposed.proposed_by, adopted_at=timezone.now()
        )


def test_colleague_without_the_role_proposes_nothing(submitter, client_of):
    with pytest.raises(Refused):
        actions.propose_profile(
            StandardsProfile.objects.in_force(timezone.now()), by=submitter, name="Mine", source="Me",
            effective_from=timezone.now() + dt.timedelta(days=1), numbers={},
        )  # fmt: skip
    assert client_of(submitter).get(reverse("profile_propose")).status_code == 403


def test_page_and_api_propose_and_adopt(superintendent, asset_owner, client_of):
    body = {
        "name": "Edition 3",
        "source": "Circular 8",
        "effective_from": timezone.now().isoformat(),
        "numbers": {"hit.close": 12},
    }
    answer = client_of(superintendent).post(reverse("api_profile_list"), body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    page = client_of(asset_owner).get(reverse("profile_list")).content.decode()
    assert "Waits for a second person" in page
    assert "<del>24 hours</del>" in page, "who adopts sees what changes"
    assert "<ins>12 hours</ins>" in page
    client_of(asset_owner).post(reverse("profile_adopt", args=[answer.json()["id"]]))
    assert StandardsProfile.objects.in_force(timezone.now()).number("hit.close") == 12


def test_superuser_flag_lapsed_training_and_a_missing_session_open_nothing(proposed, submitter, asset_owner):
    submitter.is_superuser = True
    with pytest.raises(Refused, match="role"):
        actions.adopt_profile(proposed, by=submitter)
    asset_owner.sign_in, kept = None, asset_owner.sign_in
    with pytest.raises(Refused, match="signed in"):
        actions.adopt_profile(proposed, by=asset_owner)
    asset_owner.sign_in, asset_owner.trained_until = kept, dt.date(2020, 1, 1)
    with pytest.raises(Refused, match="training has lapsed"):
        actions.adopt_profile(proposed, by=asset_owner)


def test_machine_that_reads_sees_the_standards_and_proposes_none(administrator):
    machine, secret = add_machine("Reader", by=administrator, scopes=["read"])
    credentials = {
        "grant_type": "client_credentials",
        "client_id": machine.application.client_id,
        "client_secret": secret,
    }
    bearer = {"Authorization": "Bearer " + Client().post(reverse("oauth_token"), credentials).json()["access_token"]}
    assert Client().get(reverse("api_profile_list"), headers=bearer).json()["results"]
    body = {"name": "Edition 4", "source": "Me", "effective_from": timezone.now().isoformat(), "numbers": {}}
    refused = Client().post(reverse("api_profile_list"), body, content_type="application/json", headers=bearer)
    assert refused.status_code == 403


def test_the_delivered_edition_says_what_is_delivered_whenever_the_portal_was_set_up():
    delivered = StandardsProfile.objects.get(is_delivered=True)
    kept = {(one.key, one.value, one.unit, one.meaning, one.source) for one in delivered.numbers.all()}
    assert kept == set(NUMBERS)
    categories = {
        (
            one.code, one.name, one.max_expiry_hours, one.review_hours, one.decider_rank, one.deciders, one.default_action,
            one.default_priority, one.is_feed, one.needs_missing_risk, one.note,
        )
        for one in delivered.categories.all()
    }  # fmt: skip
    assert categories == set(CATEGORIES)
    required = {one.code: one.required_fields for one in delivered.categories.all() if one.required_fields}
    assert required == REQUIRED_FIELDS
    patterns = {one.code: one.reference_patterns for one in delivered.categories.all() if one.reference_patterns}
    assert patterns == REFERENCE_PATTERNS


@pytest.mark.parametrize("prefix", ["emergency.", "stolen.", "search.", "entry.", "export.", "hit.", "review."])
def test_an_adopted_edition_that_lacks_a_later_number_takes_the_delivered_one(proposed, asset_owner, prefix):
    actions.adopt_profile(proposed, by=asset_owner)
    later = {key: value for key, value, *_ in NUMBERS if key.startswith(prefix)}
    assert proposed.numbers.filter(key__startswith=prefix).delete()[0] == len(later) > 0
    edition = StandardsProfile.objects.in_force(timezone.now())
    assert edition == proposed
    assert {key: edition.number(key) for key in later} == later
    assert {key: one.value for key, one in edition.numbers_under(prefix).items()} == later
    with pytest.raises(Number.DoesNotExist):
        edition.number(f"{prefix}nonsense")


def test_what_two_people_adopted_comes_before_what_was_delivered(proposed):
    assert proposed.number("reason.minimum") == 200
    assert proposed.numbers_under("reason.")["reason.minimum"].value == 200


def test_portals_of_an_earlier_release_are_levelled(proposed):
    delivered = StandardsProfile.objects.get(is_delivered=True)
    Number.objects.filter(key="entry.daily").update(value=20)
    proposed.numbers.filter(key__startswith="stolen.").delete()
    migration = importlib.import_module("standards.migrations.0012_one_truth_of_numbers")
    migration.level(apps, None)
    assert delivered.number("entry.daily") == 50
    assert proposed.numbers.get(key="entry.daily").value == 20, "two people adopted it"
    assert proposed.numbers.filter(key__startswith="stolen.").count() == 5
