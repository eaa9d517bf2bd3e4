"""Decisions: each gives its grounds; two who decide are blind to each other until both have spoken."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event, EventDetail
from audit.verbs import Verb
from hotlists import actions
from hotlists.models import Decision, Entry, EntryVersion
from portal.errors import Refused, TooLate, Unfit
from tests.cast import GROUNDS, approve, entry_facts
from tests.test_conventions import addresses

pytestmark = pytest.mark.django_db


def in_force(version: EntryVersion) -> bool:
    return Entry.objects.in_force(timezone.now()).filter(pk=version.entry_id).exists()


# --- What a decision says -------------------------------------------------------------------------------


@pytest.mark.parametrize("left_out", sorted(GROUNDS))
@pytest.mark.parametrize("verdict", ["approve", "conditions"])
def test_an_approval_without_one_of_its_grounds_is_refused_by_name(submitted_entry, supervisor, verdict, left_out):
    with pytest.raises(Unfit) as refusal:
        actions.decide(
            submitted_entry(), by=supervisor, verdict=verdict, conditions="x" if verdict == "conditions" else "",
            **GROUNDS | {left_out: "  " if left_out != "legal_gateway" else ""},
        )  # fmt: skip
    assert list(refusal.value.fields) == [left_out]
    assert not Decision.objects.exists()


@pytest.mark.parametrize("verdict", ["reject", "return"])
def test_a_refusal_needs_its_reason_and_no_grounds(submitted_entry, supervisor, verdict):
    version = submitted_entry()
    with pytest.raises(Unfit) as refusal:
        actions.decide(version, by=supervisor, verdict=verdict, rationale=" ")
    assert list(refusal.value.fields) == ["rationale"]
    actions.decide(version, by=supervisor, verdict=verdict, rationale="No link between driver and offence.")
    version.refresh_from_db()
    assert version.status == {"reject": "rejected", "return": "returned"}[verdict]
    assert not in_force(version)


def test_conditions_are_asked_of_an_approval_with_conditions_and_of_no_other(submitted_entry, supervisor):
    version = submitted_entry()
    for over in ({"verdict": "conditions"}, {"conditions": "Only by day."}):
        with pytest.raises(Unfit) as refusal:
            approve(version, by=supervisor, **over)
        assert list(refusal.value.fields) == ["conditions"]
    approve(version, by=supervisor, verdict="conditions", conditions="Only by day.")
    assert in_force(version)


@pytest.mark.parametrize(
    "over",
    [
        {"necessity": ""}, {"proportionality": " \n"}, {"collateral_intrusion": ""}, {"alternatives": ""},
        {"legal_gateway": ""}, {"conditions": "Of no verdict"}, {"verdict": "conditions"}, {"verdict": "reject"},
        {"verdict": "return", "rationale": " "},
    ],
)  # fmt: skip
def test_the_database_refuses_a_decision_that_does_not_say_why(submitted_entry, supervisor, over):
    version = submitted_entry()
    facts = {"verdict": "approve", **GROUNDS, **over}
    with pytest.raises(IntegrityError, match="hotlists_decision_"), transaction.atomic():
        Decision.objects.create(
            version=version, decided_by=supervisor, decided_at=timezone.now(), rank=supervisor.rank,
            sign_in=supervisor.sign_in, profile=version.profile, **facts,
        )  # fmt: skip


def test_grounds_and_conditions_are_told_on_the_entry_and_over_the_api(submitted_entry, supervisor, client_of):
    version = submitted_entry()
    approve(version, by=supervisor, verdict="conditions", conditions="Only between Quay Street and the ring road.")
    client = client_of(supervisor)
    page = client.get(reverse("entry_detail", args=[version.entry_id])).content.decode()
    told = client.get(reverse("api_entry_decisions", args=[version.entry_id])).json()
    for words in ("Approved with conditions", "Only between Quay Street", GROUNDS["proportionality"]):
        assert words in page
    assert [one["conditions"] for one in told] == ["Only between Quay Street and the ring road."]


def test_the_page_decides_the_version_that_was_read_and_no_later_one(submitted_entry, submitter, supervisor, client_of):
    version = submitted_entry()
    actions.decide(version, by=supervisor, verdict="return", rationale="Which shop?")
    later = actions.submit(actions.begin_version(version.entry, by=submitter, colour="Red"), by=submitter)
    client, body = client_of(supervisor), {"verdict": "approve", **GROUNDS}
    answer = client.post(reverse("entry_decide", args=[version.entry_id]), body | {"version": version.pk})
    assert answer.status_code == 409
    answer = client.post(
        reverse("api_entry_decide", args=[version.entry_id]), body | {"version": 1}, content_type="application/json"
    )
    assert answer.status_code == 409
    assert not in_force(version)
    answer = client.post(
        reverse("api_entry_decide", args=[version.entry_id]), body | {"version": 2}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    later.refresh_from_db()
    assert later.status == EntryVersion.Status.APPROVED


def test_a_decision_form_with_something_missing_keeps_what_was_typed(submitted_entry, supervisor, client_of):
    version = submitted_entry()
    body = {"version": version.pk, "verdict": "approve", **GROUNDS, "alternatives": ""}
    page = client_of(supervisor).post(reverse("entry_decide", args=[version.entry_id]), body).content.decode()
    assert "Say what else was considered" in page
    assert GROUNDS["necessity"] in page


# --- Two deciders -----------------------------------------------------------------------------------------


@pytest.fixture
def for_two(submitted_entry) -> EntryVersion:
    """A version that two superintendents decide."""
    return submitted_entry(protected_activity=True)


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ("approve", "approve", "approved"), ("approve", "conditions", "approved"), ("reject", "approve", "rejected"),
        ("approve", "reject", "rejected"), ("return", "approve", "returned"), ("return", "reject", "rejected"),
        ("reject", "return", "rejected"),
    ],
)  # fmt: skip
def test_nothing_follows_before_both_have_spoken(
    for_two, superintendent, second_superintendent, first, second, outcome
):
    for user, verdict, then in (
        (superintendent, first, "submitted"),
        (second_superintendent, second, outcome),
    ):
        said = {"rationale": "No."} if verdict in ("reject", "return") else GROUNDS
        conditions = {"conditions": "By day."} if verdict == "conditions" else {}
        actions.decide(for_two, by=user, verdict=verdict, **said, **conditions)
        for_two.refresh_from_db()
        assert for_two.status == then
        assert in_force(for_two) == (then == "approved")
    assert Event.objects.newest_first().first().verb == Verb.DECISIONS_OPENED


def test_one_person_does_not_decide_twice(for_two, superintendent):
    approve(for_two, by=superintendent)
    with pytest.raises(Refused, match="already"):
        approve(for_two, by=superintendent)


def test_the_database_lets_nothing_follow_one_of_two_decisions(for_two, superintendent):
    actions.decide(for_two, by=superintendent, verdict="reject", rationale="No.")
    for status in ("approved", "rejected", "returned"):
        with pytest.raises(IntegrityError, match="1 of 2 decisions"), transaction.atomic():
            EntryVersion.objects.filter(pk=for_two.pk).update(status=status)


SECRET = "Xylophone"  # a word that stands on no page
# What waits, what is asked from outside a transaction, and what matchers fetch with a token of theirs.
UNASKED = re.compile(r"stream|\(|healthz|publication|static/|accounts/")


def test_nothing_that_the_second_decider_can_open_tells_what_the_first_decided(
    for_two, superintendent, second_superintendent, submitter, client_of
):
    decision = actions.decide(for_two, by=superintendent, verdict="reject", rationale=f"{SECRET} rationale.")
    keys = {str(for_two.entry_id), str(for_two.pk), str(decision.pk), str(for_two.entry.hotlist_id)}
    opened = 0
    for user in (second_superintendent, submitter):
        client = client_of(user)
        client.raise_request_exception = False
        for address in sorted(addresses()):
            if UNASKED.search(address):
                continue
            for key in keys if "01900000-0000-7000-8000-000000000000" in address else [""]:
                path = "/" + address.replace("01900000-0000-7000-8000-000000000000", key)
                path = path.replace("/nothing/", f"/{for_two.entry.hotlist.slug}/")
                answer = client.get(path)
                body = b"".join(answer.streaming_content) if answer.streaming else answer.content
                opened += answer.status_code == 200
                assert SECRET.encode() not in body, path
                assert str(decision.pk).encode() not in body or str(decision.pk) in path, path
    assert opened > 20, "too little could be opened for this to mean anything"
    assert not Decision.objects.open_to(second_superintendent).exists()
    assert Decision.objects.open_to(superintendent).exists(), "one's own one knows"

    approve(for_two, by=second_superintendent)
    page = client_of(second_superintendent).get(reverse("entry_detail", args=[for_two.entry_id])).content
    assert SECRET.encode() in page, "with both spoken, both are read"


def test_the_log_of_the_first_decision_does_not_say_how_it_went(for_two, superintendent, second_superintendent):
    actions.decide(for_two, by=superintendent, verdict="reject", rationale=f"{SECRET} rationale.")
    event = Event.objects.newest_first().first()
    assert event.verb == Verb.DECISION_SEALED
    assert SECRET not in str(EventDetail.objects.get(pk=event.pk).body)
    assert "reject" not in str(EventDetail.objects.get(pk=event.pk).body)
    approve(for_two, by=second_superintendent)
    told = EventDetail.objects.get(pk=Event.objects.newest_first().first().pk).body["told"]
    assert "reject" in told


def test_two_deciders_of_counter_terrorism(submitted_entry, superintendent, second_superintendent):
    now = timezone.now()
    version = submitted_entry(
        category="CT", purpose="counter_terrorism", action="SILENT", ripa_considered=True, ripa_ref="DSA/12", priority="HIGH",
        expires_at=now + dt.timedelta(days=60),
    )  # fmt: skip
    approve(version, by=superintendent, legal_gateway="terrorism")
    assert not in_force(version)
    approve(version, by=second_superintendent, legal_gateway="terrorism")
    assert in_force(version)


# --- The queue --------------------------------------------------------------------------------------------


def test_the_queue_holds_just_what_may_decide_allows(hotlist, cast, submitter, superintendent):
    by_rank = actions.submit(actions.begin_entry(hotlist, by=submitter, **entry_facts()), by=submitter)
    for_two = actions.submit(
        actions.begin_entry(hotlist, by=submitter, **entry_facts(vrm_entered="XY50 ZZZ", protected_activity=True)),
        by=submitter,
    )
    own = actions.begin_entry(hotlist, by=superintendent, **entry_facts(vrm_entered="XY50 ZZY"))
    actions.submit(own, by=superintendent)
    approve(for_two, by=superintendent)
    for name, user in cast.items():
        allowed = {
            version.pk
            for version in EntryVersion.objects.visible_to(user).filter(status="submitted")
            if actions.decisions.policies.may_decide(user, version)
        }
        if "hotlists.decide_entry" in user.role_permissions:
            assert set(EntryVersion.objects.decidable_by(user).values_list("pk", flat=True)) == allowed, name
        else:
            assert not allowed
    assert by_rank.pk in EntryVersion.objects.decidable_by(superintendent).values_list("pk", flat=True)


def test_the_queue_over_the_api_is_the_pages_in_order_and_narrowed(submitted_entry, supervisor, client_of):
    for plate, priority in (("AB01 AAA", "LOW"), ("AB01 BBB", "HIGH"), ("AB01 CCC", "MEDIUM")):
        submitted_entry(vrm_entered=plate, priority=priority)
    for_others = submitted_entry(vrm_entered="XY50 ZZZ", protected_activity=True)
    client, queue = client_of(supervisor), reverse("api_decision_queue")

    def told(**asked) -> list[str]:
        return [row["vrm"] for row in client.get(queue, asked).json()["results"]]

    assert told() == ["AB01BBB", "AB01CCC", "AB01AAA"]
    assert told(priority="LOW") == ["AB01AAA"]
    assert told(list=for_others.entry.hotlist.slug, category="CRM") == told()
    assert told(list="no-such-list") == told(category="none") == []
    assert client.get(queue, {"priority": "urgent"}).status_code == 400
    mine, others = client.get(queue).json(), client.get(queue, {"show": "others"}).json()
    assert [row["why_not"] for row in mine["results"]] == ["", "", ""]
    assert [row["vrm"] for row in others["results"]] == ["XY50ZZZ"]
    assert "superintendent or above" in others["results"][0]["why_not"]


def test_pages_of_the_queue_over_the_api_leave_nothing_out_and_repeat_nothing(submitted_entry, supervisor, client_of):
    for n, priority in enumerate(["LOW", "HIGH", "MEDIUM", "HIGH", "LOW"]):
        submitted_entry(vrm_entered=f"AB01 AA{chr(65 + n)}", priority=priority)
    client, at, seen = client_of(supervisor), reverse("api_decision_queue") + "?page_size=2", []
    while at:
        page = client.get(at).json()
        seen += [row["vrm"] for row in page["results"]]
        at = page["next"]
    assert seen == ["AB01AAB", "AB01AAD", "AB01AAC", "AB01AAA", "AB01AAE"]


def test_a_version_that_was_withdrawn_is_too_late_to_decide(submitted_entry, submitter, supervisor):
    version = submitted_entry()
    actions.withdraw(version.entry, by=submitter, reason="owner_request")
    with pytest.raises(TooLate):
        approve(version, by=supervisor)
