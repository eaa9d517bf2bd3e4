"""The people of the tests: one of each role, signed in; and the lists and entries they work on, reached by walking actions."""

import datetime as dt
import itertools

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import add_user
from accounts.models import SystemJob, Team, User
from accounts.sign_in import SESSION_KEY, open_sign_in
from camera_sites import actions as sites
from camera_sites.models import Dpia
from hotlists import actions
from hotlists.models import Decision, Entry, EntryVersion, Hotlist
from standards.ranks import Rank

PASSWORD = "correct horse battery staple"
JOB = SystemJob("tests")


def person(username: str, roles: list[str], rank: Rank = Rank.NONE, **facts) -> User:
    """Somebody with these roles, acting in a session of their own."""
    user = add_user(username, by=JOB, roles=roles, password=PASSWORD, rank=rank, **facts)
    open_sign_in(user, method="password")
    return user


def _fixture(username: str, roles: list[str], rank: Rank = Rank.NONE):
    def made(db) -> User:
        return person(username, roles, rank, first_name=username.split("_")[0].title(), last_name="Test")

    made.__doc__ = f"{username}, who holds {', '.join(roles) or 'nothing'}."
    return pytest.fixture(name=username)(made)


submitter = _fixture("submitter", ["SUB"], Rank.CONSTABLE)
supervisor = _fixture("supervisor", ["SUP"], Rank.SERGEANT)
inspector = _fixture("inspector", ["INS"], Rank.INSPECTOR)
superintendent = _fixture("superintendent", ["SPT"], Rank.SUPERINTENDENT)
second_superintendent = _fixture("second_superintendent", ["SPT"], Rank.SUPERINTENDENT)
manager = _fixture("manager", ["MGR"])
operator = _fixture("operator", ["CTL"])
infrastructure_lead = _fixture("infrastructure_lead", ["INF"])
dpo = _fixture("dpo", ["DPO"])
auditor = _fixture("auditor", ["AUD"])
asset_owner = _fixture("asset_owner", ["IAO"])
administrator = _fixture("administrator", ["ADM"])
outsider = _fixture("outsider", ["SUB", "SUP"], Rank.SUPERINTENDENT)


@pytest.fixture
def cast(
    submitter, supervisor, inspector, superintendent, second_superintendent, manager, operator, dpo, auditor,
    asset_owner, administrator, infrastructure_lead, outsider,
) -> dict[str, User]:  # fmt: skip
    """Everybody, by name."""
    return {name: user for name, user in locals().items() if isinstance(user, User)}


UNEXPLAINED = b"Say for which purpose and case you look."


class Desk(Client):
    """A browser before somebody who, asked why they look, says so and gets to see what they asked for."""

    def get(self, path, *args, **kwargs):
        """What was asked for; the question in between is answered, unless the test is about it."""
        answer = super().get(path, *args, **kwargs)
        asked = reverse("reason_state")
        on_page = answer.status_code == 302 and answer.url.startswith(asked)
        if on_page or (answer.status_code == 403 and UNEXPLAINED in answer.content):
            self.post(asked, {"purpose": "oversight", "case_ref": "", "words": "Looked at for a test."})
            return super().get(path, *args, **kwargs)
        return answer


@pytest.fixture
def client_of():
    """client_of(user): a browser in which this person is signed in, in the session that `user.sign_in` names."""

    def signed_in(user: User) -> Client:
        client = Desk()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        if user.sign_in is not None:
            session = client.session
            session[SESSION_KEY] = str(user.sign_in.pk)
            session.save()
        return client

    return signed_in


@pytest.fixture
def team(submitter, supervisor, inspector, superintendent, second_superintendent, manager, operator, dpo, auditor,
         asset_owner) -> Group:  # fmt: skip
    """Those who may see the test list; the outsider is none of them."""
    group, _ = Group.objects.get_or_create(name="Northdale crime team")
    group.user_set.add(submitter, supervisor, inspector, superintendent, second_superintendent, manager, operator, dpo,
                       auditor, asset_owner)  # fmt: skip
    Team.objects.create(group=group, unit="Northdale")
    return group


def approved_dpia(*, ref: str, author: User, adviser: User, decider: User, review_due_at: dt.datetime) -> Dpia:
    """An assessment with advice and decision, in date until `review_due_at`."""
    version = sites.begin_dpia(
        by=author, ref=ref, title=f"Assessment {ref}", need="Alerts.", description="Reads are compared with a list.",
        risks="Wrongful stops.", measures="A second person decides.", safeguards="Signed lists.",
        consultation="Panel, March.", subjects_not_asked="The panel speaks for drivers.",
        risk_register=[{"risk": "Wrongful stop", "likelihood_before": 3, "severity_before": 3, "likelihood_after": 1,
                        "severity_after": 3}],
    )  # fmt: skip
    sites.submit(version, by=author)
    sites.advise(version, by=adviser, is_favourable=True, words="Proportionate.")
    sites.decide(version, by=decider, verdict="approve", words="Necessary.", review_due_at=review_due_at)
    return version.dpia


@pytest.fixture
def dpia(infrastructure_lead, dpo, asset_owner) -> Dpia:
    """An assessment that governs for a year."""
    return approved_dpia(
        ref="dpia-lists", author=infrastructure_lead, adviser=dpo, decider=asset_owner,
        review_due_at=timezone.now() + dt.timedelta(days=365),
    )  # fmt: skip


@pytest.fixture
def hotlist(dpia, manager, team) -> Hotlist:
    """A managed list in force, seen by the team."""
    made = actions.create_hotlist(
        by=manager, slug="northdale-crime", title="Northdale crime", kind=Hotlist.Kind.MANAGED,
        purpose="Find vehicles used in crime", controller="Northdale Police", legal_basis="DPA 2018 Part 3",
        owner=manager, dpia=dpia, categories=["WNT", "MIS-H", "MIS-M", "FIR", "SAF", "CRM", "OCG", "PRT", "CLN", "RTD", "CT"],
        actions=["STOP", "ASSESS", "OBSERVE_REPORT", "SILENT"], markers=["FI", "WE", "VI"],
        sunset_at=timezone.now() + dt.timedelta(days=365),
    )  # fmt: skip
    actions.give_access(made, team, by=manager)
    return made


_told = itertools.count()
_WHERE = ("Mill Lane", "Harbour Road", "Eastcliff Avenue", "Station Parade", "Quay Street", "Priory Road", "Canal Walk")
_WHAT = ("jeweller", "pharmacy", "post office", "petrol station", "warehouse", "tool shop", "bank", "scrapyard", "farm",
         "school", "betting shop")  # fmt: skip
_SEEN = ("on the shop's CCTV", "by two witnesses who wrote it down", "on a doorbell camera", "by the patrol that gave chase",
         "in dashcam footage")  # fmt: skip


def a_reason() -> str:
    """Why a vehicle is to be looked for, not told twice alike (R-025)."""
    n = next(_told)
    where, what, seen = _WHERE[n % 7], _WHAT[n % 11], _SEEN[n % 5]
    return f"Used as the getaway vehicle when the {what} at {where} was robbed, case {n + 100}; plate seen {seen}."


def entry_facts(**over) -> dict:
    """What an author writes for a standard entry that may be submitted; dates from now on. What some answers ask for
    besides, such as a marker its source, is answered too unless `over` does."""
    now = timezone.now()
    facts = {
        "vrm_entered": "AB01 CDE", "country": "GB", "make": "Ford", "model": "Focus", "colour": "Blue",
        "plate_confirmed_because": "Read off the vehicle by the officer who stopped it.",
        "category": "CRM", "purpose": "volume", "basis": "FACT", "subject": "suspect", "action": "ASSESS",
        "priority": "MEDIUM", "source_system": "crime", "source_ref": "CR/2211/26", "reason": a_reason(),
        "action_text": "Assess; stop only if safe. Do not approach alone.", "contact_24h": "Sgt Test, 01632 960001",
        "area": "Northdale crime team", "no_conflict": True, "protected_activity": False,
        "starts_at": now.replace(microsecond=0), "review_by": now + dt.timedelta(days=14),
        "expires_at": now + dt.timedelta(days=28), "last_verified_at": now,
    }  # fmt: skip
    if over.get("category") == "FIR":
        over = {"markers": ["FI"]} | over
    if over.get("category") in ("FIR", "OCG", "CT", "INT", "PRT"):
        over = {"grading": "1AP"} | over
    if {"FI", "WE", "VI"} & set(over.get("markers", ())):
        facts |= {"marker_source": "PNC", "marker_date": timezone.localdate(), "marker_grade": "1AP",
                  "review_by": now + dt.timedelta(hours=20)}  # fmt: skip
    if over.get("grading"):
        facts["intel_date"] = timezone.localdate()
    if over.get("protected_activity"):
        facts["protected_kinds"] = ["protest"]
    if over.get("category") == "CLN":
        facts |= {"discriminators": "The clone has a dented boot.", "keeper_contacted": "yes"}
    if over.get("action") == "SILENT":
        facts |= {"ripa_considered": True, "ripa_ref": "DS/12/26"}
    return facts | over


# What an approval gives beside its verdict (domain.md 5.3).
GROUNDS = {
    "necessity": "Three burglaries since Monday, and the vehicle left the scene of each.",
    "proportionality": "Fourteen days on one list, for an offence that carries prison.",
    "collateral_intrusion": "A pool car: colour and driver are checked before anybody is stopped.",
    "alternatives": "House enquiries and the keeper's address were tried and led nowhere.",
    "legal_gateway": "pace",
}


def approve(version: EntryVersion, *, by: User, **over) -> Decision:
    """An approval with its grounds."""
    return actions.decide(version, by=by, **{"verdict": "approve", **GROUNDS, **over})


@pytest.fixture
def draft_entry(hotlist, submitter):
    """draft_entry(**over): a draft version by the submitter."""

    def make(*, by: User | None = None, **over) -> EntryVersion:
        return actions.begin_entry(hotlist, by=by or submitter, **entry_facts(**over))

    return make


@pytest.fixture
def submitted_entry(draft_entry, submitter):
    """submitted_entry(**over): a version that waits for a decision."""

    def make(**over) -> EntryVersion:
        return actions.submit(draft_entry(**over), by=submitter)

    return make


@pytest.fixture
def approved_entry(submitted_entry, supervisor):
    """approved_entry(**over): an entry in force."""

    def make(**over) -> Entry:
        version = submitted_entry(**over)
        approve(version, by=supervisor)
        return Entry.objects.get(pk=version.entry_id)

    return make
