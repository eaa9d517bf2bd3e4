"""Categories as data: an edition changes what a category allows and asks for, with no release of code (R-001)."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hotlists import actions as hotlists
from hotlists import policies, quality
from hotlists.actions.entries import WRITTEN
from hotlists.forms.writing import StepForm
from hotlists.steps import BY_SLUG
from portal.errors import Refused, Unfit
from standards import actions
from standards.forms import ProposalForm
from standards.models import ENTRY_FIELDS, Category, StandardsProfile
from standards.ranks import Rank
from tests.cast import GROUNDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(superintendent, asset_owner):
    """edition(CRM={"review_hours": 5}, …): adopted by two people, in force from now on."""

    def make(**categories) -> StandardsProfile:
        now = timezone.now()
        base = StandardsProfile.objects.in_force(now)
        proposed = actions.propose_profile(
            base, by=superintendent, name=f"Edition of {now}", source="Circular 9", effective_from=now, numbers={},
            categories=categories,
        )  # fmt: skip
        return actions.adopt_profile(proposed, by=asset_owner)

    return make


def problems_of(version) -> dict:
    return quality.problems(version, at=timezone.now())


def test_longest_life_and_review_follow_the_edition(edition, draft_entry):
    assert problems_of(draft_entry()) == {}
    edition(CRM={"max_expiry_hours": 24 * 10, "review_hours": 24 * 2})
    found = problems_of(draft_entry(vrm_entered="XY50 ZZZ"))
    assert "at most 10 days" in found["expires_at"][0]
    assert "at least every 48 hours" in found["review_by"][0]


def test_rank_and_number_of_deciders_follow_the_edition(
    edition, submitted_entry, supervisor, inspector, superintendent
):
    edition(CRM={"decider_rank": Rank.INSPECTOR, "deciders": 2})
    version = submitted_entry()
    refused = policies.may_decide(supervisor, version)
    assert not refused
    assert "inspector" in refused.reason
    hotlists.decide(version, by=inspector, verdict="approve", **GROUNDS)
    version.refresh_from_db()
    assert version.status == "submitted", "one of two"
    hotlists.decide(version, by=superintendent, verdict="approve", **GROUNDS)
    version.refresh_from_db()
    assert version.status == "approved"


def test_usual_action_and_priority_and_what_a_feed_holds_follow_the_edition(edition, hotlist):
    edition(CRM={"default_action": "OBSERVE_REPORT", "default_priority": "LOW"}, WNT={"is_feed": True})
    form = StepForm({"category": "CRM"}, step=BY_SLUG["why"], hotlist=hotlist)
    assert form.is_valid()
    assert (form.facts(timezone.now())["action"], form.facts(timezone.now())["priority"]) == ("OBSERVE_REPORT", "LOW")
    assert "WNT" not in form.categories


@pytest.mark.parametrize(
    ("patterns", "reference", "accepted"),
    [
        ([], "anything", True),
        (["CR/#/#"], "CR/2211/26", True),
        (["CR/#/#"], "cr/2211/26", True),
        (["CR/#/#"], "CR/22a1/26", False),
        (["CR/#/#"], "CR/2211/26 and more", False),
        (["CR/#/#", "INC *"], "INC of Tuesday", True),
        (["C.R"], "CxR", False),
        (["#"], "٣", False),
    ],
)
def test_reference_looks_as_the_category_says(patterns, reference, accepted):
    assert Category(reference_patterns=patterns).accepts_reference(reference) is accepted


def test_new_category_is_one_that_lists_and_entries_may_have(edition, hotlist, manager, dpia):
    edition(
        HVC={
            "name": "Heavy vehicle crime", "max_expiry_hours": 48, "review_hours": 24, "decider_rank": Rank.SERGEANT,
            "default_action": "ASSESS", "default_priority": "LOW",
        }
    )  # fmt: skip
    made = hotlists.create_hotlist(
        by=manager, slug="heavy", title="Heavy vehicles", kind="MANAGED", purpose="Find lorries.", controller="Northdale",
        legal_basis="DPA 2018 Part 3", owner=manager, dpia=dpia, categories=["HVC"], actions=["ASSESS"],
        sunset_at=timezone.now() + dt.timedelta(days=30),
    )  # fmt: skip
    assert list(StepForm(step=BY_SLUG["why"], hotlist=made).categories) == ["HVC"]


@pytest.mark.parametrize(
    ("code", "facts", "field"),
    [
        ("CRM", {"review_hours": 24 * 60}, "categories.CRM.review_hours"),
        ("CRM", {"deciders": 0}, "categories.CRM.deciders"),
        ("CRM", {"deciders": 9}, "categories.CRM.deciders"),
        ("CRM", {"is_feed": True, "is_suppression": True}, "categories.CRM.is_suppression"),
        ("CRM", {"required_fields": ["colour of the sky"]}, "categories.CRM.required_fields"),
        ("CRM", {"default_action": "SHOUT"}, "categories.CRM.default_action"),
        ("CRM", {"profile": 1}, "categories.CRM"),
        ("NEW", {"name": "New"}, "categories.NEW"),
    ],
)
def test_category_that_cannot_be_is_unfit_and_nothing_is_proposed(superintendent, code, facts, field):
    base = StandardsProfile.objects.in_force(timezone.now())
    with pytest.raises(Unfit) as refusal:
        actions.propose_profile(
            base, by=superintendent, name="Edition 9", source="None", effective_from=timezone.now(), numbers={},
            categories={code: facts},
        )  # fmt: skip
    assert list(refusal.value.fields) == [field]
    assert not StandardsProfile.objects.filter(name="Edition 9").exists()


def test_database_keeps_a_category_in_order(edition):
    categories = edition(CRM={"note": "x"}).categories.filter(code="CRM")
    for wrong in ({"review_hours": 10_000}, {"deciders": 0}, {"is_feed": True, "is_suppression": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            categories.update(**wrong)


def test_what_a_category_may_ask_for_is_something_that_entries_say():
    assert set(ENTRY_FIELDS) <= set(WRITTEN)


def posted(**over) -> dict:
    """The page's fields as a browser sends them."""
    form = ProposalForm(base=StandardsProfile.objects.in_force(timezone.now()))
    sent = {
        "name": "Edition 5", "source": "Circular 10", "effective_from": timezone.now().strftime("%Y-%m-%dT%H:%M"),
        **{name: form[name].value() for name in form.numbers},
    }  # fmt: skip
    for one in form.categories.values():
        for bound in one:
            value = bound.value()
            if value is not None and value is not False:
                sent[bound.html_name] = "on" if value is True else value
    return {**sent, **over}


def test_page_proposes_a_changed_category_and_tells_who_adopts_what_differs(superintendent, asset_owner, client_of):
    client = client_of(superintendent)
    sent = posted(**{"CRM-review_hours": 240, "CRM-required_fields": ["grading"],
                             "CRM-reference_patterns": "CR/#/#, INC #"})  # fmt: skip
    assert client.post(reverse("profile_propose"), sent).status_code == 302
    proposed = StandardsProfile.objects.get(name="Edition 5")
    crm = proposed.categories.get(code="CRM")
    assert (crm.review_hours, crm.reference_patterns) == (240, ["CR/#/#", "INC #"])
    page = client_of(asset_owner).get(reverse("profile_detail", args=[proposed.pk])).content.decode()
    assert "<ins>240 hours</ins>" in page
    assert "<ins>CR/#/# or INC #</ins>" in page
    assert page.count("<ins>") == 3, "what was not touched is not said to change"


def test_page_loses_nothing_that_was_typed_and_says_what_to_mend(superintendent, client_of):
    client = client_of(superintendent)
    answer = client.post(reverse("profile_propose"), posted(**{"CRM-review_hours": 24 * 100, "CRM-note": "Mine"}))
    page = answer.content.decode()
    assert "The review comes before the end" in page
    assert 'value="2400"' in page
    assert "Mine" in page


def test_api_proposes_categories_and_tells_what_differs(superintendent, submitter, client_of):
    body = {
        "name": "Edition 6", "source": "Circular 11", "effective_from": timezone.now().isoformat(),
        "categories": {"CRM": {"max_expiry_hours": 480, "review_hours": 240}},
    }  # fmt: skip
    client = client_of(superintendent)
    made = client.post(reverse("api_profile_list"), body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert next(one for one in made.json()["categories"] if one["code"] == "CRM")["review_hours"] == 240
    differs = client_of(submitter).get(reverse("api_profile_changes", args=[made.json()["id"]])).json()
    assert {change["after"] for change in differs} == {"480 hours", "240 hours"}
    back = client_of(submitter).get(
        reverse("api_profile_changes", args=[StandardsProfile.objects.in_force(timezone.now()).pk]),
        {"against": made.json()["id"]},
    )
    assert {change["before"] for change in back.json()} == {"480 hours", "240 hours"}
    wrong = client.post(
        reverse("api_profile_list"), body | {"name": "Edition 7", "categories": {"CRM": {"deciders": 7}}},
        content_type="application/json",
    )  # fmt: skip
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/categories.CRM.deciders"


def test_colleague_reads_the_editions_and_changes_no_category(submitter, client_of, edition):
    shown = edition(CRM={"note": "Only a note"})
    assert client_of(submitter).get(reverse("profile_detail", args=[shown.pk])).status_code == 200
    with pytest.raises(Refused):
        actions.propose_profile(
            shown, by=submitter, name="Mine", source="Me", effective_from=timezone.now(), numbers={},
            categories={"CRM": {"deciders": 1}},
        )  # fmt: skip


def test_standards_pages_ask_the_same_number_of_queries_for_two_editions_and_for_ten(
    edition, superintendent, client_of
):
    client = client_of(superintendent)
    shown = edition(CRM={"note": "first"})

    def asked() -> list[int]:
        numbers = []
        for address in (reverse("profile_list"), reverse("profile_detail", args=[shown.pk])):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            numbers.append(len(queries))
        return numbers

    before = asked()
    for number in range(8):
        edition(CRM={"note": f"another {number}"})
    assert asked() == before
