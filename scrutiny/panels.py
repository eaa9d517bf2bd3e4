"""What scrutiny shows on the pages of what findings are about."""

from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string

from audit.policies import may_read_log
from scrutiny import policies
from scrutiny.models import Concern, Finding

MOST_CONCERNS = 10


def findings(request: HttpRequest, thing: models.Model) -> str:
    """Findings about this record that are not settled; nothing where there are none that one may see."""
    found = Finding.objects.about(thing).exclude(status=Finding.Status.SETTLED).select_related("owner")
    shown = [finding for finding in found if policies.may_see(request.user, finding)]
    return render_to_string("scrutiny/_findings_panel.html", {"findings": shown}, request) if shown else ""


def concerns(request: HttpRequest, thing: models.Model) -> str:
    """Complaints, requests and breaches about this record that wait for an answer, and where to write one down."""
    user, may_record = request.user, policies.may_record_concern(request.user)
    sees_all = bool(policies.may_see_concerns(user))
    found = Concern.objects.about(thing).open().visible_to(user, sees_all=sees_all).order_by("due_at")
    shown = list(found[:MOST_CONCERNS]) if may_record or sees_all else []
    if not shown and not may_record:
        return ""
    context = {"concerns": shown, "may_record": may_record, "label": thing._meta.label, "thing": thing}
    return render_to_string("scrutiny/_concerns_panel.html", context, request)


def story(request: HttpRequest, thing: models.Model) -> str:
    """The way to its story, for who may read the log."""
    if not may_read_log(request.user):
        return ""
    context = {"kind": thing._meta.label_lower, "ref": thing.pk}
    return render_to_string("scrutiny/_story_panel.html", context, request)
