"""Forms of findings: shape only."""

from django import forms

from accounts.models import User


def words_field(rows: int, most: int = 1000) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": most})


class FindingForm(forms.Form):
    """A new finding."""

    title = forms.CharField(max_length=150, label="What was found", help_text="In a few words.")
    words = forms.CharField(
        max_length=1000, widget=words_field(5), label="In full", help_text="Name no vehicle and no person."
    )
    owner = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("last_name"), label="Who answers for it"
    )
    due_at = forms.DateTimeField(
        required=False, label="Answer by", help_text="Empty: as the standards say.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip


class NoteForm(forms.Form):
    """One step of the work."""

    words = forms.CharField(max_length=1000, widget=words_field(4), label="What was found out or done")


class RetestForm(forms.Form):
    """Whether the answer holds."""

    holds = forms.TypedChoiceField(
        choices=[("yes", "Yes: it is settled"), ("no", "No: it is open again")], coerce=lambda given: given == "yes",
        widget=forms.RadioSelect, label="Does the answer hold?",
    )  # fmt: skip
    words = forms.CharField(max_length=1000, widget=words_field(4), label="What you looked at, and what you saw")
