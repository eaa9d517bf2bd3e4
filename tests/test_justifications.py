"""A list lapses unless somebody says afresh why it is needed, and somebody else agrees; what was in force stays answerable."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.sign_in import open_sign_in
from audit.models import Event
from hotlists import actions
from hotlists.models import Hotlist, HotlistTerm, Justification
from portal.errors import Refused, Stranger, TooLate, Unfit
from portal.home import items_for

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def proposed(hotlist, manager) -> Justification:
    return actions.propose_justification(hotlist, by=manager, words="Nine of ten burglars' cars were found with it.")


def in_force(hotlist, at) -> bool:
    return Hotlist.objects.in_force(at).filter(pk=hotlist.pk).exists()


def test_yes_of_another_person_moves_the_sunset_and_the_past_stays_as_it_was(hotlist, manager, asset_owner, dpia):
    made = timezone.now()
    with time_machine.travel(made + 100 * DAY):
        open_sign_in(asset_owner, method="password")
        one = actions.propose_justification(
            hotlist, by=manager, words="Still needed.", sunset_at=timezone.now() + 30 * DAY
        )
        assert in_force(hotlist, made + 200 * DAY), "a proposal changes nothing"
        actions.decide_justification(one, by=asset_owner, verdict="approve", rationale="For a month more.")
    assert in_force(hotlist, made + 99 * DAY)
    assert in_force(hotlist, made + 129 * DAY)
    assert not in_force(hotlist, made + 131 * DAY)
    terms = HotlistTerm.objects.filter(hotlist=hotlist)
    assert [term.until_at is None for term in terms] == [False, True]
    assert terms[0].until_at == terms[1].from_at


def test_proposer_does_not_decide_nor_who_lacks_the_role_nor_a_stranger(
    proposed, manager, submitter, outsider, asset_owner, superintendent
):
    with pytest.raises(Refused, match="somebody else"):
        actions.decide_justification(proposed, by=manager, verdict="approve", rationale="Mine.")
    with pytest.raises(Refused, match="role"):
        actions.decide_justification(proposed, by=submitter, verdict="approve", rationale="No.")
    with pytest.raises(Stranger):
        actions.decide_justification(proposed, by=outsider, verdict="approve", rationale="No.")
    asset_owner.sign_in = None
    with pytest.raises(Refused, match="signed in"):
        actions.decide_justification(proposed, by=asset_owner, verdict="approve", rationale="Yes.")
    actions.decide_justification(proposed, by=superintendent, verdict="approve", rationale="Yes.")
    with pytest.raises(TooLate):
        actions.decide_justification(proposed, by=superintendent, verdict="reject", rationale="No.")


def test_no_leaves_the_list_to_lapse_and_another_may_be_put_forward(hotlist, proposed, asset_owner, manager):
    sunset = hotlist.sunset_at
    with pytest.raises(TooLate, match="waits for a decision"):
        actions.propose_justification(hotlist, by=manager, words="Again.")
    actions.decide_justification(proposed, by=asset_owner, verdict="reject", rationale="It found nobody.")
    assert Hotlist.objects.get(pk=hotlist.pk).sunset_at == sunset
    actions.propose_justification(hotlist, by=manager, words="Now with figures.")


@pytest.mark.parametrize(
    ("words", "days", "field"), [("", 10, "words"), ("Needed.", 400, "sunset_at"), ("Needed.", -1, "sunset_at")]
)
def test_justification_without_words_or_beyond_a_year_is_unfit(hotlist, manager, words, days, field):
    with pytest.raises(Unfit) as refusal:
        actions.propose_justification(hotlist, by=manager, words=words, sunset_at=timezone.now() + days * DAY)
    assert field in refusal.value.fields


def test_what_the_list_held_and_led_to_is_kept_with_the_proposal(hotlist, manager, approved_entry, supervisor):
    actions.withdraw(approved_entry(), by=supervisor, reason="arrested")
    approved_entry(vrm_entered="XY50 ZZZ")
    made = actions.propose_justification(hotlist, by=manager, words="Needed.")
    worth = {row["what"]: row["count"] for row in made.worth}
    assert worth["Entries written"] == 2
    assert worth["Entries ended by success"] == 1
    assert worth["Hits"] == 0, "other rooms count too"


def test_database_lets_no_list_stand_longer_or_on_its_proposer_s_own_word(hotlist, proposed, manager, asset_owner):
    decided = {
        "status": "approved",
        "decided_at": timezone.now(),
        "sign_in_id": asset_owner.sign_in.pk,
        "rationale": "x",
    }
    rows = Justification.objects.filter(pk=proposed.pk)
    own = decided | {"decided_by": manager, "sign_in_id": manager.sign_in.pk}
    long = decided | {"decided_by": asset_owner, "sunset_at": timezone.now() + 400 * DAY}
    nobody = {"status": "approved"}
    for wrong in (own, long, nobody, {"words": "Other words"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        HotlistTerm.objects.filter(hotlist=hotlist).update(until_at=timezone.now())
        HotlistTerm.objects.create(
            hotlist=hotlist, justification=proposed, sunset_at=proposed.sunset_at, from_at=timezone.now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Justification.objects.filter(is_first=True).update(sunset_at=timezone.now() + 900 * DAY)


def test_owner_is_told_before_the_sunset_and_the_second_person_of_what_waits(hotlist, manager, asset_owner):
    titles = lambda user, at: [item.title for item in items_for(user, at)]  # noqa: E731
    assert not any("justified afresh" in title for title in titles(manager, timezone.now()))
    soon = timezone.now() + 340 * DAY
    assert "Northdale crime has to be justified afresh" in titles(manager, soon)
    assert any("lapsed" in title for title in titles(manager, timezone.now() + 366 * DAY))
    actions.propose_justification(hotlist, by=manager, words="Needed.")
    assert not any("justified afresh" in title for title in titles(manager, soon))
    assert "A justification of Northdale crime waits for your decision" in titles(asset_owner, timezone.now())


def test_pages_put_forward_and_decide(hotlist, manager, asset_owner, submitter, client_of):
    address = reverse("hotlist_justify", args=[hotlist.slug])
    assert client_of(submitter).get(address).status_code == 403
    assert "Entries written" in client_of(manager).get(address).content.decode()
    client_of(manager).post(address, {"words": "Needed for the burglaries.", "sunset_at": ""})
    one = Justification.objects.get(status="proposed")
    page = reverse("justification_decide", args=[one.pk])
    shown = client_of(manager).get(page).content.decode()
    assert "somebody else has to decide it" in shown
    assert client_of(manager).post(page, {"verdict": "approve", "rationale": "Mine"}).status_code == 403
    empty = client_of(asset_owner).post(page, {"verdict": "approve", "rationale": ""})
    assert empty.status_code == 200
    client_of(asset_owner).post(page, {"verdict": "approve", "rationale": "It is worth it."})
    one.refresh_from_db()
    assert one.status == "approved"
    assert "decided by" in client_of(manager).get(reverse("hotlist_detail", args=[hotlist.slug])).content.decode()


def test_api_puts_forward_and_decides_once(hotlist, manager, asset_owner, outsider, client_of):
    address = reverse("api_justification_list", args=[hotlist.slug])
    assert client_of(outsider).get(address).status_code == 404
    sent = {"words": "Needed."}
    post = client_of(manager).post
    made = post(address, sent, content_type="application/json", headers={"Idempotency-Key": "one"})
    again = post(address, sent, content_type="application/json", headers={"Idempotency-Key": "one"})
    assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
    decide = reverse("api_justification_decide", args=[made.json()["id"]])
    body = {"verdict": "approve", "rationale": "Yes."}
    assert client_of(manager).post(decide, body, content_type="application/json").status_code == 403
    assert client_of(outsider).post(decide, body, content_type="application/json").status_code == 404
    done = client_of(asset_owner).post(decide, body, content_type="application/json")
    assert (done.status_code, done.json()["status"]) == (200, "approved")
    assert client_of(asset_owner).post(decide, body, content_type="application/json").status_code == 409
    assert len(client_of(manager).get(address).json()["results"]) == 2
    verbs = set(Event.objects.filter(subject_kind="hotlists.justification").values_list("verb", flat=True))
    assert verbs == {"justification.proposed", "justification.approved"}
