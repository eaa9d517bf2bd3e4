"""The page that tells everything about one record or case, for who may read the log and says why (R-063)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from audit.actions import consult
from audit.asking import ask_purpose, purpose_of
from audit.exports import as_id
from audit.policies import may_read_log
from portal.policies import require
from scrutiny.stories import CASE, story_of, sums_of, told, went_with


@require_GET
def story(request: HttpRequest, kind: str, ref: str) -> HttpResponse:
    """From request to deletion, the oldest first; works when the record is gone."""
    require(may_read_log(request.user))
    purpose = purpose_of(request)
    if purpose is None:
        return ask_purpose(request)
    found = story_of(kind, ref, by=request.user)
    if found is None:
        raise Http404
    consult(by=request.user, purpose=purpose.value, what=found.what)
    with_looks = request.GET.get("looks") != "no"
    rows, later = told(found, after=as_id(request.GET.get("after", "")), with_looks=with_looks)
    sums = sums_of(found)
    context = {
        "story": found, "sums": sums, "rows": rows, "later": later, "with_looks": with_looks, "purpose": purpose,
        "certificates": went_with(found, sums.last_at) if sums.last_at else [], "is_first": "after" not in request.GET,
    }  # fmt: skip
    return render(request, "scrutiny/story.html", context)


@require_GET
def case_story(request: HttpRequest) -> HttpResponse:
    """From a reference that was typed to its story."""
    require(may_read_log(request.user))
    ref = request.GET.get("case", "").strip()
    return redirect("story", CASE, ref) if ref else redirect("event_list")
