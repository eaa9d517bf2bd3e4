"""Assessments that are kept from whoever was not given their sites (R-123)."""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from accounts.models import User


def is_covert() -> Q:
    """Of assessments: marked covert by their author, or of covert sites and of nothing else that anybody might see.

    What names an assessment from a room above is found by its key: wherever a list names it, its title is no secret.
    """
    sites, coverage = _named("CameraSite"), _named("Coverage").filter(ended_at=None)
    hidden, others = sites.filter(deployment="covert"), sites.exclude(deployment="covert")
    of_hidden = Q(kind="site", subject__in=hidden.values("pk"))
    # Asked once for all, and of the few covert sites: most assessments cover thousands of others.
    named = Q(pk__in=hidden.exclude(dpia=None).values("dpia")) | Q(
        pk__in=hidden.exclude(town_dpia=None).values("town_dpia")
    )
    named |= Q(pk__in=coverage.filter(of_hidden).values("dpia"))
    named_openly = _by_a_site(others) | Q(Exists(coverage.filter(dpia=OuterRef("pk")).exclude(of_hidden)))
    for relation in apps.get_model("camera_sites", "Dpia")._meta.related_objects:
        if relation.related_model._meta.app_label != "camera_sites":
            owners = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            named_openly |= Q(Exists(owners))
    return Q(is_covert=True) | (named & ~named_openly)


def is_given_to(user: User) -> Q:
    """Of covert assessments: this person's hand is in it, or they were given a site of it."""
    sites = _named("CameraSite").visible_to(user).filter(deployment="covert")
    hands = _named("DpiaContribution").filter(version__dpia=OuterRef("pk"), user=user)
    coverage = _named("Coverage").filter(
        dpia=OuterRef("pk"), ended_at=None, kind="site", subject__in=sites.values("pk")
    )
    return Q(created_by=user) | Q(Exists(hands)) | _by_a_site(sites) | Q(Exists(coverage))


def _by_a_site(sites):
    """Named by one of these as its own."""
    return Q(Exists(sites.filter(dpia=OuterRef("pk")))) | Q(Exists(sites.filter(town_dpia=OuterRef("pk"))))


def _named(model: str):
    """Of this room's models, which know this module and not the other way round."""
    return apps.get_model("camera_sites", model).objects.all()
