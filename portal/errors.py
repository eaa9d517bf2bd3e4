"""The four ways an act can be refused. Pages and the API turn them into 403, 404, 409 and 422, decided once here."""

import logging

from django.db import DataError, IntegrityError
from psycopg import errors as states

logger = logging.getLogger(__name__)


class Refusal(Exception):
    """An act was refused; `str()` is the reason in plain English."""

    status = 400
    title = "This cannot be done"
    asked_at = ""  # the page that asks for what is lacking, by its name, if there is one

    def aftermath(self) -> None:
        """What stays to be written though the act was undone. Called by what turns refusals into answers, once the act's
        transaction has ended; of most refusals nothing does."""


class Refused(Refusal):
    """A colleague may not do this (403)."""

    status = 403
    title = "You may not do this"


class Stranger(Refusal):
    """To this person the thing does not exist (404)."""

    status = 404
    title = "Not found"


class TooLate(Refusal):
    """The thing is no longer in a state in which this can be done (409)."""

    status = 409
    title = "This has changed since you opened it"


class Unfit(Refusal):
    """What was given is well formed but breaks a rule (422). `fields` maps a field's name to what is wrong with it."""

    status = 422
    title = "Some of this needs changing"

    def __init__(self, reason: str, fields: dict[str, list[str]] | None = None):
        super().__init__(reason)
        self.fields = fields or {}


# What can be wrong with a value that went past every form: the last line, so that no made-up input is a fault of ours.
UNTAKEN = (OverflowError, DataError, UnicodeEncodeError, IntegrityError)


def as_refusal(error: Exception) -> Refusal | None:
    """The refusal that an error of UNTAKEN amounts to, without the database's words; None for what is a fault of ours."""
    if isinstance(error, OverflowError):
        return Unfit("A date or a number lies out of reach. Dates go from 1900 to 2199.")
    if isinstance(error, DataError):
        return Unfit("A value is too large, too long, or holds characters that are no text.")
    if isinstance(error, UnicodeEncodeError):
        return Unfit("Some of this is no text: it holds half of a character.")
    cause = error.__cause__
    if isinstance(cause, states.UniqueViolation | states.ExclusionViolation):
        return TooLate(
            "Somebody else did the same at the same moment. Look at what is there now, and try again if need be."
        )
    if isinstance(cause, states.CheckViolation):
        logger.error("The database refused what no action refused", exc_info=error)
        return Unfit("This breaks a rule that the database keeps. Nothing was changed.")
    return None
