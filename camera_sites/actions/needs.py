"""Whether sites are still needed: asked when something happens, judged every year (R-116)."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policies import own_session
from audit.actions import record
from audit.verbs import Verb
from camera_sites import policies
from camera_sites.actions.sites import locked, review_assessments
from camera_sites.models import CameraSite, NeedQuestion, NeedReview
from portal.errors import Unfit
from portal.policies import require


@transaction.atomic
def ask_for_review(site: CameraSite, *, by: User, trigger: str, words: str) -> NeedQuestion:
    """Something happened that asks whether the site is still needed: it is to be reviewed now, not at the end of its year."""
    site = locked(site, by=by)
    require(policies.may_ask_for_review(by, site))
    _require_words(words=words)
    return question_need(site, by=by, trigger=trigger, words=words)


@transaction.atomic
def question_need(site: CameraSite, *, by: User, trigger: str, words: str) -> NeedQuestion:
    """The question itself, for whichever act it comes of; that act has asked whether they may."""
    asked = NeedQuestion.objects.create(
        site=site, trigger=NeedQuestion.Trigger(trigger), words=words.strip(), raised_by=by, raised_at=timezone.now()
    )
    review_assessments(site, by=by, trigger=asked.trigger, what=str(asked.get_trigger_display()))
    record(
        Verb.NEED_QUESTIONED, target=site, by=by, also=[asked], trigger=str(asked.get_trigger_display()).lower(),
        words=asked.words,
    )  # fmt: skip
    return asked


@transaction.atomic
def review_need(site: CameraSite, *, by: User, outcome: str, effect: str, words: str) -> NeedReview:
    """Another than whoever proposed the site judges whether it is still needed; the next year runs from now."""
    site = locked(site, by=by)
    require(policies.may_review_need(by, site))
    _require_words(effect=effect, words=words)
    done = NeedReview.objects.create(
        site=site, outcome=NeedReview.Outcome(outcome), effect=effect.strip(), words=words.strip(), reviewed_by=by,
        reviewed_at=timezone.now(), sign_in=own_session(by),
    )  # fmt: skip
    record(
        Verb.NEED_REVIEWED,
        target=site,
        by=by,
        also=[done],
        outcome=str(done.get_outcome_display()).lower(),
        words=done.words,
    )
    return done


def _require_words(**given: str) -> None:
    if empty := [name for name, words in given.items() if not words.strip()]:
        raise Unfit("Some of this is missing.", {name: ["This cannot be empty."] for name in empty})
