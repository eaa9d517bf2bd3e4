"""Forms of hits."""

from django import forms

from hits.models import Outcome, Verification
from hotlists.models import Hotlist
from standards.models import Priority


class VerifyForm(forms.Form):
    """What a named person compared, one by one (R-055)."""

    plate = forms.ChoiceField(
        choices=Verification.Compared,
        widget=forms.RadioSelect,
        label="The plate in the picture, character by character",
    )
    country = forms.ChoiceField(
        choices=Verification.Compared, widget=forms.RadioSelect, label="The country on the plate"
    )
    vehicle = forms.ChoiceField(
        choices=Verification.Compared, widget=forms.RadioSelect, label="Make, model and colour of the vehicle"
    )
    source = forms.ChoiceField(
        choices=Verification.Source, widget=forms.RadioSelect, label="The source, asked again just now"
    )
    result = forms.ChoiceField(choices=Verification.Result, widget=forms.RadioSelect, label="So this hit is")
    words = forms.CharField(
        required=False, max_length=500, label="What you saw", widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500})
    )


class OutcomeForm(forms.Form):
    """How a hit ended (R-058)."""

    decision = forms.ChoiceField(choices=Outcome.Decision, widget=forms.RadioSelect, label="What was decided")
    reason = forms.ChoiceField(
        required=False, choices=[("", "Choose a reason"), *Outcome.NotDeployed.choices], label="Why nobody was sent"
    )
    was_stopped = forms.BooleanField(required=False, label="The vehicle was stopped")
    result = forms.ChoiceField(required=False, choices=Outcome.Result, label="What came of it")
    had_force = forms.BooleanField(
        required=False, label="Force was used, or somebody was hurt", help_text="The hit is then kept for 6 years."
    )
    had_complaint = forms.BooleanField(
        required=False, label="Somebody complained", help_text="The hit is then kept for 6 years."
    )
    words = forms.CharField(
        required=False,
        max_length=500,
        label="In your words",
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 500}),
    )
    with_earlier = forms.BooleanField(required=False)

    def __init__(self, *args, earlier: int = 0, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["decision"].reveals = {Outcome.Decision.NOT_DEPLOYED: "reason"}
        if not earlier:
            del self.fields["with_earlier"]
        else:
            sightings = "sighting" if earlier == 1 else "sightings"
            self.fields[
                "with_earlier"
            ].label = f"This is also the outcome of {earlier} earlier open {sightings} of the vehicle"


class PastHitsForm(forms.Form):
    """What narrows the list of hits. A plate asks for a reason: it is a search for a person's movements (R-062)."""

    plate = forms.CharField(required=False, max_length=20)
    reason = forms.CharField(required=False, max_length=200, label="Reason, if you look for one plate")
    hotlist = forms.ModelChoiceField(
        Hotlist.objects.none(), required=False, empty_label="Any list", to_field_name="slug"
    )
    priority = forms.ChoiceField(required=False, choices=[("", "Any"), *Priority.choices])
    state = forms.ChoiceField(
        required=False,
        choices=[("", "Any"), ("open", "Open"), ("closed", "With an outcome"), ("caution", "With a caution")],
    )
    since = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}), label="Since")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hotlist"].queryset = Hotlist.objects.visible_to(user)
