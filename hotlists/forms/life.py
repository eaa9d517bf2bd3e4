"""Forms of what is done to an entry after it was decided."""

from typing import Any

from django import forms

from hotlists.forms.entries import MARKERS, longer, moment_input
from hotlists.models import Entry, Term
from hotlists.widening import STEPS
from standards.models import Action


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(max_length=500, widget=longer(3, 500), label="Why")


class WithdrawForm(forms.Form):
    """Why an entry ends."""

    reason = forms.ChoiceField(choices=Entry.WithdrawalReason.choices, widget=forms.RadioSelect, label="Reason")
    words = forms.CharField(max_length=500, required=False, widget=longer(3, 500), label="In your words (optional)")


class ReviewForm(forms.Form):
    """A review."""

    still_necessary = forms.CharField(max_length=500, widget=longer(3, 500), label="Why is it still necessary?")
    source_checked = forms.CharField(max_length=200, label="Which source did you check, and what did it say?")


class NarrowForm(forms.Form):
    """What is to become less. It offers only what is less; whatever stays untouched stays as it is."""

    action = forms.ChoiceField(required=False, widget=forms.RadioSelect, label="What officers are asked to do")
    markers = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Warning markers that stay",
        help_text="Untick what no longer holds.",
    )  # fmt: skip
    expires_at = forms.DateTimeField(required=False, widget=moment_input(), label="Ends")
    review_by = forms.DateTimeField(required=False, widget=moment_input(), label="Review by")
    reason = forms.CharField(max_length=500, widget=longer(3, 500), label="Why")

    def __init__(self, *args: Any, term: Term, **kwargs: Any) -> None:
        kept = {"action": term.action, "markers": term.markers}
        super().__init__(*args, initial=kept, **kwargs)
        lower = STEPS[STEPS.index(Action(term.action)) :] if term.action in STEPS else (Action(term.action),)
        self.fields["action"].choices = [
            (step.value, f"{step.label} (as it is)" if step == term.action else step.label) for step in lower
        ]
        if len(lower) == 1:
            del self.fields["action"]
        self.fields["markers"].choices = [(code, MARKERS.get(code, code)) for code in term.markers]
        if not term.markers:
            del self.fields["markers"]

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes: what was left empty stays, but for markers, of which none may be left."""
        return {name: value for name, value in self.cleaned_data.items() if value or name == "markers"}
