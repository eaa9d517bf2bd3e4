"""Pages of the roads by which it is judged whether sites encircle a town."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from camera_sites import actions, policies
from camera_sites.encirclement import told_of
from camera_sites.forms.roads import RoadsForm
from camera_sites.models import RoadNetwork
from camera_sites.roads import LARGEST
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require


@require_http_methods(["GET", "POST"])
def road_list(request: HttpRequest) -> HttpResponse:
    """The network in use, those that wait to be used, and reading another."""
    require(policies.may_load_roads(request.user))
    form = RoadsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("name", "source")}
        try:
            network = actions.read_roads(by=request.user, content=form.cleaned_data["file"].read(LARGEST + 1), **facts)
            return redirect("road_detail", network.pk)
        except Unfit as refusal:
            put_problems(form, refusal)
    networks = RoadNetwork.objects.select_related("read_by", "used_by").order_by("-idle_since", "-pk")
    context = {"form": form, "networks": networks, "megabytes": LARGEST // 1024**2}
    return render(request, "camera_sites/road_list.html", context, status=422 if form.errors else 200)


@require_GET
def road_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """What was read, before anything is judged by it."""
    require(policies.may_load_roads(request.user))
    network = get_object_or_404(RoadNetwork.objects.select_related("read_by", "used_by"), pk=pk)
    context = {
        "network": network, "current": RoadNetwork.objects.filter(idle_since=None).first(),
        "told": told_of(network, by=request.user),
    }  # fmt: skip
    return render(request, "camera_sites/road_detail.html", context)


@require_POST
def road_use(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Having sites judged by it."""
    network = actions.use_roads(get_object_or_404(RoadNetwork, pk=pk), by=request.user)
    messages.success(
        request, f"Proposals are judged by {network} from now on. Sites that were decided stay as they are."
    )
    return redirect("road_list")
