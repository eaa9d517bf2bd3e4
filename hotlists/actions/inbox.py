"""Files that a source leaves in a place: taken in as if its machine had sent them, and accepted as it could."""

import datetime as dt
import logging
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from obstore.exceptions import BaseError

from accounts.models import MachineClient, SystemJob
from audit.actions import record
from audit.verbs import Verb
from hotlists import policies
from hotlists.actions.loads import accept, receive
from hotlists.feeds import inbox
from hotlists.feeds.files import kept_name
from hotlists.feeds.inbox import LeftFile
from hotlists.models import Load, SourceAgreement
from portal.errors import Refused, TooLate, Unfit
from standards.models import StandardsProfile

logger = logging.getLogger(__name__)


@dataclass
class Taken:
    """What one look at the place led to."""

    received: list[Load]
    accepted: list[Load]
    set_aside: list[str]


def look_into_inbox(*, by: SystemJob) -> Taken:
    """For each list whose agreement says so: accepts what its machine may accept, and takes the oldest file that was left.

    A crash loses nothing: a file goes when its load is on record, and one that is taken twice changes nothing twice.
    """
    taken = Taken([], [], [])
    if not inbox.is_watched():
        return taken
    now = timezone.now()
    kept = dt.timedelta(days=StandardsProfile.objects.in_force(now).number("feed.set-aside.kept"))
    watched = SourceAgreement.objects.governing(now).filter(
        interface=SourceAgreement.Interface.INBOX, hotlist__closed_at=None
    )
    for agreement in watched.select_related("hotlist", "machine"):
        machine = cast(MachineClient, agreement.machine)  # the database sees to it
        try:
            _accept_checked(agreement, machine, taken)
            inbox.forget_set_aside(agreement.hotlist.slug, before=now - kept)
            _take_oldest(agreement, machine, taken, now, by=by)
        except (
            BaseError,
            FileNotFoundError,
        ) as problem:  # one list's place does not answer, or its source took a file back
            logger.error("The files left for %s cannot be read: %s", agreement.hotlist.slug, problem)
    return taken


def _accept_checked(agreement: SourceAgreement, machine: MachineClient, taken: Taken) -> None:
    """Within the change limit and without a problem the source's machine accepts; all else waits for people."""
    for load in Load.objects.filter(
        agreement=agreement, uploaded_machine=machine, status=Load.Status.CHECKED
    ).select_related("hotlist", "agreement"):
        if load.good_rows and policies.may_accept(machine, load):
            try:
                taken.accepted.append(accept(load, by=machine))
            except (
                TooLate,
                Unfit,
            ) as refusal:  # somebody decided meanwhile, or the list is full: people see it on their page
                logger.info("%s was not accepted: %s", load, refusal)


def _take_oldest(
    agreement: SourceAgreement, machine: MachineClient, taken: Taken, now: dt.datetime, *, by: SystemJob
) -> None:
    hotlist = agreement.hotlist
    if hotlist.loads.undecided().exists() or hotlist.loads.filter(status=Load.Status.ACCEPTED).exists():
        return  # its turn comes
    settled = now - dt.timedelta(seconds=settings.FEED_INBOX_SETTLED_SECONDS)
    for file in inbox.left_for(hotlist.slug, list(Load.Mode.values), before=settled)[:1]:
        try:
            load = receive(hotlist, by=machine, chunks=inbox.chunks(file), file_name=file.name, mode=file.mode)
        except (TooLate, Refused) as refusal:
            logger.info("%s was not taken: %s", file.path, refusal)
        except Unfit as refusal:
            _set_aside(agreement, file, taken, str(refusal), by=by)
        else:
            inbox.remove(file)
            taken.received.append(load)


@transaction.atomic
def _set_aside(agreement: SourceAgreement, file: LeftFile, taken: Taken, why: str, *, by: SystemJob) -> None:
    slug = agreement.hotlist.slug
    record(
        Verb.LOAD_FILE_SET_ASIDE,
        target=agreement.hotlist,
        by=by,
        also=[agreement],
        file_name=kept_name(file.name),
        reason=why,
    )
    transaction.on_commit(lambda: taken.set_aside.append(inbox.set_aside(file, slug)))
