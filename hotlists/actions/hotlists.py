"""Making lists, changing what they allow, handing them over, closing them; giving and taking access."""

import datetime as dt
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from accounts.actions import grant_access, revoke_access
from accounts.models import Actor, SystemJob, User
from audit.actions import record
from audit.verbs import Verb
from camera_sites.actions import demand_reviews
from camera_sites.covered import assessments_of
from camera_sites.models import Dpia, ReviewDemand
from hotlists import policies
from hotlists.models import Entry, Hotlist, HotlistTerm, Justification
from hotlists.nudges import publish_soon
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import Action, StandardsProfile

# What may change of a list; its kind and short name are its own for good, its people are handed over.
CHANGEABLE = (
    "title", "purpose", "controller", "joint_controllers", "joint_arrangement", "legal_basis", "policy_document", "gsc",
    "circulation", "dpia", "categories", "actions", "markers", "default_priority", "max_expiry_hours", "review_hours",
    "max_size", "offline_life_hours",
)  # fmt: skip
_SEE = "hotlists.view_hotlist"


@transaction.atomic
def create_hotlist(*, by: Actor, sunset_at: dt.datetime, justification: str = "", **facts: Any) -> Hotlist:
    """A new list, justified until `sunset_at` for what `justification` says (else its purpose).

    Not in force until a DPIA in date stands behind it. Raises Unfit with everything that is wrong.
    """
    if not isinstance(by, SystemJob):
        require(policies.may_manage(by))
    now = timezone.now()
    profile = StandardsProfile.objects.in_force(now)
    if Hotlist.objects.filter(slug=facts["slug"]).exists():
        raise Unfit("There is a list of this short name.", {"slug": ["A list has this short name. Choose another."]})
    days = profile.number("list.sunset")
    if not now < sunset_at <= now + dt.timedelta(days=days, minutes=1):
        raise Unfit("A list has an end.", {"sunset_at": [f"A list is justified afresh within {days} days."]})
    hotlist = Hotlist(created_at=now, created_by=by if isinstance(by, User) else None, **facts)
    _require_fit(hotlist, profile, now)
    hotlist.save(force_insert=True)
    first = Justification.objects.create(
        hotlist=hotlist, is_first=True, status=Justification.Status.APPROVED, words=justification or hotlist.purpose,
        sunset_at=sunset_at, profile=profile, proposed_by=hotlist.created_by, proposed_at=now,
    )  # fmt: skip
    HotlistTerm.objects.create(
        hotlist=hotlist, justification=first, dpia=hotlist.dpia, sunset_at=sunset_at, from_at=now
    )
    if isinstance(by, User):  # who made it sees it
        grant_access(by, permission=_SEE, to=hotlist, by=by)
    record(Verb.HOTLIST_CREATED, target=hotlist, by=by)
    return hotlist


@transaction.atomic
def change_hotlist(hotlist: Hotlist, *, by: Actor, misfits_known: bool = False, **facts: Any) -> Hotlist:
    """Changes what a list says and allows (CHANGEABLE). Entries are never touched by it.

    Where some would no longer fit, that has to be known: without `misfits_known` it raises Unfit under that name.
    """
    hotlist = locked_list(hotlist, by=by)
    require(policies.may_change(by, hotlist))
    if unknown := set(facts) - set(CHANGEABLE):
        raise TypeError(f"not to be changed: {', '.join(sorted(unknown))}")
    changed = sorted(name for name, value in facts.items() if getattr(hotlist, name) != value)
    if not changed:
        return hotlist
    for name in changed:
        setattr(hotlist, name, facts[name])
    now = timezone.now()
    _require_fit(hotlist, StandardsProfile.objects.in_force(now), now, changed=changed)
    misfits = Entry.objects.not_fitting(hotlist, now).count()
    if misfits and not misfits_known and {"categories", "actions", "markers"} & set(changed):
        words = f"{misfits} {'entry' if misfits == 1 else 'entries'} would no longer fit what this list allows."
        raise Unfit(
            words, {"misfits_known": [f"{words} They stay as they are until somebody changes or withdraws them."]}
        )
    hotlist.save(update_fields=changed)
    if "dpia" in changed:
        open_list_term(hotlist, from_at=now)
    if "purpose" in changed:  # R-116; those who read assessments may not know of a suppression list
        told = "A list" if hotlist.kind == Hotlist.Kind.SUPPRESSION else f"The list {hotlist.title}"
        demand_reviews(
            assessments_of("hotlist", hotlist), by=by, trigger=ReviewDemand.Trigger.PURPOSE,
            words=f"{told} has another purpose.", about=hotlist.pk,
        )  # fmt: skip
    publish_soon(hotlist.pk)
    record(Verb.HOTLIST_CHANGED, target=hotlist, by=by, count=misfits, fields=", ".join(changed).replace("_", " "))
    return hotlist


@transaction.atomic
def hand_over(hotlist: Hotlist, *, by: Actor, owner: User, deputy: User | None = None, reason: str) -> Hotlist:
    """Another owner, another deputy; both see the list from now on. To somebody who does not see it yet a list manager hands
    it: answering for a list is not giving sight of it."""
    hotlist = locked_list(hotlist, by=by)
    require(policies.may_hand_over(by, hotlist))
    people = [(field, person) for field, person in (("owner", owner), ("deputy", deputy)) if person is not None]
    faults = {field: ["Choose somebody whose account is active."] for field, person in people if not person.is_active}
    if not policies.may_manage(by):
        faults |= {
            field: ["Choose somebody who sees this list, or ask a list manager to give access first."]
            for field, person in people
            if field not in faults and not policies.sees(person, hotlist)
        }
    if not reason.strip():
        faults["reason"] = ["Say why."]
    if deputy is not None and deputy.pk == owner.pk:
        faults["deputy"] = ["The deputy is another person than the owner."]
    if faults:
        raise Unfit("A list is handed to people who can answer for it.", faults)
    hotlist.owner, hotlist.deputy = owner, deputy
    hotlist.save(update_fields=["owner", "deputy"])
    for person in filter(None, (owner, deputy)):
        if not policies.sees(person, hotlist):
            grant_access(person, permission=_SEE, to=hotlist, by=by)
    record(
        Verb.HOTLIST_HANDED_OVER, target=hotlist, by=by, also=[person for person in (owner, deputy) if person],
        owner=str(owner), deputy=str(deputy or "nobody"), reason=reason,
    )  # fmt: skip
    return hotlist


@transaction.atomic
def close_hotlist(hotlist: Hotlist, *, by: User, reason: str) -> Hotlist:
    """Ends a list for good, at once: nothing on it is looked for any more. Its entries stay on record."""
    hotlist = locked_list(hotlist, by=by)
    require(policies.may_change(by, hotlist))
    if not reason.strip():
        raise Unfit("Say why you close it.", {"reason": ["Say why you close it."]})
    hotlist.closed_at, hotlist.closed_by, hotlist.closed_because = timezone.now(), by, reason
    hotlist.save(update_fields=["closed_at", "closed_by", "closed_because"])
    publish_soon(hotlist.pk)
    record(Verb.HOTLIST_CLOSED, target=hotlist, by=by, reason=reason)
    return hotlist


@transaction.atomic
def give_access(hotlist: Hotlist, grantee: User | Group, *, by: Actor) -> None:
    """Lets a person or a team see a list."""
    if not isinstance(by, SystemJob):
        policies.require_sight(by, hotlist)
        require(policies.may_manage(by))
    grant_access(grantee, permission=_SEE, to=hotlist, by=by)


@transaction.atomic
def take_access(hotlist: Hotlist, grantee: User | Group, *, by: Actor) -> None:
    """Takes what was given. Who owns the list, or stands in, is handed out of it first."""
    hotlist = locked_list(hotlist, by=by)
    require(policies.may_manage(by))
    if isinstance(grantee, User) and grantee.pk in (hotlist.owner_id, hotlist.deputy_id):
        raise Unfit("Hand the list over first.", {"person": [f"{grantee} answers for this list. Hand it over first."]})
    if not _is_given(hotlist, grantee):
        raise TooLate(f"{grantee} was not given access to this list, or it was taken already.")
    revoke_access(grantee, permission=_SEE, to=hotlist, by=by)


def open_list_term(hotlist: Hotlist, *, from_at: dt.datetime, justification: Justification | None = None) -> None:
    """The list stands on this justification (else the one it stood on) and on its assessment from now on."""
    terms = HotlistTerm.objects.filter(hotlist=hotlist, until_at=None)
    justification = justification or terms.select_related("justification").get().justification
    terms.update(until_at=from_at)
    HotlistTerm.objects.create(
        hotlist=hotlist, justification=justification, dpia=hotlist.dpia, sunset_at=justification.sunset_at,
        from_at=from_at,
    )  # fmt: skip


def locked_list(hotlist: Hotlist, *, by: Actor) -> Hotlist:
    """The row as it stands, held until the end of the transaction. Raises Stranger where it is not theirs to see."""
    locked = Hotlist.objects.select_for_update(no_key=True, of=("self",)).select_related("owner", "dpia")
    hotlist = locked.get(pk=hotlist.pk)
    policies.require_sight(by, hotlist)
    return hotlist


def _is_given(hotlist: Hotlist, grantee: User | Group) -> bool:
    if isinstance(grantee, User):
        return hotlist.hotlistuseraccess_set.filter(user=grantee).exists()
    return hotlist.hotlistgroupaccess_set.filter(group=grantee).exists()


def _require_fit(
    hotlist: Hotlist, profile: StandardsProfile, now: dt.datetime, *, changed: list[str] | None = None
) -> None:
    """Raises Unfit with everything that a list of its kind cannot say."""
    faults = {
        field: [words]
        for field, words in _faults(hotlist, profile, now)
        if changed is None or field in changed or field not in _OVERTAKEN
    }
    if faults:
        raise Unfit("A list cannot be like this.", faults)


# What time and new editions may overtake: held against a change only where the change is of it.
_OVERTAKEN = ("dpia", "categories", "max_expiry_hours", "review_hours")


def _faults(hotlist: Hotlist, profile: StandardsProfile, now: dt.datetime) -> Any:
    known = {category.code: category for category in profile.categories.all()}
    chosen = [known[code] for code in hotlist.categories if code in known]
    if not chosen or len(chosen) != len(hotlist.categories):
        yield "categories", "Choose at least one category, all of them of the standards in force."
    elif strange := [category.name for category in chosen if not _is_of_kind(hotlist, category)]:
        yield "categories", f"A list of this kind does not hold {', '.join(strange)}."
    if not hotlist.actions or set(hotlist.actions) - set(Action.values):
        yield "actions", "Choose at least one action."
    if hotlist.joint_controllers.strip() and not hotlist.joint_arrangement.strip():
        yield "joint_arrangement", "Say where the joint controllers agreed who answers for what (R-004)."
    if hotlist.deputy_id and hotlist.deputy_id == hotlist.owner_id:
        yield "deputy", "The deputy is another person than the owner."
    if hotlist.dpia and hotlist.dpia.is_covert:
        yield "dpia", "There is no such impact assessment, or it is not yours to see."
    elif hotlist.dpia and not Dpia.objects.governing(now).filter(pk=hotlist.dpia.pk).exists():
        yield "dpia", "This impact assessment is not in date. Choose one that is."
    if chosen:
        yield from _limits_that_bind_nothing(hotlist, chosen)


def _limits_that_bind_nothing(hotlist: Hotlist, chosen: list[Any]) -> Any:
    longest = max(category.max_expiry_hours for category in chosen)
    rarest = max(category.review_hours for category in chosen)
    if hotlist.max_expiry_hours and hotlist.max_expiry_hours > longest:
        yield "max_expiry_hours", f"No category of this list lasts longer than {longest} hours."
    if hotlist.review_hours and hotlist.review_hours > rarest:
        yield "review_hours", f"Every category of this list is reviewed at least every {rarest} hours."
    if hotlist.max_expiry_hours and hotlist.review_hours and hotlist.review_hours > hotlist.max_expiry_hours:
        yield "review_hours", "The review comes before the end of the longest life, or with it."


def _is_of_kind(hotlist: Hotlist, category: Any) -> bool:
    if hotlist.kind == Hotlist.Kind.FEED:
        return category.is_feed
    return not category.is_feed and category.is_suppression == (hotlist.kind == Hotlist.Kind.SUPPRESSION)
