"""Forms of retention: shape only."""

from django import forms

from retention.models import LegalHold


class HoldForm(forms.Form):
    """For which case a record is kept, and why."""

    case_ref = forms.CharField(
        max_length=50,
        label="Case",
        help_text="The crime, court or complaint reference. A hold without a case has no end.",
    )
    basis = forms.ChoiceField(
        choices=LegalHold.Basis.choices, widget=forms.RadioSelect, label="Why the law asks for it"
    )
    reason = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}), label="What it is needed for",
        help_text="Name no vehicle and no person: the reason outlives what is held.",
    )  # fmt: skip


class HoldReasonForm(forms.Form):
    """Why a hold is still needed, or no longer."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}), label="Why")
