"""The self-assessment under the camera code: one writes, another signs, the public reads; never altered (R-119, 5.8)."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from camera_sites import actions
from camera_sites.actions.self_assessments import digest_of
from camera_sites.code_principles import PRINCIPLES, known_of
from camera_sites.models import CodeGap, PrincipleAnswer, SelfAssessment
from camera_sites.waiting import questions
from hotlists.models import Term
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
REFUSED_BY_DATABASE = (IntegrityError, InternalError, ProgrammingError)
YEAR = {"system": "Northdale ANPR", "period_from": dt.date(2026, 1, 1), "period_until": dt.date(2026, 12, 31)}
KEPT = {"compliance": "full", "statement": "It is kept, as the policy says.", "evidence": ["/dpias/", "Policy 7"]}


def soon(days: int = 60) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def begun(infrastructure_lead) -> SelfAssessment:
    """A draft in which the portal wrote what it knows."""
    return actions.begin_self_assessment(by=infrastructure_lead, **YEAR)


@pytest.fixture
def written(begun, infrastructure_lead, manager) -> SelfAssessment:
    """A draft that is ready: all kept but the last principle, for which the list manager has a gap to close."""
    for number in PRINCIPLES:
        actions.answer_principle(
            begun, number, by=infrastructure_lead, **KEPT | ({"compliance": "part"} if number == 12 else {})
        )
    actions.add_gap(begun, 12, by=infrastructure_lead, words="Two feeds are late.", action="Agree a faster feed.",
                    owner=manager, due_on=soon())  # fmt: skip
    return begun


@pytest.fixture
def signed(written, asset_owner) -> SelfAssessment:
    """One that was signed."""
    return actions.sign_self_assessment(written, by=asset_owner, digest=digest_of(written))


def waits_for(user) -> set[str]:
    return {item.title for item in questions(user, timezone.now()) if item.count}


def test_a_first_draft_says_of_each_principle_what_the_portal_knows(live_site, infrastructure_lead):
    live_site()
    live_site(
        ref="hidden", deployment="covert", authority_ref="DSA-1", deployed_until=timezone.now() + dt.timedelta(days=9)
    )
    draft = actions.begin_self_assessment(by=infrastructure_lead, **YEAR)
    told = {answer.principle: answer.statement for answer in draft.answers.all()}
    assert sorted(told) == list(range(1, 13))
    assert "1 of 1 live camera sites have an impact assessment in date." in told[2], "a covert site is not counted"
    assert "0 of 1 cameras have an accuracy test in date." in told[8]
    assert "out of force by themselves: none." in told[12]


def test_what_is_known_of_the_lists_follows_their_state(approved_entry):
    entry = approved_entry()
    assert [fact.is_well for fact in known_of(12, timezone.now())] == [True, True, True, True]
    later = Term.objects.get(entry=entry).review_by + dt.timedelta(seconds=1)
    late = known_of(12, later)
    assert late[0].words.endswith("out of force by themselves: 1.")
    assert not late[0].is_well


def test_it_is_signed_by_another_than_whoever_wrote_any_of_it(
    written, infrastructure_lead, asset_owner, superintendent
):
    assert "A self-assessment waits for your signature" in waits_for(asset_owner)
    with pytest.raises(Refused, match="somebody else"):
        actions.sign_self_assessment(written, by=infrastructure_lead, digest=digest_of(written))
    stolen = {
        "status": "signed",
        "signed_at": timezone.now(),
        "digest": "x",
        "review_due_at": timezone.now() + dt.timedelta(days=9),
    }
    for signer, sign_in, why in (
        (infrastructure_lead, infrastructure_lead.sign_in, "does not sign"),
        (superintendent, asset_owner.sign_in, "open session"),
    ):
        with pytest.raises(REFUSED_BY_DATABASE, match=why), transaction.atomic():
            SelfAssessment.objects.filter(pk=written.pk).update(signed_by=signer, sign_in=sign_in, **stolen)
    done = actions.sign_self_assessment(written, by=asset_owner, digest=digest_of(written))
    assert (done.status, done.review_due_at - done.signed_at) == ("signed", dt.timedelta(days=365))
    assert "A self-assessment waits for your signature" not in waits_for(asset_owner)


def test_it_is_signed_once_every_principle_is_answered(begun, infrastructure_lead, asset_owner):
    with pytest.raises(Unfit, match="Not every principle"):
        actions.sign_self_assessment(begun, by=asset_owner, digest=digest_of(begun))
    for number in PRINCIPLES:
        actions.answer_principle(begun, number, by=infrastructure_lead, **KEPT)
    actions.answer_principle(begun, 3, by=infrastructure_lead, **KEPT | {"compliance": "no"})
    assert not SelfAssessment.objects.ready_to_sign().exists(), "what is not kept says what is done about it"
    with pytest.raises(Unfit, match=": 3"):
        actions.sign_self_assessment(begun, by=asset_owner, digest=digest_of(begun))
    with pytest.raises(REFUSED_BY_DATABASE, match="every principle"), transaction.atomic():
        SelfAssessment.objects.filter(pk=begun.pk).update(
            status="signed", signed_by=asset_owner, sign_in=asset_owner.sign_in, signed_at=timezone.now(), digest="x",
            review_due_at=timezone.now() + dt.timedelta(days=9),
        )  # fmt: skip


def test_what_was_changed_since_it_was_read_is_not_signed(written, infrastructure_lead, asset_owner):
    read = digest_of(written)
    actions.answer_principle(written, 1, by=infrastructure_lead, **KEPT | {"statement": "Changed meanwhile."})
    with pytest.raises(TooLate, match="changed since"):
        actions.sign_self_assessment(written, by=asset_owner, digest=read)


def test_signed_it_is_never_altered(signed, infrastructure_lead):
    gap = CodeGap.objects.get()
    for act in (
        lambda: actions.answer_principle(signed, 1, by=infrastructure_lead, **KEPT),
        lambda: actions.summarise(signed, by=infrastructure_lead, summary="Other words."),
        lambda: actions.drop_gap(gap, by=infrastructure_lead),
    ):
        with pytest.raises(TooLate, match="never altered"):
            act()
    for table, change in {
        "selfassessment": "system = 'x'", "principleanswer": "statement = 'x'", "codegap": "due_on = due_on + 90",
        "selfassessmenthand": "contributed_at = now()",
    }.items():  # fmt: skip
        for sql in (f"UPDATE camera_sites_{table} SET {change}", f"DELETE FROM camera_sites_{table}"):
            with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
    answer = signed.answers.get(principle=12)
    with pytest.raises(REFUSED_BY_DATABASE), transaction.atomic():
        CodeGap.objects.create(answer=answer, words="x", action="x", owner=infrastructure_lead, due_on=soon(),
                               written_by=infrastructure_lead, written_at=timezone.now())  # fmt: skip


def test_it_keeps_what_was_known_as_it_was_signed(signed, infrastructure_lead, client_of):
    kept = signed.answers.get(principle=12).known
    assert [fact["is_well"] for fact in kept] == [True, True, True, True]
    with time_machine.travel(timezone.now() + dt.timedelta(days=30)):
        page = client_of(infrastructure_lead).get(reverse("code_detail", args=[signed.pk])).content.decode()
    assert "What the portal knew as it was signed" in page


def test_a_gap_waits_for_its_owner_until_it_is_closed(signed, manager, operator):
    gap = CodeGap.objects.get()
    assert "Gaps in the camera code for you to close" in waits_for(manager)
    with time_machine.travel(timezone.now() + dt.timedelta(days=90)):
        assert "Gaps in the camera code of yours are overdue" in waits_for(manager)
    with pytest.raises(Refused):
        actions.close_gap(gap, by=operator, words="Done.")
    with pytest.raises(Unfit):
        actions.close_gap(gap, by=manager, words=" ")
    actions.close_gap(gap, by=manager, words="Both are hourly now.")
    assert not [title for title in waits_for(manager) if title.startswith("Gaps")]
    with pytest.raises(TooLate):
        actions.close_gap(gap, by=manager, words="Again.")


def test_a_gap_is_given_to_somebody_who_can_open_it(begun, infrastructure_lead, submitter, manager):
    facts = {"words": "x", "action": "y", "owner": manager, "due_on": soon()}
    for wrong, field in (({"owner": submitter}, "owner"), ({"due_on": soon(0)}, "due_on"), ({"words": " "}, "words")):
        with pytest.raises(Unfit) as refusal:
            actions.add_gap(begun, 1, by=infrastructure_lead, **facts | wrong)
        assert set(refusal.value.fields) == {field}


def test_one_is_written_at_a_time_and_the_next_begins_with_what_was_signed(signed, infrastructure_lead):
    later = {"system": "Northdale ANPR", "period_from": dt.date(2027, 1, 1), "period_until": dt.date(2027, 12, 31)}
    following = actions.begin_self_assessment(by=infrastructure_lead, **later)
    answer = following.answers.get(principle=12)
    assert (answer.statement, answer.evidence, answer.compliance) == (KEPT["statement"], KEPT["evidence"], "")
    with pytest.raises(TooLate, match="being written"):
        actions.begin_self_assessment(by=infrastructure_lead, **later)


def test_a_year_later_those_who_write_it_are_told(signed, infrastructure_lead):
    title = "The self-assessment under the camera code is past its year"
    assert title not in waits_for(infrastructure_lead)
    with time_machine.travel(signed.review_due_at):
        assert title in waits_for(infrastructure_lead)


@pytest.mark.parametrize(
    "words", ["Cameras at ring-north read.", "The A9999 is watched.", "Ring road NORTH works.", "At 54.612, -3.123.",
              "See ring-north-1."]
)  # fmt: skip
def test_what_names_a_place_is_not_published(words, live_site, written, infrastructure_lead, asset_owner):
    live_site()
    actions.answer_principle(written, 8, by=infrastructure_lead, **KEPT | {"statement": words})
    signed = actions.sign_self_assessment(written, by=asset_owner, digest=digest_of(written))
    with pytest.raises(Unfit, match="principle 8"):
        actions.publish_self_assessment(signed, by=asset_owner)
    assert Client().get("/transparency/self-assessment.json").status_code == 404


def test_the_public_reads_answers_and_actions_and_no_names(
    live_site, signed, asset_owner, infrastructure_lead, manager
):
    live_site()
    client = Client()
    assert b"Nothing is published yet" in client.get("/transparency/self-assessment/").content
    with pytest.raises(Refused):
        actions.publish_self_assessment(signed, by=infrastructure_lead)
    actions.publish_self_assessment(signed, by=asset_owner)
    with pytest.raises(TooLate):
        actions.publish_self_assessment(signed, by=asset_owner)
    page, told = client.get("/transparency/self-assessment/"), client.get("/transparency/self-assessment.json")
    for public in (page.content.decode(), told.content.decode()):
        assert "Agree a faster feed." in public
        assert "It is kept, as the policy says." in public
        for secret in ("Policy 7", manager.last_name, manager.username, "ring-north", "A9999", "54.6", str(signed.pk)):
            assert secret not in public, secret
    assert len(told.json()["principles"]) == 12


def test_strangers_see_none_and_colleagues_write_none(signed, submitter, operator, manager, dpo, client_of):
    for name, pk in (
        ("code_detail", signed.pk),
        ("api_code_detail", signed.pk),
        ("code_gap_close", CodeGap.objects.get().pk),
    ):
        assert client_of(submitter).get(reverse(name, args=[pk])).status_code in (404, 405), name
        posted = client_of(submitter).post(reverse(name, args=[pk]), {}, content_type="application/json")
        assert posted.status_code in (404, 405), name
    assert client_of(operator).get(reverse("code_detail", args=[signed.pk])).status_code == 200
    with pytest.raises(Refused):
        actions.begin_self_assessment(by=dpo, **YEAR)
    with pytest.raises(Stranger):
        actions.sign_self_assessment(signed, by=submitter, digest="x")


def test_it_goes_through_two_pairs_of_hands_by_page(infrastructure_lead, manager, asset_owner, client_of):
    writer, signer = client_of(infrastructure_lead), client_of(asset_owner)
    assert writer.post(reverse("code_new"), {**YEAR, "period_until": "2025-01-01"}).status_code == 422
    at = writer.post(reverse("code_new"), YEAR).url
    early = signer.post(f"{at}sign/", {"digest": digest_of(SelfAssessment.objects.get())})
    assert (early.status_code, b"Not every principle" in early.content) == (422, True)
    for number in PRINCIPLES:
        typed = {
            "compliance": "part" if number == 12 else "full",
            "statement": f"Kept {number}.",
            "evidence": "/dpias/\nPolicy 7",
        }
        assert writer.post(f"{at}principles/{number}/", typed).status_code == 302
    lost = writer.post(f"{at}principles/12/gaps/", {"words": "Typed with care", "action": "", "owner": manager.pk})
    assert (lost.status_code, b"Typed with care" in lost.content) == (422, True)
    gap = {"words": "Late feeds.", "action": "Agree.", "owner": manager.pk, "due_on": soon().isoformat()}
    assert writer.post(f"{at}principles/12/gaps/", gap).status_code == 302
    assert writer.post(f"{at}summary/", {"summary": "We keep eleven."}).status_code == 302
    assert writer.post(f"{at}sign/", {"digest": digest_of(SelfAssessment.objects.get())}).status_code == 403
    read = digest_of(SelfAssessment.objects.get())
    assert read in signer.get(f"{at}sign/").content.decode()
    assert signer.post(f"{at}sign/", {"digest": read}).status_code == 302
    assert signer.post(f"{at}publish/").status_code == 302
    assert b"We keep eleven." in Client().get("/transparency/self-assessment/").content
    closing = reverse("code_gap_close", args=[CodeGap.objects.get().pk])
    assert client_of(manager).post(closing, {"words": "Hourly now."}).status_code == 302


def test_the_api_does_the_same_with_the_same_checks(infrastructure_lead, manager, asset_owner, client_of, client):
    writer, signer = client_of(infrastructure_lead), client_of(asset_owner)
    as_json = {"content_type": "application/json"}
    begun = writer.post(reverse("api_code_list"), YEAR, **as_json, headers={"Idempotency-Key": "begin-1"})
    again = writer.post(reverse("api_code_list"), YEAR, **as_json, headers={"Idempotency-Key": "begin-1"})
    assert (begun.status_code, again.json()) == (201, begun.json())
    pk = begun.json()["id"]
    seen = writer.get(reverse("api_code_detail", args=[pk]))
    for number in PRINCIPLES:
        address, tag = reverse("api_code_principle", args=[pk, number]), seen.headers["ETag"]
        assert writer.put(address, KEPT, **as_json).status_code == 428
        body = KEPT | {"compliance": "part"} if number == 12 else KEPT
        done = writer.put(address, body, **as_json, headers={"If-Match": tag})
        assert done.status_code == 200
        if done.headers["ETag"] != tag:
            assert writer.put(address, body, **as_json, headers={"If-Match": tag}).status_code == 412
        seen = done
    gap = {
        "principle": 12,
        "words": "Late.",
        "action": "Agree.",
        "owner": str(manager.pk),
        "due_on": soon().isoformat(),
    }
    told = writer.post(reverse("api_code_gap", args=[pk]), gap, **as_json).json()
    refused = writer.post(reverse("api_code_sign", args=[pk]), {"digest": told["digest"]}, **as_json)
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert signer.post(reverse("api_code_sign", args=[pk]), {"digest": "x"}, **as_json).status_code == 409
    assert (
        signer.post(reverse("api_code_sign", args=[pk]), {"digest": told["digest"]}, **as_json).json()["status"]
        == "signed"
    )
    assert signer.post(reverse("api_code_publish", args=[pk]), {}, **as_json).json()["published_at"]
    gap_pk = PrincipleAnswer.objects.get(principle=12).gaps.get().pk
    closed = client_of(manager).post(reverse("api_code_gap_close", args=[gap_pk]), {"words": "Done."}, **as_json)
    assert closed.json()["answers"][11]["gaps"][0]["closing"] == "Done."
    assert client.get(reverse("api_code_list")).status_code == 401
