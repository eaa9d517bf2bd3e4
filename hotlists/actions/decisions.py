"""Deciding a version: what turns force on."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.terms import locked, open_term, require_words
from hotlists.models import Decision, EntryVersion
from hotlists.nudges import publish_soon
from hotlists.workflow import VERSION
from portal.errors import TooLate
from portal.policies import require
from standards.models import Category, StandardsProfile

_OUTCOMES = {
    Decision.Verdict.REJECT: (EntryVersion.Status.REJECTED, Verb.ENTRY_REJECTED),
    Decision.Verdict.RETURN: (EntryVersion.Status.RETURNED, Verb.ENTRY_RETURNED),
    Decision.Verdict.APPROVE: (EntryVersion.Status.APPROVED, Verb.ENTRY_APPROVED),
}


@transaction.atomic
def decide(version: EntryVersion, *, by: User, verdict: str, rationale: str) -> Decision:
    """One person's decision of exactly this version (R-040). With the last approval needed, it governs from now on."""
    entry = locked(version.entry, by=by)
    version = EntryVersion.objects.select_for_update().get(pk=version.pk)
    version.entry = entry
    require(policies.may_decide(by, version))
    require_words("rationale", rationale, "Say why you decide so.")
    now = timezone.now()
    verdict = Decision.Verdict(verdict)
    if verdict == Decision.Verdict.APPROVE and version.review_by <= now:
        raise TooLate("The dates asked for have passed. Send it back so that its author can ask for new ones.")
    decision = Decision.objects.create(
        version=version, verdict=verdict, decided_by=by, decided_at=now, rank=by.rank, sign_in=own_session(by),
        rationale=rationale, profile=StandardsProfile.objects.in_force(now),
    )  # fmt: skip
    status, verb = _OUTCOMES[verdict]
    if verdict != Decision.Verdict.APPROVE or _has_enough_approvals(version):
        VERSION.move(version, status)
    if version.status == EntryVersion.Status.APPROVED:
        open_term(version, from_at=now, review_by=version.review_by)
        publish_soon(entry.hotlist_id)
    record(
        verb, target=entry, by=by, plate=version.plate, also=[version, decision], version=version.number,
        rationale=rationale, rank=by.get_rank_display(),
    )  # fmt: skip
    return decision


def _has_enough_approvals(version: EntryVersion) -> bool:
    category = Category.objects.get(profile_id=version.profile_id, code=version.category)
    needed = max(category.deciders, 2 if version.protected_activity else 1)
    return version.decisions.filter(verdict=Decision.Verdict.APPROVE).count() >= needed
