"""Forms of the lists themselves."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from camera_sites.models import Dpia
from hotlists.actions.hotlists import CHANGEABLE
from hotlists.forms.entries import MARKERS
from hotlists.models import Hotlist
from standards.models import Action, StandardsProfile

LABELS = {
    "slug": "Short name for addresses",
    "controller": "Controller",
    "joint_controllers": "Joint controllers",
    "joint_arrangement": "Their arrangement",
    "policy_document": "Appropriate policy document",
    "gsc": "Classification",
    "circulation": "Circulation",
    "dpia": "Impact assessment",
    "default_priority": "Usual priority on this list",
    "max_expiry_hours": "Longest life of an entry here, in hours",
    "review_hours": "Reviewed here at least every, in hours",
    "max_size": "Vehicles it may hold",
    "offline_life_hours": "A matcher’s copy lives without contact, in hours",
}
HINTS = {
    "slug": "Such as northdale-crime.",
    "joint_controllers": "Other forces or agencies that decide with the controller what the list is for.",
    "joint_arrangement": "Where it is written down who answers for what.",
    "policy_document": "Its name and where it stands.",
    "dpia": "Without one in date the list is not in force.",
    "default_priority": "Empty: as is usual for the category.",
    "max_expiry_hours": "Empty: as long as the category allows. Never longer than that.",
    "review_hours": "Empty: as the category says. Never less often than that.",
    "max_size": "Empty: no limit. Beyond it nothing is submitted, approved or loaded.",
}


class ChangeForm(forms.ModelForm):
    """What a list says of itself and allows."""

    categories = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    actions = forms.MultipleChoiceField(choices=Action.choices, widget=forms.CheckboxSelectMultiple)
    markers = forms.MultipleChoiceField(
        choices=list(MARKERS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="Warning markers it may carry",
    )

    class Meta:
        model = Hotlist
        fields = CHANGEABLE
        labels = LABELS
        help_texts = HINTS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        profile = StandardsProfile.objects.in_force(now)
        categories = profile.categories.order_by("name")
        if self.instance.kind:
            is_suppression = self.instance.kind == Hotlist.Kind.SUPPRESSION
            categories = categories.filter(
                is_feed=self.instance.kind == Hotlist.Kind.FEED, is_suppression=is_suppression
            )
        self.fields["categories"].choices = categories.values_list("code", "name")
        self.fields["dpia"].queryset = Dpia.objects.filter(
            Q(pk__in=Dpia.objects.open().governing(now).values("pk")) | Q(pk=self.instance.dpia_id)
        ).order_by("ref")

    def _post_clean(self) -> None:
        """The model is not touched: the action writes, and judges."""


class HotlistEditForm(ChangeForm):
    """A change of a list that is there; says which state it changes."""

    state = forms.CharField(widget=forms.HiddenInput)
    misfits_known = forms.BooleanField(
        required=False, label="I know that these entries no longer fit, and will tell their owners"
    )

    field_order = CHANGEABLE


class HotlistForm(ChangeForm):
    """A new list: what it is for, who answers for it, what it may hold, until when."""

    justification = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        label="Why it is needed", help_text="Empty: its purpose says it.",
    )  # fmt: skip
    sunset_at = forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), label="Justified afresh by",
        help_text="The list lapses then by itself.",
    )  # fmt: skip

    class Meta(ChangeForm.Meta):
        fields = ("slug", "title", "kind", "purpose", "controller", "joint_controllers", "joint_arrangement", "legal_basis",
                  "policy_document", "owner", "deputy", *CHANGEABLE[7:])  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = StandardsProfile.objects.in_force(timezone.now()).number("list.sunset")
        self.initial.setdefault("sunset_at", timezone.now() + dt.timedelta(days=days))
        for name in ("owner", "deputy"):
            self.fields[name].queryset = User.objects.filter(is_active=True).order_by("username")


class HandOverForm(forms.Form):
    """Who answers for a list from now on."""

    owner = forms.ModelChoiceField(User.objects.filter(is_active=True).order_by("username"), label="Owner")
    deputy = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("username"), required=False, label="Deputy"
    )
    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="Why")


class JustifyForm(forms.Form):
    """Why a list is worth its intrusion for longer."""

    words = forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": 6}), label="Why it is still needed",
        help_text="What it led to, what would be lost without it, why nothing less would do.",
    )  # fmt: skip
    sunset_at = forms.DateTimeField(
        required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        label="Until", help_text="Empty: as long as the standards allow.",
    )  # fmt: skip


class JudgeForm(forms.Form):
    """The second person's word on a justification."""

    verdict = forms.ChoiceField(
        choices=[("approve", "It is justified"), ("reject", "It is not")],
        widget=forms.RadioSelect,
        label="Your decision",
    )
    rationale = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), label="Why")


class AccessForm(forms.Form):
    """Who is given access to a list: a team, or one person."""

    team = forms.ModelChoiceField(Group.objects.exclude(team=None).order_by("name"), required=False)
    person = forms.ModelChoiceField(User.objects.filter(is_active=True).order_by("username"), required=False)

    def clean(self):
        """One of the two."""
        data = super().clean()
        if bool(data.get("team")) == bool(data.get("person")):
            raise forms.ValidationError("Choose a team, or a person, and not both.")
        return data
