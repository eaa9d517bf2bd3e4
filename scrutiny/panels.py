"""What scrutiny shows on the pages of what findings are about."""

from django.db import models
from django.http import HttpRequest
from django.template.loader import render_to_string

from audit.policies import may_read_log
from scrutiny import policies
from scrutiny.models import Finding


def findings(request: HttpRequest, thing: models.Model) -> str:
    """Findings about this record that are not settled; nothing where there are none that one may see."""
    found = Finding.objects.about(thing).exclude(status=Finding.Status.SETTLED).select_related("owner")
    shown = [finding for finding in found if policies.may_see(request.user, finding)]
    return render_to_string("scrutiny/_findings_panel.html", {"findings": shown}, request) if shown else ""


def story(request: HttpRequest, thing: models.Model) -> str:
    """The way to its story, for who may read the log."""
    if not may_read_log(request.user):
        return ""
    context = {"kind": thing._meta.label_lower, "ref": thing.pk}
    return render_to_string("scrutiny/_story_panel.html", context, request)
