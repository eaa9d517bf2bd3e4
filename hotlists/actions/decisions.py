"""Deciding a version: what turns force on."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies, quality
from hotlists.actions.conflicts import Act, require_none_of_entry
from hotlists.actions.notices import raise_notice
from hotlists.actions.terms import continue_term, locked, open_term
from hotlists.models import APPROVING, Decision, EntryVersion, Term
from hotlists.nudges import publish_entry_soon
from hotlists.workflow import VERSION
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import StandardsProfile

_OUTCOMES = {
    Decision.Verdict.REJECT: (EntryVersion.Status.REJECTED, Verb.ENTRY_REJECTED),
    Decision.Verdict.RETURN: (EntryVersion.Status.RETURNED, Verb.ENTRY_RETURNED),
    Decision.Verdict.APPROVE: (EntryVersion.Status.APPROVED, Verb.ENTRY_APPROVED),
}
_ASKED = {
    "necessity": "Say why it is necessary to look for this vehicle.",
    "proportionality": "Say why this is in proportion to what it is for.",
    "collateral_intrusion": "Say who else is affected, and how that is kept small.",
    "alternatives": "Say what else was considered, and why it would not do.",
    "legal_gateway": "Choose the law by which the vehicle is looked for.",
}


@transaction.atomic
def decide(
    version: EntryVersion, *, by: User, verdict: str, rationale: str = "", necessity: str = "", proportionality: str = "",
    collateral_intrusion: str = "", alternatives: str = "", legal_gateway: str = "", conditions: str = "",
) -> Decision:  # fmt: skip
    """One person's decision of exactly this version (R-040). With the last approval needed, it governs from now on.

    An approval gives its grounds and the law (domain.md 5.3), one with conditions its conditions, a refusal its reason.
    Where two decide, nothing follows, and nobody reads the first decision, before both have spoken (R-027).
    """
    entry = locked(version.entry, by=by)
    version = EntryVersion.objects.select_for_update().get(pk=version.pk)
    version.entry = entry
    require_none_of_entry(Act.DECIDE, entry, by=by)
    require(policies.may_decide(by, version))
    now = timezone.now()
    said = {
        "verdict": Decision.Verdict(verdict), "rationale": rationale.strip(), "necessity": necessity.strip(),
        "proportionality": proportionality.strip(), "collateral_intrusion": collateral_intrusion.strip(),
        "alternatives": alternatives.strip(), "legal_gateway": legal_gateway, "conditions": conditions.strip(),
    }  # fmt: skip
    _require_grounds(said)
    if said["verdict"] in APPROVING and version.review_by <= now:
        raise TooLate("The dates asked for have passed. Send it back so that its author can ask for new ones.")
    if said["verdict"] in APPROVING and version.status == EntryVersion.Status.EMERGENCY:
        _require_whole(version, now)
    raise_notice(version, by=version.submitted_by or by)  # of what was submitted before anybody was told
    decision = Decision.objects.create(
        version=version, decided_by=by, decided_at=now, rank=by.rank, sign_in=own_session(by),
        profile=StandardsProfile.objects.in_force(now), **said,
    )  # fmt: skip
    decisions, needed = list(version.decisions.select_related("decided_by")), policies.deciders_needed(version)
    if len(decisions) < needed:
        record(
            Verb.DECISION_SEALED, target=entry, by=by, plate=version.plate, also=[version, decision],
            version=version.number, needed=needed,
        )  # fmt: skip
        return decision
    status, verb = _OUTCOMES[_outcome_of(decisions)]
    VERSION.move(version, status)
    if status == EntryVersion.Status.APPROVED:
        _begin_to_govern(version, now)
        publish_entry_soon(entry.pk, entry.hotlist_id)
    elif status == EntryVersion.Status.REJECTED and _end_emergency(version, now):
        publish_entry_soon(entry.pk, entry.hotlist_id)
    record(
        verb if needed == 1 else Verb.DECISIONS_OPENED, target=entry, by=by, plate=version.plate,
        also=[version, *decisions], version=version.number, rank=by.get_rank_display(),
        **_words_of(decisions, status),
    )  # fmt: skip
    return decision


def _require_whole(version: EntryVersion, now: dt.datetime) -> None:
    """Before it is approved in writing, what was recorded in an emergency says all that every entry says."""
    missing = quality.problems(version, at=now, by=version.written_by)
    if missing:
        words = (
            "It was recorded in an emergency and is not complete yet. Its author completes it in a new version first."
        )
        raise Unfit(words, {"verdict": [words]})


def _end_emergency(version: EntryVersion, now: dt.datetime) -> int:
    """What was given by word of mouth ends with its refusal."""
    by_mouth = Term.objects.filter(entry_id=version.entry_id, until_at=None, emergency_ends_at__isnull=False)
    return by_mouth.update(until_at=now)


def _begin_to_govern(version: EntryVersion, now: dt.datetime) -> None:
    """What governs by word of mouth governs on without its end, narrowed as it may have been; else a term begins."""
    term = (
        Term.objects.filter(entry_id=version.entry_id, until_at=None, version=version).select_related("version").first()
    )
    if term is not None:
        continue_term(term, from_at=now, emergency_ends_at=None)
    else:
        open_term(version, from_at=now, review_by=version.review_by)


def _require_grounds(said: dict[str, Any]) -> None:
    """Every field that this verdict asks for and that was left empty, at once."""
    verdict, missing = said["verdict"], {}
    if verdict in APPROVING:
        missing = {field: [ask] for field, ask in _ASKED.items() if not said[field]}
    elif not said["rationale"]:
        missing = {"rationale": ["Say why, so that its author can learn from it."]}
    if verdict == Decision.Verdict.CONDITIONS and not said["conditions"]:
        missing["conditions"] = ["Say on what conditions."]
    if verdict != Decision.Verdict.CONDITIONS and said["conditions"]:
        missing["conditions"] = ["Conditions go with “approve with conditions” only."]
    if missing:
        raise Unfit("Some of what a decision needs is missing.", missing)


def _outcome_of(decisions: list[Decision]) -> Decision.Verdict:
    """What several decisions come to: approved when all approve, else rejected when anybody rejects, else sent back."""
    said = {decision.verdict for decision in decisions}
    if said <= set(APPROVING):
        return Decision.Verdict.APPROVE
    return Decision.Verdict.REJECT if Decision.Verdict.REJECT in said else Decision.Verdict.RETURN


def _words_of(decisions: list[Decision], status: str) -> dict[str, Any]:
    """The decisions as the log keeps them."""
    last = decisions[-1]
    return {
        "rationale": last.rationale or last.necessity,
        "grounds": dict(last.grounds),
        "conditions": "; ".join(one.conditions for one in decisions if one.conditions),
        "outcome": EntryVersion.Status(status).label.lower(),
        "told": "; ".join(
            f"{one.get_rank_display()} {one.decided_by}: {one.get_verdict_display().lower()}" for one in decisions
        ),
    }
