"""What the clock and the pages ask of the log."""

import logging
from dataclasses import dataclass

from celery import shared_task

from audit import actions, siem, tiles, witnesses

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Clock:
    """The job that looks whether the log is whole. It stands below people and machines, so it is an actor of its own."""

    actor_kind: str = "job"
    actor_id: str = "verifier"
    actor_label: str = "the verifier"
    actor_role: str = ""


@shared_task
def hand_on() -> None:
    """What was sealed goes to the force's security monitoring."""
    try:
        siem.hand_on()
    except siem.Away as reason:
        log.warning("%s It is tried again.", reason)


@shared_task
def ask_witnesses() -> None:
    """Those outside who cosign how the log stands."""
    witnesses.ask_all()


@shared_task
def publish_tiles() -> None:
    """The tree as static files."""
    tiles.publish()


@shared_task
def verify(*, whole: bool = False) -> None:
    """Whether the log is what was sealed: what is new every night, all of it once a week."""
    actions.verify_log(by=Clock(), whole=whole)
