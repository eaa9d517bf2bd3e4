"""Assessments: four contents, advice by one, a decision by another, fixed once submitted, lapsing by themselves."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from accounts.sign_in import open_sign_in
from audit.models import Event
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.models import Dpia, DpiaAdvice, DpiaContribution, DpiaDecision, DpiaVersion
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import CONTENTS

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError)


def decide(version, by, verdict="approve", **more):
    return actions.decide(version, by=by, verdict=verdict, words="Necessary.", **more)


def governs(dpia: Dpia, at: dt.datetime | None = None) -> bool:
    return Dpia.objects.governing(at or timezone.now()).filter(pk=dpia.pk).exists()


def last_event() -> Event:
    return Event.objects.newest_first().first()


def test_assessment_advised_and_decided_governs_until_its_review(advised, asset_owner):
    assert not governs(advised.dpia)
    decision = decide(advised, asset_owner)
    assert governs(advised.dpia)
    assert (last_event().verb, last_event().subject_id) == (Verb.DPIA_APPROVED, str(advised.dpia_id))
    with time_machine.travel(decision.review_due_at - dt.timedelta(seconds=1), tick=False):
        assert governs(advised.dpia, timezone.now())
    with time_machine.travel(decision.review_due_at, tick=False):
        assert not governs(advised.dpia, timezone.now())


def test_governing_is_right_for_a_past_moment(advised, asset_owner):
    before = timezone.now()
    decide(advised, asset_owner)
    assert governs(advised.dpia)
    assert not governs(advised.dpia, before)


@pytest.mark.parametrize("section", sorted(CONTENTS))
def test_submit_with_an_empty_section_names_it(draft, infrastructure_lead, section):
    actions.edit_version(draft, by=infrastructure_lead, **{section: "  "})
    with pytest.raises(Unfit) as refusal:
        actions.submit(draft, by=infrastructure_lead)
    assert set(refusal.value.fields) == {section}


def test_reference_taken_is_said(draft, infrastructure_lead):
    with pytest.raises(Unfit, match="taken"):
        actions.begin_dpia(by=infrastructure_lead, ref="dpia-ring", title="Another")


def test_stranger_finds_no_assessment(submitted, submitter):
    with pytest.raises(Stranger):
        actions.advise(submitted, by=submitter, is_favourable=True, words="Fine.")
    assert not Dpia.objects.visible_to(submitter).exists()


def test_colleague_without_the_role_is_refused_with_the_reason(submitted, advised, operator, dpo):
    with pytest.raises(Refused, match="role"):
        actions.edit_version(submitted, by=operator, need="Mine.")
    with pytest.raises(Refused, match="role"):
        decide(advised, dpo)


def test_decision_before_advice_is_refused(submitted, asset_owner):
    with pytest.raises(Refused, match="not advised"):
        decide(submitted, asset_owner)


def test_judging_without_a_session_is_refused(submitted, dpo, asset_owner):
    dpo.sign_in = None
    with pytest.raises(Refused, match="signed in"):
        actions.advise(submitted, by=dpo, is_favourable=True, words="Fine.")


def test_whoever_edited_neither_advises_nor_decides(draft, infrastructure_lead, dpo):
    DpiaContribution.objects.create(version=draft, user=dpo, contributed_at=timezone.now())
    version = actions.submit(draft, by=infrastructure_lead)
    with pytest.raises(Refused, match="somebody else"):
        actions.advise(version, by=dpo, is_favourable=True, words="Fine.")


def test_review_further_away_than_the_standards_allow_is_unfit(advised, asset_owner):
    with pytest.raises(Unfit, match="too far"):
        decide(advised, asset_owner, review_due_at=timezone.now() + dt.timedelta(days=366))
    with pytest.raises(Unfit, match="past"):
        decide(advised, asset_owner, review_due_at=timezone.now() - dt.timedelta(days=1))


def test_acts_that_come_too_late_say_so(advised, infrastructure_lead, dpo, asset_owner):
    with pytest.raises(TooLate):
        actions.edit_version(advised, by=infrastructure_lead, need="Changed.")
    with pytest.raises(TooLate):
        actions.submit(advised, by=infrastructure_lead)
    with pytest.raises(TooLate):
        actions.advise(advised, by=dpo, is_favourable=False, words="No.")
    with pytest.raises(TooLate):
        actions.begin_version(advised.dpia, by=infrastructure_lead)
    decide(advised, asset_owner)
    with pytest.raises(TooLate):
        decide(advised, asset_owner)


def test_new_version_starts_from_the_latest_and_the_approved_one_governs_meanwhile(
    advised, infrastructure_lead, dpo, asset_owner
):
    first = decide(advised, asset_owner, review_due_at=timezone.now() + dt.timedelta(days=30))
    second = actions.begin_version(advised.dpia, by=infrastructure_lead, need="Renewed.")
    assert (second.number, second.risks, second.need) == (2, CONTENTS["risks"], "Renewed.")
    actions.submit(second, by=infrastructure_lead)
    assert governs(advised.dpia)
    actions.advise(second, by=dpo, is_favourable=True, words="Still right.")
    renewed = decide(second, asset_owner)
    assert Dpia.objects.governing(timezone.now()).get().review_due_at == renewed.review_due_at > first.review_due_at


def test_every_act_is_recorded_as_a_sentence_without_secrets(advised, asset_owner):
    decide(advised, asset_owner)
    verbs = list(Event.objects.about("camera_sites.dpia", advised.dpia_id).values_list("verb", flat=True))
    assert sorted(verbs) == ["dpia.advised", "dpia.approved", "dpia.drafted", "dpia.submitted"]


# --- round the actions, as the application's role -----------------------------------------------------------------


def refused(sql: str, *args) -> None:
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, args)


@pytest.mark.parametrize("status", ["submitted", "approved", "rejected"])
def test_version_cannot_be_born_but_as_a_draft(draft, infrastructure_lead, status):
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        DpiaVersion.objects.create(
            dpia=draft.dpia, number=2, status=status, written_by=infrastructure_lead, written_at=timezone.now(),
            submitted_by=infrastructure_lead, submitted_at=timezone.now(), **CONTENTS,
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    ["need = 'x'", "risks = 'x'", "status = 'draft'", "status = 'approved'", "status = 'rejected'", "number = 9"],
)
def test_submitted_version_is_never_altered(advised, change):
    refused(f"UPDATE camera_sites_dpiaversion SET {change} WHERE id = %s", advised.pk)
    refused("DELETE FROM camera_sites_dpiaversion WHERE id = %s", advised.pk)
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        DpiaVersion.objects.filter(pk=advised.pk).update(measures="fewer")


def test_empty_content_cannot_be_submitted_round_the_action(infrastructure_lead):
    version = actions.begin_dpia(by=infrastructure_lead, ref="thin", title="Thin", need="x")
    refused(
        "UPDATE camera_sites_dpiaversion SET status = 'submitted', submitted_at = now(), submitted_by_id = %s WHERE id = %s",
        infrastructure_lead.pk, version.pk,
    )  # fmt: skip


def _advice(version, by, **over):
    facts = {"sign_in": by.sign_in, "words": "Fine.", "digest": version.digest, **over}
    return DpiaAdvice(version=version, is_favourable=True, advised_by=by, advised_at=timezone.now(), **facts)


def _decision(version, by, **over):
    now = timezone.now()
    facts = {"sign_in": by.sign_in, "verdict": "approve", "review_due_at": now + dt.timedelta(days=9),
             "digest": version.digest, **over}  # fmt: skip
    return DpiaDecision(version=version, words="Yes.", decided_by=by, decided_at=now, **facts)


def _cannot_be_stored(row) -> None:
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        row.save(force_insert=True)


def test_forged_advice_is_refused(draft, submitted, infrastructure_lead, dpo, asset_owner):
    _cannot_be_stored(_advice(submitted, infrastructure_lead))
    _cannot_be_stored(_advice(submitted, dpo, sign_in=asset_owner.sign_in))
    _cannot_be_stored(_advice(submitted, dpo, words=""))
    _cannot_be_stored(_advice(submitted, dpo, digest="0" * 64))
    dpo.sign_in.ended_at = timezone.now()
    dpo.sign_in.save()
    _cannot_be_stored(_advice(submitted, dpo))
    open_sign_in(dpo, method="password")
    _advice(submitted, dpo).save(force_insert=True)


def test_forged_decision_is_refused(submitted, infrastructure_lead, dpo, asset_owner):
    _cannot_be_stored(_decision(submitted, asset_owner))  # before any advice
    _advice(submitted, dpo).save(force_insert=True)
    _cannot_be_stored(_decision(submitted, dpo))
    _cannot_be_stored(_decision(submitted, infrastructure_lead))
    _cannot_be_stored(_decision(submitted, asset_owner, digest="0" * 64))
    _cannot_be_stored(_decision(submitted, asset_owner, sign_in=dpo.sign_in))
    _cannot_be_stored(_decision(submitted, asset_owner, review_due_at=timezone.now() - dt.timedelta(days=1)))
    _decision(submitted, asset_owner).save(force_insert=True)
    refused("UPDATE camera_sites_dpiaversion SET status = 'rejected' WHERE id = %s", submitted.pk)


def test_decision_of_a_draft_or_of_a_high_risk_is_refused(draft, infrastructure_lead, dpo, asset_owner):
    _cannot_be_stored(_advice(draft, dpo))
    actions.edit_version(draft, by=infrastructure_lead, residual_risk_high=True)
    draft = actions.submit(draft, by=infrastructure_lead)
    _advice(draft, dpo).save(force_insert=True)
    _cannot_be_stored(_decision(draft, asset_owner))
    _decision(draft, asset_owner, verdict="reject").save(force_insert=True)


@pytest.mark.parametrize("table", ["camera_sites_dpiaadvice", "camera_sites_dpiadecision"])
def test_advice_and_decision_are_never_changed_nor_removed(advised, asset_owner, table):
    decide(advised, asset_owner)
    for statement in (f"UPDATE {table} SET words = 'x'", f"DELETE FROM {table}"):
        with (
            pytest.raises(Exception, match="append-only|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_hands_of_a_submitted_version_are_never_washed(submitted):
    refused("DELETE FROM camera_sites_dpiacontribution WHERE version_id = %s", submitted.pk)
    refused("UPDATE camera_sites_dpiacontribution SET contributed_at = now() WHERE version_id = %s", submitted.pk)
