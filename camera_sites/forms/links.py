"""What an assessment covers, reviews that are asked for, measures that were taken."""

from django import forms
from django.utils import timezone

from accounts.models import User
from camera_sites.models import Dpia, ReviewDemand


class CoverForm(forms.Form):
    """Which assessment covers it too."""

    dpia = forms.ModelChoiceField(Dpia.objects.none(), label="Impact assessment", help_text="Only those in date.")
    words = forms.CharField(label="What of it does it cover?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class SystemForm(CoverForm):
    """A system, and the assessment that covers it."""

    name = forms.CharField(label="Name of the system", max_length=100)
    field_order = ("name", "dpia", "words")


class EndForm(forms.Form):
    """Why something is covered no longer."""

    reason = forms.CharField(label="Why", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class DemandForm(forms.Form):
    """What happened."""

    trigger = forms.ChoiceField(label="What happened?", choices=ReviewDemand.Trigger.choices, widget=forms.RadioSelect)
    words = forms.CharField(label="In a few words", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class UnchangedForm(forms.Form):
    """Why nothing needs to change."""

    words = forms.CharField(
        label="No change is needed, because", max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


class TakenForm(forms.Form):
    """When a measure was taken, and by what one can see it."""

    done_on = forms.DateField(label="In place since", widget=forms.DateInput(attrs={"type": "date"}))
    evidence = forms.CharField(
        label="By what can one see it?", max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


def for_user(form: forms.Form, user: User) -> forms.Form:
    """A form that asks for an assessment offers those in date that this person may see."""
    if "dpia" in form.fields:
        form.fields["dpia"].queryset = Dpia.objects.visible_to(user).governing(timezone.now())  # type: ignore[attr-defined]
    return form
