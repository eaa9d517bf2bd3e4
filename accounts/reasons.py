"""Why somebody looks, as a look needs it: what was said with it, or the stated reason that stands (R-062)."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Actor, StatedReason, User
from portal.errors import Refused

OWN_WORK = "Their own work"  # of whom nothing is asked: what they do with it says the rest
ENROLLED = "What the machine was enrolled for"


class Unexplained(Refused):
    """A look for which nobody said why. Pages lead to where it is said, and back (portal.middleware)."""

    title = "Say why you look"
    asked_at = "reason_state"


@dataclass(frozen=True, slots=True)
class Why:
    """What a look's event says of its reason: by reference where it was stated once, in words where given with it."""

    stated: StatedReason | None
    given: str

    @property
    def also(self) -> list[StatedReason]:
        """What the event mentions besides, so that a stated reason shows every look under it."""
        return [self.stated] if self.stated else []

    @property
    def words(self) -> dict[str, Any]:
        """For the event."""
        if self.stated is None:
            return {"justification": self.given}
        facts = {"purpose": self.stated.get_purpose_display(), "case_ref": self.stated.case_ref}
        return {"justification": self.given or self.stated.words, **facts, "stated_reason": self.stated.pk}

    def __str__(self) -> str:
        return self.given or (f"{self.stated}: {self.stated.words}" if self.stated else "")


def standing(actor: Actor) -> StatedReason | None:
    """The reason by which this person looks now; None of machines and jobs, and once it has lapsed."""
    return StatedReason.objects.standing(actor, timezone.now()).first() if isinstance(actor, User) else None


def why(actor: Actor, given: str = "") -> Why:
    """What was said with the look, and the stated reason that stands, if any."""
    return Why(standing(actor), given.strip())


def own_work(given: str = "") -> Why:
    """Of those whose work it is, nothing is asked, and no case that they look into besides goes with it."""
    return Why(None, given.strip() or OWN_WORK)


def require_why(actor: Actor, given: str = "") -> Why:
    """As `why`. Raises Unexplained where a person has said nothing; machines look for what they were enrolled for."""
    found = why(actor, given or ("" if isinstance(actor, User) else ENROLLED))
    if not str(found):
        raise Unexplained("Say for which purpose and case you look. It is asked once, and stands for some hours.")
    return found
