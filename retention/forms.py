"""Forms of retention: shape only."""

import uuid

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


class PeriodForm(forms.Form):
    """For how long a kind of record is kept, for which list, and why."""

    months = forms.IntegerField(
        min_value=1, max_value=1200, label="Months",
        help_text="Shorter holds at once. Longer waits until the other office agrees.",
    )  # fmt: skip
    list_id = forms.TypedChoiceField(
        coerce=uuid.UUID, empty_value=None, required=False, label="For which hotlist",
        help_text="One list may keep its records for a shorter time, never for a longer one.",
    )  # fmt: skip
    reason = forms.CharField(
        max_length=500, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}), label="Why",
        help_text="Name no vehicle and no person: it is kept for good.",
    )  # fmt: skip

    def __init__(self, *args, lists: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["list_id"].choices = [("", "All"), *lists]
        if not lists:
            del self.fields["list_id"]
