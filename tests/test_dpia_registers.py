"""Registers of risks and measures, the Commissioner consulted first, versions compared, decisions bound to what was submitted."""

import datetime as dt
import hashlib
import json

import pytest
import time_machine
from django.db import IntegrityError, InternalError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.sign_in import open_sign_in
from camera_sites import actions
from camera_sites.actions.dpias import digest_of, missing
from camera_sites.dpia_contents import content, differences, matrix, tidy
from camera_sites.models import Dpia, DpiaVersion
from camera_sites.waiting import questions
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import CONTENTS, MEASURE, RISK, rows

pytestmark = pytest.mark.django_db
HIGH = RISK | {"likelihood_after": 3, "severity_after": 4}


def today() -> dt.date:
    return timezone.localdate()


def decide(version, by, verdict="approve", **more):
    return actions.decide(version, by=by, verdict=verdict, words="Necessary.", **more)


@pytest.fixture
def risky(draft, infrastructure_lead, dpo) -> DpiaVersion:
    """Submitted with a high risk left, and advised on."""
    actions.edit_version(draft, by=infrastructure_lead, residual_risk_high=True, risk_register=[HIGH])
    version = actions.submit(draft, by=infrastructure_lead)
    actions.advise(version, by=dpo, is_favourable=False, words="Too much remains.")
    return version


def send(version, by, **over):
    return actions.send_to_commissioner(
        version, by=by, **{"reference": "ICO-1", "words": "The assessment.", "sent_on": today(), **over}
    )


def answer(version, by, outcome="advice", **over):
    return actions.record_answer(
        version, by=by, outcome=outcome, **{"words": "Shorten the time of keeping.", "answered_on": today(), **over}
    )


# --- registers -----------------------------------------------------------------------------------------------------


def test_rows_are_given_keys_that_stay_with_them(draft, infrastructure_lead):
    assert [row["key"] for row in draft.risk_register] == ["R1"]
    kept = draft.risk_register[0]
    version = actions.edit_version(draft, by=infrastructure_lead, risk_register=[RISK | {"risk": "New"}, kept])
    assert [(row["key"], row["risk"]) for row in version.risk_register] == [("R2", "New"), ("R1", "Wrongful stop")]


@pytest.mark.parametrize(
    "row",
    [
        RISK | {"likelihood_before": 5}, RISK | {"severity_after": 0}, RISK | {"severity_after": True}, RISK | {"risk": " "},
        RISK | {"colour": "red"}, RISK | {"affected": ["everybody"]}, RISK | {"risk": "x" * 2001},
    ],
)  # fmt: skip
def test_row_that_is_none_is_said_and_nothing_is_stored(draft, infrastructure_lead, row):
    with pytest.raises(Unfit) as refusal:
        actions.edit_version(draft, by=infrastructure_lead, risk_register=[RISK, row])
    assert refusal.value.fields["risk_register"][0].startswith("Row 2")
    draft.refresh_from_db()
    assert len(draft.risk_register) == 1


@pytest.mark.parametrize("given", [None, "R1", {"key": "R1"}, [["R1"]], [RISK] * 101, [RISK | {"key": "R1"}] * 2])
def test_what_is_no_register_is_no_register(given):
    assert tidy("risk_register", given)[1]


@pytest.mark.parametrize("due", ["soon", "2027-02-30", "2027-1-1", "", 20270101])
def test_measure_has_a_day(due):
    assert tidy("measure_register", [MEASURE | {"due": due}])[1]


def test_submission_names_each_rule_that_is_broken(draft, infrastructure_lead):
    actions.edit_version(
        draft, by=infrastructure_lead, risk_register=[HIGH], measure_register=[MEASURE | {"risks": ["R1", "R7"]}],
        subjects_not_asked="",
    )  # fmt: skip
    draft.refresh_from_db()
    problems = missing(draft)
    assert set(problems) == {"measure_register", "residual_risk_high", "subjects_not_asked"}
    assert "R7" in problems["measure_register"][0]
    assert "R1" in problems["residual_risk_high"][0]
    asked = {"group": "data_subjects", "who": "Drivers", "said": "Agreed."}
    actions.edit_version(
        draft, by=infrastructure_lead, consultees=[asked], risk_register=[RISK], measure_register=[MEASURE]
    )
    draft.refresh_from_db()
    assert missing(draft) == {}


def test_matrix_puts_each_risk_where_likelihood_and_severity_meet():
    stored, problems = tidy("risk_register", [RISK, HIGH])
    assert problems == []
    before = dict(matrix(stored, "before", high=9, medium=4))
    after = dict(matrix(stored, "after", high=9, medium=4))
    assert before[3][2] == ("high", ["R1", "R2"])
    assert after[3][0] == ("low", ["R1"])
    assert after[4][2] == ("high", ["R2"])
    assert sum(len(keys) for cells in after.values() for _, keys in cells) == 2
    assert [severity for severity, _ in matrix(stored, "after", high=9, medium=4)] == [4, 3, 2, 1]


@pytest.mark.parametrize(
    "change",
    [
        "risk_register = '[]'", "risk_register = '{}'", "consultees = '3'", "subjects_not_asked = ' '",
        """risk_register = '[{"risk": "x", "likelihood_before": 5, "severity_before": 1, "likelihood_after": 1,
            "severity_after": 1}]'""",
        """risk_register = '[{"risk": " ", "likelihood_before": 1, "severity_before": 1, "likelihood_after": 1,
            "severity_after": 1}]'""",
        """risk_register = '[{"risk": "x", "likelihood_before": 1, "severity_before": 1, "likelihood_after": 1}]'""",
    ],
)  # fmt: skip
def test_database_takes_no_submission_without_its_registers(draft, infrastructure_lead, change):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE camera_sites_dpiaversion SET {change} WHERE id = %s", [draft.pk])
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE camera_sites_dpiaversion SET status = 'submitted', submitted_at = now(), submitted_by_id = %s,"
            " digest = %s WHERE id = %s",
            [infrastructure_lead.pk, "0" * 64, draft.pk],
        )


# --- bound to the digest ---------------------------------------------------------------------------------------------


def test_digest_is_what_anybody_computes_from_the_content(submitted):
    canonical = json.dumps(content(submitted), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert submitted.digest == hashlib.sha256(canonical.encode()).hexdigest()


def test_advice_and_decision_name_the_digest(advised, asset_owner):
    decision = decide(advised, asset_owner, digest=advised.digest)
    assert {advised.digest} == {decision.digest, advised.advice.digest}


def test_judging_another_version_than_was_read_is_refused(submitted, dpo):
    with pytest.raises(TooLate, match="not the version that you read"):
        actions.advise(submitted, by=dpo, is_favourable=True, words="Fine.", digest="0" * 64)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_version_altered_in_the_database_is_judged_by_nobody(advised, asset_owner, client_of):
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:  # as the tables' owner can
        cursor.execute("ALTER TABLE camera_sites_dpiaversion DISABLE TRIGGER USER")
        cursor.execute("UPDATE camera_sites_dpiaversion SET measures = 'fewer' WHERE id = %s", [advised.pk])
        cursor.execute("ALTER TABLE camera_sites_dpiaversion ENABLE TRIGGER USER")
    with pytest.raises(TooLate, match="altered"):
        decide(advised, asset_owner)
    page = client_of(asset_owner).get(reverse("dpia_version", args=[advised.dpia_id, 1]))
    assert b"somebody altered it" in page.content


@pytest.mark.parametrize("column", [*CONTENTS, "public_summary", "equality"])
def test_every_section_is_in_the_digest(submitted, column):
    before = digest_of(submitted)
    setattr(submitted, column, "otherwise")
    assert digest_of(submitted) != before


# --- versions compared ---------------------------------------------------------------------------------------------


def test_differences_are_told_cell_by_cell(advised, asset_owner, infrastructure_lead, client_of):
    decide(advised, asset_owner)
    second = actions.begin_version(
        advised.dpia, by=infrastructure_lead, need="Renewed.", measure_register=[],
        risk_register=[{**advised.risk_register[0], "severity_after": 1}, RISK | {"risk": "Misuse"}],
    )  # fmt: skip
    rows = {what: (before, after) for what, before, after in differences(advised, second)}
    assert rows["The need"] == (CONTENTS["need"], "Renewed.")
    assert rows["R1: Severity after measures"] == ("3 significant", "1 negligible")
    assert rows["R2: The risk"] == ("", "Misuse")
    assert rows["M1: The measure"] == ("Two people decide", "")
    assert not any(what.startswith("R1: The risk") for what in rows)
    client = client_of(asset_owner)
    page = client.get(reverse("dpia_version", args=[advised.dpia_id, 2]))
    assert b"1 negligible" in page.content
    told = client.get(reverse("api_dpia_differences", args=[advised.dpia_id]), {"old": 1, "new": 2}).json()
    assert {"what": "R2: The risk", "before": "", "after": "Misuse"} in told
    assert client.get(reverse("api_dpia_differences", args=[advised.dpia_id]), {"old": 1, "new": 3}).status_code == 404


# --- the Commissioner ------------------------------------------------------------------------------------------------


def test_high_risk_waits_for_the_commissioner_and_is_then_approved(risky, dpo, asset_owner):
    with pytest.raises(Refused, match="no outcome"):
        decide(risky, asset_owner)
    send(risky, dpo)
    with pytest.raises(Refused, match="no outcome"):
        decide(risky, asset_owner)
    answer(risky, dpo)
    decide(risky, asset_owner)
    assert Dpia.objects.governing(timezone.now()).get() == risky.dpia


def test_answer_that_it_infringes_bars_approval_and_leaves_rejection(risky, dpo, asset_owner):
    send(risky, dpo)
    answer(risky, dpo, "infringes", words="Excessive.")
    with pytest.raises(Refused, match="infringe"):
        decide(risky, asset_owner)
    decide(risky, asset_owner, verdict="reject")


def test_no_answer_counts_only_when_the_statutory_time_has_passed(risky, dpo):
    sent = send(risky, dpo)
    with pytest.raises(Unfit, match="still has time"):
        answer(risky, dpo, "no_answer", words="Nothing came.")
    later = dt.datetime.combine(sent.sent_on + dt.timedelta(days=42 + 31 + 1), dt.time(12), dt.UTC)
    with time_machine.travel(later, tick=False):
        dpo.sign_in = open_sign_in(dpo, method="password")
        assert answer(risky, dpo, "no_answer", words="Nothing came.").outcome == "no_answer"


def test_days_that_cannot_be_are_refused(risky, dpo):
    day = dt.timedelta(days=1)
    for wrong in (today() + day, timezone.localdate(risky.submitted_at) - day):
        with pytest.raises(Unfit) as refusal:
            send(risky, dpo, sent_on=wrong)
        assert set(refusal.value.fields) == {"sent_on"}
    send(risky, dpo)
    for wrong in (today() + day, today() - day):
        with pytest.raises(Unfit) as refusal:
            answer(risky, dpo, answered_on=wrong)
        assert set(refusal.value.fields) == {"answered_on"}


def test_consulting_is_the_data_protection_officers_once_and_of_what_is_high(
    risky, infrastructure_lead, submitter, dpo, asset_owner
):
    with pytest.raises(Refused, match="role"):
        send(risky, infrastructure_lead)
    with pytest.raises(Stranger):
        send(risky, submitter)
    with pytest.raises(TooLate, match="Nothing was sent"):
        answer(risky, dpo)
    with pytest.raises(Unfit):
        send(risky, dpo, words=" ")
    with pytest.raises(Unfit):
        send(risky, dpo, reference=" ")
    send(risky, dpo)
    with pytest.raises(TooLate, match="already"):
        send(risky, dpo)
    answer(risky, dpo)
    with pytest.raises(TooLate, match="already"):
        answer(risky, dpo)
    decide(risky, asset_owner)
    with pytest.raises(TooLate):
        answer(risky, dpo)


def test_no_high_risk_needs_no_commissioner(submitted, dpo):
    with pytest.raises(Unfit, match="No high risk"):
        send(submitted, dpo)


def test_database_takes_no_approval_of_a_high_risk_without_an_outcome(risky, dpo, asset_owner):
    sql = (
        "INSERT INTO camera_sites_dpiadecision (id, version_id, digest, verdict, words, review_due_at, decided_by_id,"
        " decided_at, sign_in_id) VALUES (gen_random_uuid(), %s, %s, 'approve', 'x', now() + interval '9 days', %s, now(), %s)"
    )
    args = [risky.pk, risky.digest, asset_owner.pk, asset_owner.sign_in.pk]
    for step in (lambda: None, lambda: send(risky, dpo), lambda: answer(risky, dpo, "infringes")):
        step()
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, args)


@pytest.mark.parametrize("table", ["camera_sites_priorconsultation", "camera_sites_consultationoutcome"])
def test_what_was_sent_and_answered_is_never_changed(risky, dpo, table):
    send(risky, dpo)
    answer(risky, dpo)
    for statement in (f"UPDATE {table} SET words = 'x'", f"DELETE FROM {table}"):
        with (
            pytest.raises(Exception, match="append-only|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


# --- pages and API ---------------------------------------------------------------------------------------------------


def test_commissioner_is_consulted_by_pages(risky, dpo, asset_owner, client_of):
    adviser, decider = client_of(dpo), client_of(asset_owner)
    detail = reverse("dpia_detail", args=[risky.dpia_id])
    assert "DPIAs wait for the Commissioner" in {item.title for item in questions(dpo, timezone.now()) if item.count}
    assert b"Record that it went to the Commissioner" in adviser.get(detail).content
    assert b"Record that it went to the Commissioner" not in decider.get(detail).content
    page = decider.get(reverse("dpia_decide", args=[risky.dpia_id]))
    assert b'value="reject"' in page.content
    assert b'value="approve"' not in page.content
    consult = reverse("dpia_consult", args=[risky.dpia_id])
    assert decider.post(consult, {}).status_code == 403
    wrong = adviser.post(consult, {"reference": "ICO-77", "sent_on": "2001-01-01", "words": "All of it."})
    assert (wrong.status_code, b"ICO-77" in wrong.content) == (422, True)
    adviser.post(consult, {"reference": "ICO-77", "sent_on": today().isoformat(), "words": "All of it."})
    body = {"outcome": "advice", "answered_on": today().isoformat(), "words": "Keep it shorter."}
    done = adviser.post(consult, body, follow=True)
    assert b"Keep it shorter." in done.content
    assert b'value="approve"' in decider.get(reverse("dpia_decide", args=[risky.dpia_id])).content
    assert "DPIAs wait for the Commissioner" not in {
        item.title for item in questions(dpo, timezone.now()) if item.count
    }


def test_commissioner_is_consulted_over_the_api(risky, dpo, infrastructure_lead, client_of):
    def post(client, name, **body):
        return client.post(reverse(name, args=[risky.dpia_id]), json.dumps(body), content_type="application/json")

    sent = {"reference": "ICO-9", "sent_on": today().isoformat(), "words": "All of it."}
    answered = {"outcome": "no_objection", "answered_on": today().isoformat(), "words": "None."}
    assert post(client_of(infrastructure_lead), "api_dpia_sent", **sent).status_code == 403
    adviser = client_of(dpo)
    assert post(adviser, "api_dpia_answered", **answered).status_code == 409
    assert post(adviser, "api_dpia_sent", **sent).status_code == 200
    told = post(adviser, "api_dpia_answered", **answered).json()
    assert told["versions"][0]["prior_consultation"]["outcome"]["outcome"] == "no_objection"
    assert told["versions"][0]["digest"] == risky.digest


def test_registers_page_keeps_what_was_typed_and_removes_rows(draft, infrastructure_lead, client_of):
    client = client_of(infrastructure_lead)
    address = reverse("dpia_registers", args=[draft.dpia_id])
    assert b"Wrongful stop" in client.get(address).content
    given = [{**draft.risk_register[0]}, {**RISK, "risk": "Typed with care", "likelihood_before": ""}]
    posted = rows(risk_register=given, measure_register=[], consultees=[]) | {"risk_register-INITIAL_FORMS": 1}
    page = client.post(address, posted)
    assert (page.status_code, b"Typed with care" in page.content) == (422, True)
    posted |= {"risk_register-1-likelihood_before": "2", "risk_register-0-DELETE": "on"}
    assert client.post(address, posted).status_code == 302
    draft.refresh_from_db()
    assert [row["risk"] for row in draft.risk_register] == ["Typed with care"]


def test_registers_are_written_over_the_api_and_wrong_rows_are_400(draft, infrastructure_lead, client_of):
    client = client_of(infrastructure_lead)
    address = reverse("api_dpia_detail", args=[draft.dpia_id])

    def patch(body):
        tag = client.get(address).headers["ETag"]
        return client.patch(address, json.dumps(body), content_type="application/json", headers={"If-Match": tag})

    done = patch({"risk_register": [RISK, RISK | {"risk": "Misuse"}]})
    assert done.status_code == 200, done.content
    assert [row["key"] for row in done.json()["versions"][0]["risk_register"]] == ["R1", "R2"]
    assert patch({"risk_register": [RISK | {"likelihood_before": 9}]}).status_code == 400
    assert patch({"measure_register": [{"measure": "x"}]}).status_code == 422
