"""Pages of the annual certification."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from scrutiny import actions, policies
from scrutiny.certification import figures_of, years
from scrutiny.forms.samples import ASKED, SignForm
from scrutiny.models import Area, Certificate


@require_GET
def certificate_list(request: HttpRequest) -> HttpResponse:
    """Every year and area, signed or not."""
    require(policies.may_see_certificates(request.user))
    signed = {(one.year, one.area): one for one in Certificate.objects.select_related("signed_by")}
    rows = [(year, area, signed.get((year, area.value))) for year in years(timezone.now()) for area in Area]
    return render(request, "scrutiny/certificate_list.html", {"rows": rows, "this_year": timezone.localdate().year})


@require_http_methods(["GET", "POST"])
def certificate_detail(request: HttpRequest, year: int, area: str) -> HttpResponse:
    """One year of one area: as it was signed, or as it stands now, to be signed."""
    require(policies.may_see_certificates(request.user))
    if area not in Area.values or year not in years(timezone.now()):
        raise Http404
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.sign_certificate(by=request.user, year=year, area=area, **form.cleaned_data)
            messages.success(request, "Signed. It stands as it is.")
            return redirect("certificate_detail", year, area)
        except Unfit as refusal:
            put_problems(form, refusal)
    signed = Certificate.objects.filter(year=year, area=area).select_related("signed_by").first()
    context = {
        "year": year, "area": Area(area), "signed": signed, "figures": signed.figures if signed else figures_of(year, area),
        "form": form, "may": policies.may_sign(request.user), "is_over": year < timezone.localdate().year,
        "asked": {name: label for name, (label, _) in ASKED.items()},
    }  # fmt: skip
    return render(request, "scrutiny/certificate_detail.html", context)
