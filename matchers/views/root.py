"""The page of the root of trust: who holds its keys, when it ends, what to do before."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from matchers import keys, policies, wellness
from portal.policies import require


@require_GET
def root_of_trust(request: HttpRequest) -> HttpResponse:
    """By what matchers know our signatures; its holders have to come together before it ends."""
    require(policies.may_view_root(request.user))
    now = timezone.now()
    context = {
        "root": wellness.root_facts(), "ends_soon": wellness.root_to_renew(now), "now": now, "keys_note": keys.note(),
        "may_download": policies.may_view(request.user), "warned_days": wellness.ROOT_WARNING.days,
    }  # fmt: skip
    return render(request, "matchers/root_of_trust.html", context)
