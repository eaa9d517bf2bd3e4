"""Forms of bulk work: a file of entries, one change of several, and what the list manager releases."""

from typing import Any

from django import forms

from accounts.models import User
from hotlists.forms.entries import longer, moment_input
from hotlists.forms.life import who_may_own
from hotlists.models import Entry, Hotlist, Release


class EntriesFileForm(forms.Form):
    """A file of new entries."""

    file = forms.FileField(label="File of entries (CSV)", help_text="The template’s headings in the first line.")


class BulkChangeForm(forms.Form):
    """What changes of every chosen entry; what is left empty stays as it is."""

    contact_24h = forms.CharField(max_length=60, required=False, label="Contact at any hour")
    area = forms.CharField(max_length=50, required=False, label="Area")
    starts_at = forms.DateTimeField(required=False, widget=moment_input(), label="Starts")
    review_by = forms.DateTimeField(required=False, widget=moment_input(), label="Review by")
    expires_at = forms.DateTimeField(required=False, widget=moment_input(), label="Ends")
    last_verified_at = forms.DateTimeField(required=False, widget=moment_input(), label="Last checked with its source")


class BulkPassOnForm(forms.Form):
    """Who answers for every chosen entry from now on."""

    owner = forms.ModelChoiceField(User.objects.none(), label="New owner")
    deputy = forms.ModelChoiceField(User.objects.none(), required=False, label="Deputy", empty_label="Nobody")
    reason = forms.CharField(max_length=500, widget=longer(3, 500), label="Why")

    def __init__(self, *args: Any, hotlist: Hotlist, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("owner", "deputy"):
            self.fields[name].queryset = who_may_own(Entry(hotlist=hotlist))


class AskReleaseForm(forms.Form):
    """Why more than the daily number is needed."""

    reason = forms.CharField(max_length=500, widget=longer(3, 500), label="Why so many are needed today")


class AnswerReleaseForm(forms.Form):
    """The list manager's word."""

    answer = forms.ChoiceField(choices=Release.Answer.choices, widget=forms.RadioSelect, label="Your answer")
    words = forms.CharField(
        max_length=500, required=False, widget=longer(3, 500), label="Why", help_text="Needed when you refuse."
    )
