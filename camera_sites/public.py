"""What the public may read of this room: summaries of assessments, unless they name where a camera stands (R-120)."""

import re
from collections import defaultdict
from collections.abc import Callable

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from camera_sites.models import CameraSite, Coverage, Dpia, DpiaVersion

DEGREES = r"\d\.\d{2,}"  # what a coordinate looks like, however roughly it is given
PLACES = ("name", "road", "ref")
WITHHELD = "[place withheld]"
_DEGREES = re.compile(rf"[-+]?\d*{DEGREES}\d*")
_WORD = re.compile(r"\w+")


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


def hider() -> Callable[[str], str]:
    """What blacks out whatever names a site, its road or reference, or looks like degrees: of any site, not only of those covered.

    Looked up word by word, so that it takes no longer beside twenty thousand sites than beside twenty.
    """
    named: dict[str, set[tuple[str, ...]]] = defaultdict(set)  # by their first word
    for row in CameraSite.objects.values_list(*PLACES):
        for name in row:
            if words := tuple(_WORD.findall(name.casefold())):
                named[words[0]].add(words)

    def hide(text: str) -> str:
        text = _DEGREES.sub(WITHHELD, text)
        found = list(_WORD.finditer(text))
        words = tuple(match.group().casefold() for match in found)
        shown, until, place = [], 0, 0
        while place < len(words):
            fits = [len(name) for name in named.get(words[place], ()) if words[place : place + len(name)] == name]
            if fits:
                shown += [text[until : found[place].start()], WITHHELD]
                place += max(fits)
                until = found[place - 1].end()
            else:
                place += 1
        return "".join([*shown, text[until:]])

    return hide
