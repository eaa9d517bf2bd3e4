"""Pages of accuracy tests, and of reviews of a site's need."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from camera_sites import actions, policies
from camera_sites.accuracy_files import COLUMNS, NEEDED
from camera_sites.forms.accuracy import AccuracyTestForm, NeedReviewForm, QuestionForm, TestsFileForm
from camera_sites.views.acts import act_page
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require

site_test = act_page(
    AccuracyTestForm, lambda site, *, by, camera, **counted: actions.record_test(site, camera, by=by, **counted),
    policies.may_keep_evidence, title="Write down an accuracy test", button="Write it down", done="Written down.",
    explain="What was counted, as it was counted: it is never altered. A wrong one is put right by another test.",
)  # fmt: skip
site_question = act_page(
    QuestionForm, actions.ask_for_review, policies.may_ask_for_review,
    title="Ask whether it is still needed", button="Ask for a review", done="Asked: a review is due now.",
    explain="Something happened since the need was last judged. Whoever decides sites is asked to review it now.",
)  # fmt: skip
site_review = act_page(
    NeedReviewForm, actions.review_need, policies.may_review_need,
    title="Review whether it is still needed", button="Write down the review", done="Reviewed.",
    explain="Every year, and when something happens, somebody who did not propose the site judges its need afresh.",
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def tests_import(request: HttpRequest) -> HttpResponse:
    """A file of tests: all of them are written down, or none."""
    require(policies.may_propose(request.user))
    form = TestsFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            done = actions.import_tests(by=request.user, content=form.cleaned_data["file"].read())
        except Unfit as refusal:
            put_problems(form, refusal)
        else:
            messages.success(request, f"{len(done)} tests were written down.")
            return redirect("site_list")
    context = {"form": form, "columns": COLUMNS, "needed": NEEDED}
    return render(request, "camera_sites/tests_import.html", context, status=422 if form.errors else 200)


@require_GET
def tests_template(request: HttpRequest) -> HttpResponse:
    """The headings of a file of tests."""
    response = HttpResponse(",".join(COLUMNS) + "\r\n", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="accuracy-tests-template.csv"'
    return response
