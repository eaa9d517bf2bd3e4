"""The forms of matchers: shape only."""

import datetime as dt

from django import forms
from django.utils import timezone

from hotlists.models import Hotlist
from matchers.models import Disclosure


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


class MatcherForm(forms.Form):
    """A new matcher."""

    name = forms.CharField(max_length=100, help_text="As the boards will show it.")
    purpose = forms.CharField(max_length=300, label="What is it for?", widget=forms.Textarea(attrs={"rows": 3}))
    by_revisions = forms.TypedChoiceField(
        choices=[("", "Signed, by a program that verifies"), ("yes", "Unsigned, by revision numbers or as STIX over TAXII")], coerce=bool,
        empty_value=False, required=False, widget=forms.RadioSelect, initial="", label="How does it fetch lists?",
        help_text="Unsigned only where the system can do no better: nothing it holds can be proved forgotten.",
    )  # fmt: skip


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
        return _end_of(self.cleaned_data["until_at"])


class ProlongForm(forms.Form):
    """A later end of an allocation."""

    until_at = forms.DateField(
        label="Given until the end of",
        help_text="At most a year from now.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(max_length=300, label="Why is it still needed?", widget=forms.Textarea(attrs={"rows": 3}))

    def clean_until_at(self) -> dt.datetime:
        """The end of that day here."""
        return _end_of(self.cleaned_data["until_at"])


class HaltForm(forms.Form):
    """A second person's word on a revision that waits, bound to what they were shown."""

    digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    reason = forms.CharField(max_length=300, label="Why?", widget=forms.Textarea(attrs={"rows": 3}))


class RevokeForm(forms.Form):
    """Why a list is taken away."""

    reason = forms.CharField(max_length=300, label="Why?", widget=forms.Textarea(attrs={"rows": 3}))


class ListExportForm(forms.Form):
    """As what a list is taken away, for whom and why."""

    form = forms.ChoiceField(
        choices=Disclosure.Form, widget=forms.RadioSelect, initial=Disclosure.Form.VOI, label="As what"
    )
    recipient = forms.CharField(
        max_length=200, label="Who gets the file?", help_text="A named person and their organisation."
    )
    reason = forms.CharField(
        max_length=300, label="What do they need it for?", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Recorded with your name: the purpose, and the agreement between the controllers.",
    )  # fmt: skip

    def clean_form(self) -> Disclosure.Form:
        """As the action takes it."""
        return Disclosure.Form(self.cleaned_data["form"])


class TellForm(forms.Form):
    """How the recipient of a file was told."""

    how = forms.CharField(
        max_length=300, label="How were they told?", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="By whom, to whom, by what way. Not the plates.",
    )  # fmt: skip
    is_destroyed = forms.BooleanField(required=False, label="They say that no copy of the file is left")
