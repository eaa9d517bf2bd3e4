"""The four ways an act can be refused. Pages and the API turn them into 403, 404, 409 and 422, decided once here."""


class Refusal(Exception):
    """An act was refused; `str()` is the reason in plain English."""

    status = 400
    title = "This cannot be done"


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
