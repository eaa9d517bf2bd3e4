"""Signing the annual certification (R-067)."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from matcher_client.vrm import named_in
from portal.errors import TooLate, Unfit
from portal.policies import require
from scrutiny import policies
from scrutiny.certification import figures_of, span_of_year
from scrutiny.models import Area, Certificate


@transaction.atomic
def sign_certificate(*, by: User, year: int, area: str, policy: str, violations: str) -> Certificate:
    """The information asset owner stands for a year that is over and whose samples are worked, as it is at this moment."""
    require(policies.may_sign(by))
    if area not in Area.values:
        raise Unfit("There is no such area.", {"area": ["Choose one of the areas."]})
    asked = {
        "policy": (policy, "Say which policy was in place."),
        "violations": (violations, "Say what is known, or that none is."),
    }
    wrong = {name: [ask] for name, (words, ask) in asked.items() if not words.strip()}
    wrong |= {
        name: ["The public reads this: leave the number plate out."]
        for name, (words, _) in asked.items()
        if named_in(words)
    }
    if wrong:
        raise Unfit("Some of this needs words.", wrong)
    now = timezone.now()
    if span_of_year(year)[1] > now:
        raise TooLate("This year is not over yet.")
    figures = figures_of(year, area)
    if not figures["months"]:
        raise TooLate("No month of this year was sampled: there is nothing to certify.")
    if figures["unanswered"]:
        raise TooLate(f"{figures['unanswered']} sampled acts of this year wait to be worked.")
    made, is_first = Certificate.objects.get_or_create(
        year=year, area=area,
        defaults={"figures": figures, "policy": policy.strip(), "violations": violations.strip(), "signed_by": by,
                  "signed_at": now, "sign_in": own_session(by)},
    )  # fmt: skip
    if not is_first:
        raise TooLate("This was signed already.")
    record(Verb.CERTIFICATE_SIGNED, target=made, by=by, figures=figures)
    return made
