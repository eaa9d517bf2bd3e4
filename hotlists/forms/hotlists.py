"""Forms of the lists themselves."""

import datetime as dt

from django import forms
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import User
from camera_sites.models import Dpia
from hotlists.forms.entries import MARKERS
from hotlists.models import Hotlist
from standards.models import Action, StandardsProfile


class HotlistForm(forms.ModelForm):
    """A new list: what it is for, who answers for it, what it may hold, until when."""

    categories = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    actions = forms.MultipleChoiceField(choices=Action.choices, widget=forms.CheckboxSelectMultiple)
    markers = forms.MultipleChoiceField(
        choices=list(MARKERS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="Warning markers it may carry",
    )
    sunset_at = forms.DateTimeField(
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), label="Justified afresh by",
        help_text="The list lapses then by itself.",
    )  # fmt: skip

    class Meta:
        model = Hotlist
        fields = ("slug", "title", "kind", "purpose", "controller", "legal_basis", "owner", "deputy", "dpia", "categories",
                  "actions", "markers", "offline_life_hours", "sunset_at")  # fmt: skip
        labels = {
            "slug": "Short name for addresses",
            "dpia": "Impact assessment",
            "offline_life_hours": "A matcher’s copy lives without contact, in hours",
        }
        help_texts = {"slug": "Such as northdale-crime.", "dpia": "Without one in date the list is not in force."}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        profile = StandardsProfile.objects.in_force(timezone.now())
        self.fields["categories"].choices = profile.categories.order_by("name").values_list("code", "name")
        latest = timezone.now() + dt.timedelta(days=profile.number("list.sunset"))
        self.initial.setdefault("sunset_at", latest)
        for name in ("owner", "deputy"):
            self.fields[name].queryset = User.objects.filter(is_active=True).order_by("username")
        self.fields["dpia"].queryset = Dpia.objects.order_by("ref")

    def _post_clean(self) -> None:
        """The model is not touched: the action writes, and judges."""


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
