"""Forms of signals: shape only."""

from django import forms

from accounts.models import User
from scrutiny.forms.findings import words_field
from scrutiny.indicators import INDICATORS


class DismissForm(forms.Form):
    """Why it was no misuse."""

    words = forms.CharField(
        max_length=1000, widget=words_field(4), label="Why it was no misuse",
        help_text="What you looked at, and whom you asked. It is said once and stays.",
    )  # fmt: skip


class TakeUpForm(forms.Form):
    """What is to be looked into, and by whom."""

    words = forms.CharField(max_length=1000, widget=words_field(4), label="What is to be looked into")
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("last_name"), label="Who answers for it",
        help_text="Somebody who has no part in these acts.",
    )  # fmt: skip


class NarrowForm(forms.Form):
    """Which signals of a list."""

    show = forms.CharField(required=False, widget=forms.HiddenInput)
    indicator = forms.ChoiceField(
        required=False, choices=[("", "All"), *((one.id, one.title) for one in INDICATORS)], label="Indicator"
    )
