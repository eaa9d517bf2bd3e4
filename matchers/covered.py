"""Matchers as something that assessments cover. None is stopped as its assessment lapses: lists and sites are (R-113)."""

from django.db.models import QuerySet

from accounts.models import Actor
from camera_sites.covered import Kind
from matchers.models import Matcher
from matchers.policies import may_manage, may_view


def _seen(actor: Actor) -> QuerySet[Matcher]:
    return Matcher.objects.all() if may_view(actor) else Matcher.objects.none()


KIND = Kind("matcher", _seen, "matcher_detail", "pk", lambda by, matcher: may_manage(by))
