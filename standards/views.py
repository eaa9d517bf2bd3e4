"""The standards in force, as a page; proposing a new edition, and adopting one that somebody else proposed."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require
from standards import actions, policies
from standards.forms import ProposalForm
from standards.matrix import LocationType, Purpose, name_of
from standards.models import MatrixCell, StandardsProfile


@require_GET
def profile_list(request: HttpRequest) -> HttpResponse:
    """Everybody may see what they are judged by."""
    now = timezone.now()
    current = StandardsProfile.objects.prefetch_related("numbers", "categories", "matrix").in_force(now)
    others = (
        StandardsProfile.objects.exclude(pk=current.pk)
        .select_related("proposed_by", "adopted_by")
        .prefetch_related("numbers", "categories", "matrix")
        .order_by("-effective_from")
    )
    context = {
        "current": current, "numbers": current.numbers.order_by("key"), "categories": current.categories.order_by("code"),
        "matrix": _rows(current),
        "others": [
            (profile, policies.may_adopt(request.user, profile), profile.changes_from(current)) for profile in others
        ],
        "may_propose": policies.may_propose(request.user),
    }  # fmt: skip
    return render(request, "standards/profile_list.html", context)


@require_http_methods(["GET", "POST"])
def profile_propose(request: HttpRequest) -> HttpResponse:
    """A copy of the profile in force with other numbers."""
    require(policies.may_propose(request.user))
    base = StandardsProfile.objects.in_force(timezone.now())
    form = ProposalForm(request.POST or None, base=base)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("name", "source", "effective_from")}
        try:
            actions.propose_profile(
                base,
                by=request.user,
                numbers=form.changed,
                categories=form.changed_categories,
                matrix=form.changed_cells,
                **facts,
            )
            messages.success(request, "Proposed. It governs once somebody else adopts it.")
            return redirect("profile_list")
        except Unfit as refusal:
            _put(form, refusal)
    return render(request, "standards/profile_propose.html", {"form": form, "base": base})


def _put(form: ProposalForm, refusal: Unfit) -> None:
    """Each fault to its field; a category's to the category's own form."""
    forms = {category.code: one for category, one in form.categories.items()}
    left: dict[str, list[str]] = {}
    for name, words in refusal.fields.items():
        _, _, rest = name.partition("categories.")
        code, _, field = rest.partition(".")
        one = forms.get(code, form.added)
        if rest and field in one.fields:
            for word in words:
                one.add_error(field, word)
        else:
            left[name] = words
    if left:
        put_problems(form, Unfit(str(refusal), left))


@require_GET
def profile_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One edition, and how it differs from another: the one in force, or the one asked for."""
    editions = StandardsProfile.objects.prefetch_related("numbers", "categories", "matrix")
    shown = get_object_or_404(editions.select_related("proposed_by", "adopted_by"), pk=pk)
    others = [one for one in editions.order_by("-effective_from") if one.pk != shown.pk]
    asked = request.GET.get("against", "")
    in_force = StandardsProfile.objects.in_force(timezone.now())
    against = next((one for one in others if str(one.pk) == asked), None) or next(
        (one for one in others if one.pk == in_force.pk), others[0] if others else None
    )
    context = {
        "profile": shown, "others": others, "against": against, "in_force": in_force,
        "changes": shown.changes_from(against) if against else [],
        "numbers": sorted(shown.numbers.all(), key=lambda one: one.key),
        "categories": sorted(shown.categories.all(), key=lambda one: one.code),
        "matrix": _rows(shown), "may_adopt": policies.may_adopt(request.user, shown),
    }  # fmt: skip
    return render(request, "standards/profile_detail.html", context)


def _rows(profile: StandardsProfile) -> list[tuple[str, list[MatrixCell]]]:
    """The matrix as it is drawn: a row for each kind of place."""
    cells = {cell.name: cell for cell in profile.matrix.all()}
    return [
        (place.label, [cells[name] for purpose in Purpose if (name := name_of(place, purpose)) in cells])
        for place in LocationType
        if cells
    ]


@require_POST
def profile_adopt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The second person's yes."""
    actions.adopt_profile(get_object_or_404(StandardsProfile, pk=pk), by=request.user)
    messages.success(request, "Adopted.")
    return redirect("profile_list")
