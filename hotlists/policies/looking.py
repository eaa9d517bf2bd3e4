"""Whose work an entry is: to them the work is the reason to look at it, everybody else says theirs (R-062)."""

from django.db.models import Exists, OuterRef, Q

from accounts.models import Actor, User
from accounts.policies import role_has
from hotlists.models import Contribution, Decision, EmergencyAuthority, Entry, EntryVersion, Review


def is_work_of(user: Actor, entry: Entry) -> bool:
    """Whether this person answers for the entry or its list, had a hand in it, or is one of those it waits for."""
    if not isinstance(user, User):
        return False
    answers = Q(owner=user) | Q(deputy=user) | Q(created_by=user) | Q(hotlist__owner=user) | Q(hotlist__deputy=user)
    hands = (
        Contribution.objects.filter(version__entry=OuterRef("pk"), user=user),
        Decision.objects.filter(version__entry=OuterRef("pk"), decided_by=user),
        Review.objects.filter(entry=OuterRef("pk"), reviewed_by=user),
        EmergencyAuthority.objects.filter(Q(given_by=user) | Q(recorded_by=user), entry=OuterRef("pk")),
    )
    mine = answers
    for hand in hands:
        mine |= Q(Exists(hand))
    if role_has(user, "hotlists.decide_entry"):
        waiting = EntryVersion.objects.filter(entry=OuterRef("pk"), status__in=EntryVersion.UNDECIDED)
        mine |= Q(Exists(waiting))
    return Entry.objects.filter(mine, pk=entry.pk).exists()
