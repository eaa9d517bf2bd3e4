"""The rules by which a draft may be submitted, one by one; and what the database holds of them whoever writes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from hotlists import actions, alerts, quality
from hotlists.models import EntryVersion
from hotlists.quality.reasons import likeness, says_nothing
from portal.errors import Refused, Unfit


@pytest.mark.parametrize(
    "reason",
    [
        "Of interest to Public Order Unit, Sussex police",  # F-06, word for word
        "Vehicle of interest to the proactive team in Northdale, stop and search please",
        "Routine check",
        "Intel only, see log",
        "Known to police, suspicious vehicle, ongoing enquiries",
        "For information only as per sergeant",
    ],
)
def test_reason_that_only_points_somewhere_says_nothing(reason):
    assert says_nothing(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "Left the burglary at Quay Street with two people in it; plate on the shop's CCTV.",
        "Driver threatened a shop assistant in Mill Lane with a knife on Monday; intelligence names the keeper.",
    ],
)
def test_reason_that_says_what_happened_is_one(reason):
    assert not says_nothing(reason)


def test_likeness_counts_words_and_not_their_case_or_stops():
    assert likeness("Seen at the bank, twice.", "seen at the BANK twice") == 100
    assert likeness("Seen at the bank", "Driven off without paying") == 0


REASON = "Left the burglary at the pharmacy in Mill Lane with two people in it; plate seen on the shop's CCTV."


def found(version: EntryVersion) -> quality.Problems:
    return quality.problems(version, at=timezone.now())


@pytest.mark.django_db
def test_same_reason_is_not_given_again_and_again_by_one_author(draft_entry, submitted_entry, supervisor):
    for number in range(4):
        submitted_entry(vrm_entered=f"AB01 CD{chr(65 + number)}", reason=REASON.replace("two", str(number)))
    assert "nearly this, for 4 other entries" in found(draft_entry(reason=REASON))["reason"][0]
    assert "reason" not in found(draft_entry(reason=REASON, by=supervisor)), "another author has not said it"


CASES = {
    "an assessment without its grade": ({"basis": "ASSESSMENT"}, "grading"),
    "suspected false": ({"grading": "1EP"}, "grading"),
    "a stop on untested intelligence": ({"grading": "3AP", "action": "STOP"}, "action"),
    "a grade without the date of the intelligence": ({"grading": "1AP", "intel_date": None}, "intel_date"),
    "intelligence of two years ago": ({"grading": "1AP", "intel_date": dt.date(2020, 1, 1)}, "intel_date"),
    "a weapons marker without a date": ({"markers": ["WE"], "marker_date": None}, "marker_date"),
    "a weapons marker without a grade": ({"markers": ["WE"], "marker_grade": ""}, "marker_grade"),
    "a weapons marker without a source": ({"markers": ["WE"], "marker_source": ""}, "marker_source"),
    "a victim stopped under a violence marker": ({"markers": ["VI"], "action": "STOP", "subject": "victim"}, "stop_justification"),
    "a clone without discriminators": ({"category": "CLN", "discriminators": ""}, "discriminators"),
    "a clone whose keeper nobody thought of": ({"category": "CLN", "keeper_contacted": "unknown"}, "keeper_contacted"),
    "protected activity never asked about": ({"protected_activity": None}, "protected_activity"),
    "protected activity of no kind": ({"protected_activity": True, "protected_kinds": []}, "protected_kinds"),
    "silent without considering surveillance": ({"action": "SILENT", "ripa_considered": None}, "ripa_considered"),
    "a crime without a crime number": ({"source_ref": "somebody said so"}, "source_ref"),
    "a plate never issued, unanswered": ({"plate_confirmed_because": ""}, "plate_confirmed_because"),
    "a diplomatic plate, unanswered": ({"vrm_entered": "101D234", "plate_confirmed_because": ""}, "plate_confirmed_because"),
    "no area": ({"area": ""}, "area"),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("case", CASES)
def test_draft_is_not_fit_with(draft_entry, submitter, case):
    over, field = CASES[case]
    version = draft_entry(**over)
    assert field in found(version)
    with pytest.raises(Unfit) as refusal:
        actions.submit(version, by=submitter)
    assert field in refusal.value.fields


@pytest.mark.django_db
def test_crime_number_beside_another_reference_is_enough(draft_entry):
    assert found(draft_entry(source_ref="INC 12 of Monday", crime_ref="CR/2211/26")) == {}


@pytest.mark.django_db
def test_armed_marker_is_first_reviewed_within_a_day(draft_entry):
    late = timezone.now() + dt.timedelta(hours=30)
    assert "within 24 hours" in found(draft_entry(markers=["FI"], review_by=late))["review_by"][0]
    assert found(draft_entry(markers=["FI"], vrm_entered="XY50ZZZ")) == {}


def missing_person(**over) -> dict:
    now = timezone.now()
    return {
        "category": "MIS-M", "missing_risk": "MEDIUM", "priority": "LOW", "action": "STOP", "subject": "missing",
        "source_ref": "MP/1/26", "review_by": now + dt.timedelta(days=2), "expires_at": now + dt.timedelta(days=10), **over,
    }  # fmt: skip


@pytest.mark.django_db
def test_override_of_risk_with_a_reason_is_decided_by_an_inspector(draft_entry, submitter, supervisor, inspector):
    assert set(found(draft_entry(**missing_person()))) == {"priority"}  # F-08
    version = draft_entry(**missing_person(risk_override="Rang her sister an hour ago and is on her way home."))
    version = actions.submit(version, by=submitter)
    with pytest.raises(Refused, match="inspector or above"):
        actions.decide(version, by=supervisor, verdict="reject", rationale="No.")
    actions.decide(version, by=inspector, verdict="reject", rationale="She is still missing.")


@pytest.mark.django_db
def test_alert_says_first_what_the_portal_has_to_say(draft_entry):
    text = {"action_text": "Assess."}
    armed = draft_entry(markers=["FI"], **text)
    assert alerts.text(armed) == "Vehicle linked; driver not identified. Assess."
    assert alerts.text(draft_entry(markers=["FI"], person_confirmed="yes", **text)) == "Assess."
    assert alerts.text(draft_entry(category="CLN", **text)) == "Check discriminators before stopping. Assess."
    assert alerts.text(draft_entry(protected_activity=True, **text)).startswith("Lawful protest or belief is no ground")
    assert "action_text" in found(draft_entry(category="CLN", action_text="x" * 500))


# --- Round the actions --------------------------------------------------------------------------------

ROUND = {
    "hotlists_version_submitted_whole": {"contact_24h": ""},
    "hotlists_version_protected_kinds_named": {"protected_activity": True},
    "hotlists_version_not_suspected_false": {"grading": "1EP"},
    "hotlists_version_risk_met_by_priority": {"missing_risk": "HIGH", "priority": "LOW"},
    "hotlists_version_armed_stop_justified": {"subject": "victim", "action": "STOP", "markers": ["FI"]},
    "hotlists_version_silent_considered": {"action": "SILENT"},
    "hotlists_version_plate_warnings_answered": {"plate_warnings": ["Trade plate."], "plate_confirmed_because": ""},
    "lasts at most": {"expires_at": dt.datetime(2099, 1, 1, tzinfo=dt.UTC)},
}


@pytest.mark.django_db
@pytest.mark.parametrize("rule", ROUND)
def test_database_lets_no_unfit_version_be_submitted(draft_entry, submitter, rule):
    version = draft_entry()
    EntryVersion.objects.filter(pk=version.pk).update(**ROUND[rule])
    actions.raise_notice(EntryVersion.objects.get(pk=version.pk), by=submitter)  # where it asks for one
    submitted = {"status": "submitted", "submitted_by": submitter, "submitted_at": timezone.now()}
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        EntryVersion.objects.filter(pk=version.pk).update(**submitted)


@pytest.mark.django_db
def test_database_holds_nothing_marked_secret(draft_entry):
    with pytest.raises(IntegrityError, match="marking_held_here"), transaction.atomic():
        EntryVersion.objects.filter(pk=draft_entry().pk).update(gsc="SECRET")
