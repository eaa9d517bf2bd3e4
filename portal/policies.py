"""Yes, or no with its reason."""

from dataclasses import dataclass

from portal.errors import Refused


@dataclass(frozen=True, slots=True)
class Allowed:
    """Yes."""

    reason: str = ""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """No, and why: shown beside the greyed button, returned by the API, raised by the action."""

    reason: str

    def __bool__(self) -> bool:
        return False


Verdict = Allowed | Denied


def require(verdict: Verdict) -> None:
    """Raises Refused with the verdict's reason when it is a no."""
    if not verdict:
        raise Refused(verdict.reason)


def first_denial(*verdicts: Verdict) -> Verdict:
    """The first no among these, else yes."""
    return next((verdict for verdict in verdicts if not verdict), Allowed())
