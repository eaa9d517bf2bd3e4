"""Putting an accepted load into its list, all or nothing; and taking up what a crash left undone."""

import uuid

from django.db import transaction
from django.utils import timezone

from accounts.models import SystemJob
from audit.actions import record
from audit.verbs import Verb
from hotlists.actions import aftermath
from hotlists.actions.checking import CLOSED, check_again, forget, locked_if_free, turn_away
from hotlists.feeds import files, merging, samples
from hotlists.models import Hotlist, Load
from hotlists.nudges import check_soon, merge_soon, publish_load_soon
from hotlists.workflow import LOAD

Status = Load.Status


@transaction.atomic
def merge(load: Load, *, by: SystemJob) -> Load | None:
    """Puts an accepted load into its list, all of it or nothing. None when somebody else is at it, or it is done.

    A load that would no longer do what was accepted comes back as received: it is read again, and decided again.
    """
    found = locked_if_free(load.pk)
    if found is None or found.status != Status.ACCEPTED:
        return None
    hotlist = Hotlist.objects.select_for_update(no_key=True).get(pk=found.hotlist_id)  # one merge a list at a time
    if hotlist.closed_at:
        return check_again(found)  # which refuses it
    now = timezone.now()
    try:
        with transaction.atomic():
            recoveries = aftermath.record_recoveries(found, at=now)
            done = merging.merge(found, at=now)
    except merging.ListMoved:
        return check_again(found)
    ended = aftermath.end_exceptions(found, at=now)
    begun = aftermath.hold_back_recovered(found, recoveries, at=now)
    LOAD.move(
        found, Status.LOADED, loaded_at=now, added=done.added, changed=done.changed, removed=done.removed,
        unchanged=done.unchanged, notices=[*found.notices, *_kept(ended.kept)],
    )  # fmt: skip
    excepted = [*ended.dropped, *ended.reconfirmed, *begun]
    publish_load_soon(found, [(each.country, each.vrm) for each in excepted])
    forget(found)
    record(
        Verb.LOAD_MERGED, target=found, by=by, also=[found.hotlist, *excepted],
        count=found.good_rows, accepted_by=str(found.decider),
        exceptions_ended=len(ended.dropped) + len(ended.reconfirmed), exceptions_kept=ended.kept,
        recovered=len(recoveries), **done._asdict(),
    )  # fmt: skip
    return found


def resume_unfinished(*, by: SystemJob) -> list[uuid.UUID]:
    """Asks again for what a crash left undone, and deletes files that nothing needs. Returns the loads asked for."""
    with transaction.atomic():
        waiting = list(Load.objects.unfinished().select_for_update(skip_locked=True, of=("self",)))
        for load in waiting:
            (merge_soon if load.status == Status.ACCEPTED else check_soon)(load.pk)
        closed = Load.objects.filter(status=Status.CHECKED, hotlist__closed_at__isnull=False).select_related("hotlist")
        for load in closed.select_for_update(skip_locked=True, of=("self",)):
            turn_away(load, CLOSED, by=by, at=timezone.now())
    samples.remove_forgotten()
    held = files.stored()
    needed = set(Load.objects.filter(pk__in=held).exclude(pk__in=Load.objects.decided()).values_list("pk", flat=True))
    for load_id in held:
        if load_id not in needed and files.is_old(load_id):
            files.remove(load_id)
    return [load.pk for load in waiting]


def _kept(plates: int) -> list[str]:
    if not plates:
        return []
    many = "1 plate" if plates == 1 else f"{plates:,} plates"
    return [
        f"Still held back: {many} that this file confirms or drops. Who held back is who uploaded or accepted the file, so"
        " somebody else has to let go."
    ]
