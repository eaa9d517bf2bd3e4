"""The forms of matchers: shape only."""

import datetime as dt

from django import forms
from django.utils import timezone

from hotlists.models import Hotlist


class MatcherForm(forms.Form):
    """A new matcher."""

    name = forms.CharField(max_length=100, help_text="As the boards will show it.")
    purpose = forms.CharField(max_length=300, label="What is it for?", widget=forms.Textarea(attrs={"rows": 3}))


class AllocationForm(forms.Form):
    """A list for a matcher."""

    hotlist = forms.ModelChoiceField(Hotlist.objects.none(), label="List", empty_label=None, widget=forms.RadioSelect)
    purpose = forms.CharField(
        max_length=300, label="What does the matcher need it for?", widget=forms.Textarea(attrs={"rows": 3})
    )
    agreement_ref = forms.CharField(max_length=100, label="Agreement between the controllers")
    until_at = forms.DateField(
        label="Given until the end of",
        help_text="At most a year from now.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args, hotlists, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hotlist"].queryset = hotlists

    def clean_until_at(self) -> dt.datetime:
        """The end of that day here."""
        day = self.cleaned_data["until_at"]
        return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


class RevokeForm(forms.Form):
    """Why a list is taken away."""

    reason = forms.CharField(max_length=300, label="Why?", widget=forms.Textarea(attrs={"rows": 3}))
