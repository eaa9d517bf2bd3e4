"""Forms of assessments."""

from typing import Any

from django import forms

from camera_sites.actions.dpias import REQUIRED
from camera_sites.as_read import print_of
from camera_sites.dpia_contents import PUBLISHABLE, SECTIONS, section_name
from camera_sites.forms.as_read import AsReadField
from camera_sites.models import ConsultationOutcome, Dpia, DpiaDecision, DpiaVersion

TYPED = (
    *SECTIONS,
    "residual_risk_high",
    "published_sections",
)  # what one page asks for; the registers have a page of their own


def _longer(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Section(forms.CharField):
    """Needed to submit, so it is not called optional; a draft may leave it for later all the same."""

    def validate(self, value: str) -> None:
        """Whether it may be submitted is judged by the action."""


class CovertField(forms.BooleanField):
    """Whether a new assessment is kept covert (R-123)."""

    def __init__(self) -> None:
        super().__init__(
            required=False, label="It is of a covert site",
            help_text="Then only its authors and those who are given such a site know of it. This is never undone.",
        )  # fmt: skip


class VersionForm(forms.ModelForm):
    """The sections of one version. A draft may have gaps; submitting asks for what is missing."""

    published_sections = forms.MultipleChoiceField(
        required=False, choices=[(name, section_name(name)) for name in PUBLISHABLE], widget=forms.CheckboxSelectMultiple,
        label="What else the public may read",
        help_text="Beside the title and the summary. Names of sites, roads and people are left out by themselves.",
    )  # fmt: skip

    as_read = AsReadField()

    class Meta:
        model = DpiaVersion
        fields = TYPED
        labels = {name: title for name, (title, _) in SECTIONS.items()} | {
            "residual_risk_high": "After these measures a high risk to people remains"
        }
        help_texts = {name: hint for name, (_, hint) in SECTIONS.items()} | {
            "residual_risk_high": "Then the Commissioner is consulted before anything is processed, and nobody approves "
            "before that has an outcome.",
        }
        widgets = {name: _longer(6 if name in ("description", "risks", "measures") else 4) for name in SECTIONS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(REQUIRED) & set(self.fields):
            self.fields[name] = Section(
                label=self.Meta.labels[name], help_text=self.Meta.help_texts[name], widget=self.fields[name].widget
            )
        self.order_fields(self.field_order or TYPED)
        if self.instance._state.adding:
            del self.fields["as_read"]
        else:
            self.initial["as_read"] = print_of(self.instance, TYPED)

    @property
    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        return {name: self.cleaned_data[name] for name in (*TYPED, "as_read") if name in self.fields}

    def _post_clean(self) -> None:
        """The model is not touched: actions write."""


class DpiaForm(VersionForm):
    """A new assessment: as a version, and what it is called."""

    ref = forms.SlugField(
        max_length=40, label="Reference", help_text="Short, in letters, digits and hyphens, such as dpia-ring-road."
    )
    title = forms.CharField(max_length=Dpia._meta.get_field("title").max_length, label="What is assessed")
    is_covert = CovertField()
    field_order = ("ref", "title", "is_covert", *TYPED)

    @property
    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        return {name: self.cleaned_data[name] for name in ("ref", "title", "is_covert")} | super().facts


class AdviceForm(forms.Form):
    """The data protection officer's advice."""

    digest = forms.CharField(widget=forms.HiddenInput)
    is_favourable = forms.TypedChoiceField(
        choices=[("yes", "In favour"), ("no", "Against")], coerce=lambda value: value == "yes",
        widget=forms.RadioSelect, label="Your advice",
    )  # fmt: skip
    words = forms.CharField(
        max_length=2000, widget=_longer(5), label="Why", help_text="The controller decides next, and must read this."
    )


class DecideForm(forms.Form):
    """The controller's decision."""

    digest = forms.CharField(widget=forms.HiddenInput)
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


class SentForm(forms.Form):
    """That a version went to the Commissioner."""

    reference = forms.CharField(
        max_length=100, label="Reference", help_text="Under which the Commissioner’s office files it."
    )
    sent_on = forms.DateField(
        label="Received by the Commissioner on", help_text="The statutory time runs from that day."
    )
    words = forms.CharField(
        max_length=2000, widget=_longer(4), label="What was sent and asked",
        help_text="Beside this version: further information, questions, whom you spoke to.",
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What came of it."""

    outcome = forms.ChoiceField(choices=ConsultationOutcome.Outcome.choices, widget=forms.RadioSelect, label="Outcome")
    answered_on = forms.DateField(label="Answered on")
    words = forms.CharField(
        max_length=4000, widget=_longer(6), label="What was answered", help_text="The advice in full, or how you know."
    )


class ImportForm(forms.Form):
    """An assessment from a file."""

    ref = forms.SlugField(
        max_length=40, label="Reference", help_text="Short, in letters, digits and hyphens, such as dpia-ring-road."
    )
    title = forms.CharField(
        max_length=Dpia._meta.get_field("title").max_length, required=False, label="What is assessed",
        help_text="Empty: as the file says.",
    )  # fmt: skip
    is_covert = CovertField()
    file = forms.FileField(label="File", help_text="JSON: a DPIA exported from a portal, or from the CNIL’s PIA tool.")
