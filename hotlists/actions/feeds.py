"""Agreeing with a source; looking for a plate in a feed; holding a row back, and letting it go."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Actor, User
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.models import FeedException, FeedRow, Hotlist, SourceAgreement
from hotlists.nudges import publish_soon
from matcher_client import vrm as plates
from portal.errors import TooLate, Unfit
from portal.policies import require
from standards.models import StandardsProfile


@transaction.atomic
def propose_agreement(hotlist: Hotlist, *, by: User, **terms: Any) -> SourceAgreement:
    """The terms on which a source is to fill this list. They bind nobody until somebody else agrees to them."""
    policies.require_sight(by, hotlist)
    require(policies.may_propose(by, hotlist))
    now = timezone.now()
    agreement = SourceAgreement(hotlist=hotlist, proposed_by=by, proposed_at=now, **terms)
    category = StandardsProfile.objects.in_force(now).categories.filter(code=agreement.category).first()
    if category is None or agreement.category not in hotlist.categories:
        words = f"The list {hotlist.title} does not hold this category."
        raise Unfit(words, {"category": [words]})
    if agreement.action not in hotlist.actions:
        words = f"The list {hotlist.title} does not allow this action."
        raise Unfit(words, {"action": [words]})
    if agreement.until_at <= max(agreement.from_at, now):
        raise Unfit(
            "The agreement ends before it begins.", {"until_at": ["Give an end that lies ahead, after the beginning."]}
        )
    agreement.save()
    record(Verb.AGREEMENT_PROPOSED, target=agreement, by=by, also=[hotlist], hotlist=hotlist.title)
    return agreement


@transaction.atomic
def agree(agreement: SourceAgreement, *, by: User) -> SourceAgreement:
    """The second person's yes: from its date on, files may be loaded under it."""
    agreement = SourceAgreement.objects.select_for_update(of=("self",)).select_related("hotlist").get(pk=agreement.pk)
    policies.require_sight(by, agreement.hotlist)
    if agreement.agreed_at:
        raise TooLate("This agreement is made already.")
    require(policies.may_agree(by, agreement))
    agreement.agreed_by, agreement.agreed_at = by, timezone.now()
    agreement.save(update_fields=["agreed_by", "agreed_at"])
    publish_soon(agreement.hotlist_id)
    record(
        Verb.AGREEMENT_MADE, target=agreement, by=by, also=[agreement.hotlist], hotlist=agreement.hotlist.title
    )  # fmt: skip
    return agreement


@transaction.atomic
def search_rows(
    hotlist: Hotlist, typed: str, *, by: Actor, reason: str, country: str | None = None
) -> tuple[str, list[FeedRow]]:
    """The normalised plate and the feed's rows that name it; asks for a reason and records the search (R-062)."""
    policies.require_sight(by, hotlist)
    require(policies.may_search_rows(by))
    vrm = _normalised(typed)
    if not reason.strip():
        raise Unfit("Say why you search.", {"reason": ["Enter the reason for this search."]})
    found = list(FeedRow.objects.filter(hotlist=hotlist).of_plate(vrm, country).order_by("country", "ref"))
    for row in found:
        row.hotlist = hotlist
    plate = (country or "GB", vrm)
    record(Verb.PLATE_SEARCHED, target=hotlist, by=by, plate=plate, count=len(found), reason=reason)
    return vrm, found


@transaction.atomic
def suspend_row(hotlist: Hotlist, *, by: User, country: str, vrm: str, reason: str) -> FeedException:
    """Holds a plate of a feed back, at once and through every reload (F-02)."""
    policies.require_sight(by, hotlist)
    require(policies.may_suspend_row(by, hotlist))
    vrm = _normalised(vrm)
    _require_reason(reason)
    if not FeedRow.objects.filter(hotlist=hotlist).of_plate(vrm, country).exists():
        raise TooLate("The source no longer lists this plate, so there is nothing to hold back.")
    try:
        with transaction.atomic():
            exception = FeedException.objects.create(
                hotlist=hotlist, country=country, vrm=vrm, reason=reason, from_at=timezone.now(), from_by=by
            )
    except IntegrityError as error:
        raise TooLate("This plate is held back already.") from error
    publish_soon(hotlist.pk)
    record(
        Verb.FEED_ROW_SUSPENDED, target=exception, by=by, plate=exception.plate, also=[hotlist], hotlist=hotlist.title,
        reason=reason,
    )  # fmt: skip
    return exception


@transaction.atomic
def lift(exception: FeedException, *, by: User, reason: str) -> FeedException:
    """Lets a row go again; another person than who held it back."""
    exception = FeedException.objects.select_for_update(of=("self",)).select_related("hotlist").get(pk=exception.pk)
    policies.require_sight(by, exception.hotlist)
    if exception.to_at:
        raise TooLate("This row is no longer held back.")
    require(policies.may_lift(by, exception))
    _require_reason(reason)
    exception.to_at, exception.to_by, exception.lifted_because = timezone.now(), by, reason
    exception.save(update_fields=["to_at", "to_by", "lifted_because"])
    publish_soon(exception.hotlist_id)
    record(
        Verb.FEED_ROW_RELEASED, target=exception, by=by, plate=exception.plate, also=[exception.hotlist],
        hotlist=exception.hotlist.title, reason=reason,
    )  # fmt: skip
    return exception


def _normalised(typed: str) -> str:
    try:
        return plates.normalise(typed)
    except ValueError as error:
        raise Unfit("This cannot be a plate.", {"plate": [str(error)]}) from error


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
