"""Yes, or no with its reason."""

from dataclasses import dataclass

from portal.errors import Refused, TooLate


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


@dataclass(frozen=True, slots=True)
class Late(Denied):
    """No, though whoever asks might: the thing has moved on. Asked after who may, so that only they learn how it stands."""


Verdict = Allowed | Denied


def require(verdict: Verdict) -> None:
    """Raises Refused with the verdict's reason when it is a no; TooLate when only the thing's state says so."""
    if isinstance(verdict, Late):
        raise TooLate(verdict.reason)
    if not verdict:
        raise Refused(verdict.reason)


def first_denial(*verdicts: Verdict) -> Verdict:
    """The first no among these, else yes."""
    return next((verdict for verdict in verdicts if not verdict), Allowed())
