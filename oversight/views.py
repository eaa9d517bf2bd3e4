"""The home page of each role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from portal import home


@require_GET
def home_page(request: HttpRequest) -> HttpResponse:
    """What waits for this person, the most urgent first."""
    return render(request, "oversight/home.html", {"items": home.items_for(request.user, timezone.now())})
