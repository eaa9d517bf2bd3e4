"""Forms of the log's pages."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from audit.purposes import Purpose
from audit.verbs import Operation, Verb
from matcher_client import vrm


class PurposeForm(forms.Form):
    """For which of the four purposes."""

    purpose = forms.ChoiceField(
        choices=[(p.value, p.label[0].upper() + p.label[1:]) for p in Purpose], widget=forms.RadioSelect,
        label="I read the log to",
    )  # fmt: skip


class ExportForm(forms.Form):
    """Before part of the log leaves the portal."""

    recipient = forms.CharField(
        max_length=150,
        label="Whom is it for?",
        help_text="A name and a body: A. Hart, Information Commissioner's Office",
    )


class LogForm(forms.Form):
    """What of the log to show; all may be left empty."""

    who = forms.CharField(required=False, max_length=150, label="Who", help_text="A username")
    operation = forms.ChoiceField(required=False, choices=[("", "Any"), *Operation.choices], label="Kind of act")
    verb = forms.ChoiceField(required=False, label="Act")
    about = forms.CharField(
        required=False, max_length=130, label="About", help_text="A kind, or a kind and id: hotlists.entry:0190…"
    )
    plate = forms.CharField(required=False, max_length=20, label="Plate")
    country = forms.CharField(required=False, max_length=2, initial="GB", label="Country")
    since = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(required=False, label="To", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [("", "Any"), *((v.value, v.value) for v in Verb)]  # type: ignore[attr-defined]

    def clean_plate(self) -> str:
        """Normalised, as the log hashes it."""
        given = self.cleaned_data["plate"]
        if not given:
            return ""
        try:
            return vrm.normalise(given)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_since(self) -> dt.date | None:
        """A day that the log can have."""
        return _within_reach(self.cleaned_data["since"])

    def clean_until(self) -> dt.date | None:
        """A day that the log can have."""
        return _within_reach(self.cleaned_data["until"])

    def clean_country(self) -> str:
        """GB unless said."""
        return self.cleaned_data["country"].upper() or "GB"

    @property
    def span(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """The first moment shown and the first that is not; the last day counts whole (decision 17)."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return _midnight(since), _midnight(until + dt.timedelta(days=1)) if until else None


def _within_reach(day: dt.date | None) -> dt.date | None:
    if day is not None and not 1970 <= day.year <= 9000:  # ids begin in 1970, and days are counted on from here
        raise forms.ValidationError("Enter a day from 1970 on.")
    return day


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time())) if day else None
