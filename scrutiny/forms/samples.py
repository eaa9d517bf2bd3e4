"""Forms of samples and certificates: shape only."""

import datetime as dt

from django import forms

from accounts.models import User
from scrutiny.forms.findings import words_field
from scrutiny.models import SampleAnswer

ASKED = {
    "has_authority": (
        "Did the authority exist?",
        "A decision of rank on this very version, or a reference that was looked up.",
    ),
    "is_reasoned": ("Is the reason adequate?", "It names this case, and somebody else would have understood it."),
    "is_proportionate": ("Was it proportionate?", "No more was asked for, or looked at, than the case needed."),
    "has_outcome": ("Is the outcome recorded?", "What came of it can be read here."),
}


class AnswerForm(forms.Form):
    """What was found of one sampled act."""

    words = forms.CharField(max_length=1000, widget=words_field(4), label="What you looked at, and what you saw")
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("last_name"), required=False, label="Who puts it right",
        help_text="Needed if any answer is no: a finding is opened for them.",
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, (label, hint) in ASKED.items():
            self.fields[name] = forms.ChoiceField(
                choices=SampleAnswer.Found.choices, widget=forms.RadioSelect, label=label, help_text=hint
            )
        self.order_fields([*ASKED, "words", "owner"])


class DrawForm(forms.Form):
    """Which month."""

    month = forms.ChoiceField(label="Month")

    def __init__(self, *args, months: list[dt.date], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = [(month.isoformat(), f"{month:%B %Y}") for month in months]

    def clean_month(self) -> dt.date:
        """As a day."""
        return dt.date.fromisoformat(self.cleaned_data["month"])


class SignForm(forms.Form):
    """What whoever signs adds to the figures."""

    policy = forms.CharField(
        max_length=1000, widget=words_field(4), label="The policy that was in place",
        help_text="Its name and edition, and where it is published. The public reads this.",
    )  # fmt: skip
    violations = forms.CharField(
        max_length=1000, widget=words_field(4), label="Known significant violations and complaints",
        help_text="What is known, or that none is. The public reads this: name no vehicle and no person.",
    )  # fmt: skip
