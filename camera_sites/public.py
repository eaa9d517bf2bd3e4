"""What the public may read of this room: summaries of assessments, unless they name where a camera stands (R-120)."""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from camera_sites.models import CameraSite, Coverage, Dpia, DpiaVersion

DEGREES = r"\d\.\d{2,}"  # what a coordinate looks like, however roughly it is given
PLACES = ("name", "road", "ref")


def summaries() -> "QuerySet[DpiaVersion]":
    """Approved public summaries but those of covert assessments, with `names_a_place`: whether title or summary names a site that
    the assessment covers in any way, its road or reference, or gives what looks like degrees."""
    said = Concat(OuterRef("dpia__title"), Value(" "), OuterRef("public_summary"), output_field=TextField())
    naming = Q()
    for name in PLACES:
        naming |= ~Q(**{name: ""}) & Q(said__icontains=F(name))
    further = Coverage.objects.filter(kind=Coverage.Kind.SITE, dpia=OuterRef(OuterRef("dpia"))).values("subject")
    sites = CameraSite.objects.filter(Q(dpia=OuterRef("dpia")) | Q(town_dpia=OuterRef("dpia")) | Q(pk__in=further))
    approved = DpiaVersion.objects.filter(status=DpiaVersion.Status.APPROVED).exclude(public_summary="")
    approved = approved.filter(dpia__in=Dpia.objects.open().values("pk"))
    return approved.annotate(
        names_a_place=Q(public_summary__regex=DEGREES) | Q(dpia__title__regex=DEGREES) | Exists(sites.annotate(said=said).filter(naming))
    ).select_related("dpia")  # fmt: skip


def newest() -> "list[DpiaVersion]":
    """The newest summary of each assessment; a page shows those that name no place."""
    return list(summaries().order_by("dpia__title", "-number").distinct("dpia__title"))
