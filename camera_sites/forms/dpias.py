"""Forms of assessments."""

from typing import Any

from django import forms

from camera_sites.actions.dpias import REQUIRED, WRITTEN
from camera_sites.models import Dpia, DpiaDecision, DpiaVersion


def _longer(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Section(forms.CharField):
    """Needed to submit, so it is not called optional; a draft may leave it for later all the same."""

    def validate(self, value: str) -> None:
        """Whether it may be submitted is judged by the action."""


class VersionForm(forms.ModelForm):
    """What is written of one version. A draft may have gaps; submitting asks for what is missing."""

    class Meta:
        model = DpiaVersion
        fields = WRITTEN
        labels = {
            "need": "The need", "description": "The processing", "risks": "Risks to people", "measures": "Measures",
            "safeguards": "Safeguards", "consultation": "Consultation",
            "residual_risk_high": "After these measures a high risk to people remains",
            "public_summary": "Summary for the public",
        }  # fmt: skip
        help_texts = {
            "need": "What problem is to be solved, and why nothing less intrusive would do.",
            "description": "Nature, scope, context and purposes: what is read, compared, kept, shared, and for how long.",
            "risks": "To the rights and freedoms of everybody who passes, not only of suspects: how likely, how severe, for whom.",
            "measures": "What is done about each risk.",
            "safeguards": "Security, and how you show that the law is kept.",
            "consultation": "Who was consulted and what they said, or why nobody was.",
            "residual_risk_high": "Then the Commissioner is consulted before anything is processed, and it cannot be approved as it is.",
            "public_summary": "In plain words, without places finer than the area.",
        }  # fmt: skip
        widgets = {name: _longer(6) for name in ("description", "risks", "measures")} | {
            name: _longer(4) for name in ("need", "safeguards", "consultation", "public_summary")
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in REQUIRED:
            self.fields[name] = Section(
                label=self.Meta.labels[name], help_text=self.Meta.help_texts[name], widget=self.fields[name].widget
            )
        self.order_fields(self.field_order or WRITTEN)

    @property
    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        return {name: self.cleaned_data[name] for name in WRITTEN}

    def _post_clean(self) -> None:
        """The model is not touched: actions write."""


class DpiaForm(VersionForm):
    """A new assessment: as a version, and what it is called."""

    ref = forms.SlugField(
        max_length=40, label="Reference", help_text="Short, in letters, digits and hyphens, such as dpia-ring-road."
    )
    title = forms.CharField(max_length=Dpia._meta.get_field("title").max_length, label="What is assessed")
    field_order = ("ref", "title", *WRITTEN)

    @property
    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        return {"ref": self.cleaned_data["ref"], "title": self.cleaned_data["title"], **super().facts}


class AdviceForm(forms.Form):
    """The data protection officer's advice."""

    is_favourable = forms.TypedChoiceField(
        choices=[("yes", "In favour"), ("no", "Against")], coerce=lambda value: value == "yes",
        widget=forms.RadioSelect, label="Your advice",
    )  # fmt: skip
    words = forms.CharField(
        max_length=2000, widget=_longer(5), label="Why", help_text="The controller decides next, and must read this."
    )


class DecideForm(forms.Form):
    """The controller's decision."""

    verdict = forms.ChoiceField(choices=DpiaDecision.Verdict.choices, widget=forms.RadioSelect, label="Your decision")
    words = forms.CharField(
        max_length=2000, widget=_longer(5), label="Why",
        help_text="Where you depart from the advice, say why. It stays with the assessment.",
    )  # fmt: skip
    review_due_at = forms.DateTimeField(
        required=False,
        label="Review by",
        help_text="Empty: in a year. Whatever it covers stops by itself at that moment.",
    )
