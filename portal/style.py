"""The style guide: every component on one page, for whoever builds pages and for the tests that look at them."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.errors import Stranger
from portal.home import Item
from portal.policies import Allowed, Denied


class SampleForm(forms.Form):
    """A field of every kind."""

    plate = forms.CharField(label="Number plate", max_length=15, help_text="As it is printed; spaces do not matter.")
    reason = forms.CharField(
        label="Why this vehicle is to be looked for", max_length=500, widget=forms.Textarea(attrs={"rows": 4})
    )
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    country = forms.ChoiceField(
        label="Country", choices=[("GB", "United Kingdom"), ("IE", "Ireland"), ("FR", "France")]
    )
    priority = forms.TypedChoiceField(
        label="Priority", choices=[(1, "Immediate"), (2, "Prompt"), (3, "Routine")], coerce=int
    )
    verdict = forms.ChoiceField(
        label="Your decision", choices=[("approve", "Approve"), ("reject", "Reject")], widget=forms.RadioSelect
    )
    rationale = forms.CharField(label="What is missing", required=False, max_length=200)
    markers = forms.MultipleChoiceField(
        label="Warning markers", choices=[("FI", "Firearms"), ("VI", "Violent")], widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    expires_at = forms.DateTimeField(label="Ends", help_text="At most 28 days from now.")
    born_on = forms.DateField(label="Day of the incident", required=False)
    days = forms.IntegerField(label="Kept for", min_value=1)
    file = forms.FileField(label="List in the 16-column layout", required=False)
    passphrase = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)
    confirmed = forms.BooleanField(
        label="I have no interest in this vehicle", help_text="Nor have family or colleagues."
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False, initial="kept")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verdict"].hints = {"approve": "It comes into force at once."}  # type: ignore[attr-defined]
        self.fields["verdict"].reveals = {"reject": "rationale"}  # type: ignore[attr-defined]
        self.fields["days"].suffix = "days"  # type: ignore[attr-defined]


class SampleFilter(forms.Form):
    """What narrows a list."""

    plate = forms.CharField(label="Number plate", max_length=15, required=False)
    state = forms.ChoiceField(label="State", choices=[("", "Any"), ("in-force", "In force")], required=False)


def _acts() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(label="Approve", url="#", verdict=Allowed(), is_next=True),
        SimpleNamespace(label="Suspend", url="#", verdict=Allowed(), is_next=False),
        SimpleNamespace(
            label="Withdraw", url="#", is_next=False, verdict=Denied("Only a supervisor may withdraw an entry.")
        ),
    ]


@login_not_required
def style(request: HttpRequest) -> HttpResponse:
    """For staff, or for anybody where the data is nobody's."""
    if not (settings.DEBUG or settings.DEMO or request.user.is_authenticated):
        raise Stranger("The style guide is for those who are signed in.")
    now = timezone.now()
    form = SampleForm(initial={"expires_at": now + dt.timedelta(days=7)})
    if request.method == "POST":
        form = SampleForm(request.POST, request.FILES)
        if form.is_valid():
            messages.success(request, "Nothing was saved: this page only shows how things look.")
    shown = [
        {
            "vrm": "AB01CDE",
            "country": "GB",
            "tone": "in-force",
            "word": "In force",
            "ends": now + dt.timedelta(days=12),
        },
        {
            "vrm": "XY50ZZZ",
            "country": "GB",
            "tone": "lapsing",
            "word": "Lapses soon",
            "ends": now + dt.timedelta(hours=6),
        },
        {"vrm": "KP01ABC", "country": "GB", "tone": "waiting", "word": "Waiting for a decision", "ends": None},
        {"vrm": "GV50JKL", "country": "GB", "tone": "stopped", "word": "Withdrawn", "ends": now - dt.timedelta(days=2)},
        {"vrm": "50D999999", "country": "IE", "tone": "none", "word": "Draft", "ends": None},
    ]
    context = {
        "form": form,
        "wrong": SampleForm({"plate": "", "verdict": "reject", "days": "many"}, prefix="wrong", auto_id="wrong_%s"),
        "narrow": SampleFilter(request.GET or None, auto_id="narrow_%s"),
        "rows": shown,
        "acts": _acts(),
        "page": Paginator(range(2000), 20).get_page(request.GET.get("page", "4")),
        "story": [
            {"title": "Withdrawn", "by": "Sergeant Nair", "at": now - dt.timedelta(days=2),
             "text": "Vehicle recovered.", "tone": "stopped"},
            {"title": "Approved", "by": "Sergeant Nair", "at": now - dt.timedelta(days=9),
             "text": "Necessary and proportionate.", "tone": "in-force"},
        ],
        "waiting": [
            Item("An impact assessment has lapsed", "#", 1, now - dt.timedelta(days=3), "stopped"),
            Item("Entries lapse within a day", "#", 4, now - dt.timedelta(hours=5), "lapsing"),
            Item("Entries wait for your decision", "#", 12, now - dt.timedelta(minutes=50), "waiting"),
        ],
        "points": [
            {"lat": 54.97, "lon": -1.61, "title": "Tyne crossing", "text": "Live, 4 cameras", "href": "#", "tone": "in-force"},
            {"lat": 54.52, "lon": -1.55, "title": "A1 at Darlington", "text": "Waiting for its assessment", "tone": "waiting"},
            {"lat": 54.69, "lon": -1.21, "title": "Hartlepool docks", "text": "Assessment lapsed", "tone": "stopped"},
        ],
        "later": now + dt.timedelta(hours=6),
        "earlier": now - dt.timedelta(days=3),
    }  # fmt: skip
    return render(request, "portal/style.html", context)
