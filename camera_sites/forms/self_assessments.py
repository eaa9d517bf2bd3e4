"""Forms of the self-assessment under the camera code."""

from typing import Any

from django import forms

from accounts.models import User
from camera_sites.forms.as_read import AsReadField
from camera_sites.models import CodeGap, PrincipleAnswer, SelfAssessment


class BeginForm(forms.ModelForm):
    """What is assessed, and over which year."""

    class Meta:
        model = SelfAssessment
        fields = ("system", "period_from", "period_until")
        labels = {"system": "What is assessed", "period_from": "From", "period_until": "Until"}
        help_texts = {"system": "Such as the force’s ANPR cameras and lists. The public reads it.", "period_from": ""}

    def _post_clean(self) -> None:
        """The model is not touched: actions write."""


class AnswerForm(forms.Form):
    """How one principle is kept."""

    compliance = forms.ChoiceField(
        choices=[choice for choice in PrincipleAnswer.Compliance.choices if choice[0]], widget=forms.RadioSelect,
        label="Is it kept?",
    )  # fmt: skip
    statement = forms.CharField(
        max_length=4000, widget=forms.Textarea(attrs={"rows": 8}), label="How it is kept",
        help_text="The public reads this once it is published: no place finer than an area.",
    )  # fmt: skip
    evidence = forms.CharField(
        required=False, max_length=6000, widget=forms.Textarea(attrs={"rows": 4}), label="Evidence",
        help_text="An address or a reference in each line. Not published.",
    )  # fmt: skip

    as_read = AsReadField()

    def clean_evidence(self) -> list[str]:
        """A line each."""
        return [line.strip() for line in self.cleaned_data["evidence"].splitlines() if line.strip()]


class SummaryForm(forms.Form):
    """What the public reads first."""

    summary = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 6}), label="Summary",
        help_text="In plain words, without a place finer than an area.",
    )  # fmt: skip
    as_read = AsReadField()


class GapForm(forms.ModelForm):
    """What is missing, and what is done about it."""

    class Meta:
        model = CodeGap
        fields = ("words", "action", "owner", "due_on")
        labels = {
            "words": "What is missing",
            "action": "What is done about it",
            "owner": "Who answers for it",
            "due_on": "By when",
        }
        help_texts = {"owner": "Told on their home page while it is open. Not published."}
        widgets = {"words": forms.Textarea(attrs={"rows": 3}), "action": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = User.objects.filter(is_active=True, groups__permissions__codename="view_sites")
        self.fields["owner"].queryset = able.distinct().order_by("last_name", "first_name")

    def _post_clean(self) -> None:
        """The model is not touched: actions write."""


class CloseGapForm(forms.Form):
    """What was put right."""

    words = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="What was put right")


class SignForm(forms.Form):
    """Exactly what was read."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
