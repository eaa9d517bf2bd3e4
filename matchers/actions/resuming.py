"""Carrying the publication on after the database was restored from a backup, above all that matchers may have seen."""

from django.db import transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.actions import record
from audit.verbs import Verb
from matchers import versions
from matchers.actions.feeds import sign_feed
from matchers.actions.publishing import publish
from matchers.locks import lock_list, lock_repository
from matchers.models import Feed, FeedList, ListRole, Metadata
from matchers.waking import wake_after_commit
from portal.errors import Unfit


@transaction.atomic
def resume_publication(*, by: SystemJob, reason: str, lead: int = 0) -> list[str]:
    """Publishes everything anew, above the numbers on record and `lead` more. Returns feeds on record that were lost.

    What matchers hold beyond what the database knows is replaced by this. Without the record of numbers, `lead` has to be
    more than what can have been published since the backup; a timestamp is signed each minute.
    """
    if not reason.strip():
        raise Unfit("Say why.", {"reason": ["Say why."]})
    if not versions.is_kept() and lead <= 0:
        raise Unfit(
            "There is no record of what was published: say how far to carry the numbers on.", {"lead": ["Give it."]}
        )
    roles = list(ListRole.objects.order_by("pk"))
    for role in roles:
        lock_list(role.pk)
    lock_repository()
    feeds = list(Feed.objects.order_by("pk"))
    known = versions.known()
    for role in ListRole.objects.all():
        for what in ("version", "revision"):
            setattr(role, what, max(getattr(role, what), known.highest(versions.of_list(role, what))) + lead)
        role.save(update_fields=["version", "revision"])
    for feed in feeds:
        for name in versions.OF_FEEDS:
            highest = max(getattr(feed, f"{name}_version"), known.highest(versions.of_feed(feed, name)))
            setattr(feed, f"{name}_version", highest + lead)
        feed.lost_lists = _named_by(feed, known)
        feed.save(update_fields=["targets_version", "snapshot_version", "timestamp_version", "lost_lists"])
    # A list that was taken away may have been given again since the backup: it is ended anew, at a number above.
    FeedList.objects.carried().exclude(ending=None).update(ending=None)
    versions.keep(feeds, ListRole.objects.all())
    for role in roles:
        publish(role.hotlist_id, by=by)
    signed = [sign_feed(feed, by=by, at=timezone.now(), with_targets=True) for feed in feeds]
    wake_after_commit(signed)
    versions.keep(signed, ListRole.objects.all())
    lost = sorted(
        {name.partition("/")[0] for name in known.last if name.endswith("/timestamp")} - {f.pk for f in feeds}
    )
    root = Metadata.objects.filter(feed=None, role="root").latest("version")
    record(Verb.PUBLICATION_RESUMED, target=root, by=by, count=len(signed), reason=reason, lead=lead, feeds_lost=lost)
    return lost


def _named_by(feed: Feed, known: versions.Known) -> dict[str, int]:
    """Lists that the feed's snapshots named and the database does not know: none may drop out of a snapshot."""
    there = {each.role.name: each for each in FeedList.objects.filter(feed=feed).select_related("role")}
    prefix = versions.named_by(feed.pk)
    lost = dict(feed.lost_lists)
    for name in known.last | known.signing:
        if not name.startswith(prefix):
            continue
        role, version = name.removeprefix(prefix), known.highest(name)
        if role in there:
            FeedList.objects.filter(pk=there[role].pk).update(version=max(version, there[role].version))
        else:
            lost[role] = version
    return lost
