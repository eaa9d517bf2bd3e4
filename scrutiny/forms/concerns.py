"""Forms of concerns: shape only."""

from typing import Any

from django import forms

from portal.forms import BLANK
from scrutiny.forms.findings import words_field
from scrutiny.models import Concern


class ConcernForm(forms.Form):
    """A complaint, a request or a breach, as it comes in."""

    kind = forms.ChoiceField(choices=Concern.Kind, widget=forms.RadioSelect, label="What is it?")
    title = forms.CharField(
        max_length=150, label="In a few words", help_text="Others read this on lists: name no vehicle and no person."
    )
    words = forms.CharField(
        max_length=2000, widget=words_field(6, 2000), label="What they ask, or what happened",
        help_text="Name no vehicle: a plate written here would outlive the record it belongs to.",
    )  # fmt: skip
    person = forms.CharField(
        max_length=300,
        required=False,
        label="Who brought it, and how to reach them",
        help_text="Empty for a breach that we found.",
    )
    reference = forms.CharField(max_length=60, required=False, label="Number in the force's own register")
    received = forms.DateTimeField(
        required=False, label="When the force first knew of it", help_text="The clock starts then. Empty: now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    HINTS = {
        Concern.Kind.COMPLAINT: "Somebody is not content with what was done.",
        Concern.Kind.ACCESS: "Somebody asks what is held about them, and who looked.",
        Concern.Kind.CORRECTION: "Somebody says that what is held is wrong, or has to go.",
        Concern.Kind.BREACH: "Data were lost, shown, changed or used without leave. The Commissioner is told within 72 hours.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].hints = {kind.value: hint for kind, hint in self.HINTS.items()}  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What came of it: the answers that fit its kind, each with what it needs."""

    answer = forms.ChoiceField(widget=forms.RadioSelect, label="What came of it?")
    restriction = forms.ChoiceField(
        choices=[("", BLANK), *Concern.Restriction.choices], required=False, label="Why something is withheld",
        help_text="Written down even when the person is not told.",
    )  # fmt: skip
    told = forms.CharField(max_length=300, required=False, label="Who was told")
    words = forms.CharField(max_length=2000, widget=words_field(5, 2000), label="What was found, and what was answered")

    def __init__(self, *args: Any, concern: Concern, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = Concern.Kind(concern.kind)
        self.fields["answer"].choices = [(one.value, one.label) for one in Concern.FITTING[kind]]  # type: ignore[attr-defined]
        if kind != Concern.Kind.ACCESS:
            del self.fields["restriction"]
        if kind == Concern.Kind.CORRECTION:
            self.fields["answer"].reveals = {Concern.Answer.MADE.value: "told"}  # type: ignore[attr-defined]
            self.fields["told"].help_text = "The source it came from, and everybody who was given it."
        elif kind == Concern.Kind.BREACH:
            self.fields["told"].help_text = "The people concerned, when the risk to them is high; else why not."
        else:
            del self.fields["told"]


class ConcernWordsForm(forms.Form):
    """One step of the work."""

    words = forms.CharField(max_length=2000, widget=words_field(4, 2000), label="What was found out or done")
