"""The form on which emergency verbal authority is written down: what is needed now, and nothing else."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from hotlists.actions.emergencies import ASKED
from hotlists.countries import COUNTRIES
from hotlists.forms.entries import MARKERS, longer, moment_input
from hotlists.models import EntryVersion, Hotlist
from standards.models import Action, Priority, StandardsProfile

_AS_USUAL = ("", "As is usual for the category")


class EmergencyForm(forms.Form):
    """An entry in its shortest form, and who authorised it by word of mouth."""

    vrm_entered = forms.CharField(
        max_length=20, label="Number plate", help_text="As it is printed; spaces do not matter."
    )
    country = forms.ChoiceField(choices=list(COUNTRIES.items()), initial="GB", label="Country of registration")
    plate_confirmed_because = forms.CharField(
        max_length=200, required=False, label="How the plate was checked, if it is unusual"
    )
    make = forms.CharField(max_length=50, required=False, label="Make")
    model = forms.CharField(max_length=50, required=False, label="Model")
    colour = forms.CharField(max_length=30, required=False, label="Colour")
    category = forms.ChoiceField(label="Category")
    purpose = forms.ChoiceField(choices=[("", "Choose"), *EntryVersion.Purpose.choices], label="Purpose")
    reason = forms.CharField(
        max_length=500, widget=longer(3, 500), label="Why this vehicle is to be looked for now",
        help_text="What happened, and what may happen. Somebody who reads only this should understand.",
    )  # fmt: skip
    protected_activity = forms.TypedChoiceField(
        choices=[("no", "No"), ("yes", "Yes")], coerce=lambda given: given == "yes", widget=forms.RadioSelect,
        label="Does it touch protest, political, religious, union, journalistic or legally privileged activity?",
    )  # fmt: skip
    protected_kinds = forms.MultipleChoiceField(
        choices=EntryVersion.ProtectedKind.choices, required=False, widget=forms.CheckboxSelectMultiple, label="Which?"
    )
    action = forms.ChoiceField(required=False, label="What officers are asked to do")
    priority = forms.ChoiceField(required=False, choices=[_AS_USUAL, *Priority.choices], label="Priority")
    action_text = forms.CharField(
        max_length=500, widget=longer(3, 500), label="What an officer should do, and must not do"
    )
    ripa_considered = forms.BooleanField(required=False, label="Directed surveillance was considered (silent entries)")
    ripa_ref = forms.CharField(max_length=50, required=False, label="Directed-surveillance reference (silent entries)")
    markers = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="Warning markers")
    marker_source = forms.CharField(max_length=100, required=False, label="Source of the markers")
    marker_date = forms.DateField(required=False, label="Date of that intelligence")
    marker_grade = forms.CharField(max_length=3, required=False, label="Its grade (3x5x2)")
    contact_24h = forms.CharField(max_length=60, label="Contact at any hour", help_text="Name and number.")
    no_conflict = forms.BooleanField(label="Neither I nor my family or colleagues have an interest in this vehicle")
    given_by = forms.ModelChoiceField(User.objects.none(), label="Who authorised it", to_field_name="username")
    given_at = forms.DateTimeField(widget=moment_input(), label="When they said so")
    words = forms.CharField(
        max_length=1000, widget=longer(3, 1000), label="What they said",
        help_text="As near to their words as you can: what they authorised, and why it could not wait.",
    )  # fmt: skip

    VEHICLE = ("vrm_entered", "country", "make", "model", "colour", "plate_confirmed_because")
    WHY = ("category", "purpose", "reason", "protected_activity", "protected_kinds")
    DO = ("action", "priority", "action_text", "ripa_considered", "ripa_ref", "markers", "marker_source", "marker_date",
          "marker_grade", "contact_24h", "no_conflict")  # fmt: skip
    AUTHORITY = ("given_by", "given_at", "words")

    def __init__(self, *args: Any, hotlist: Hotlist, recorder: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        profile = StandardsProfile.objects.in_force(timezone.now())
        categories = profile.categories.filter(code__in=hotlist.categories, is_feed=False)
        self.fields["category"].choices = [("", "Choose"), *((one.code, one.name) for one in categories)]
        self.fields["action"].choices = [_AS_USUAL, *((a.value, a.label) for a in Action if a.value in hotlist.actions)]
        self.fields["markers"].choices = [(code, MARKERS.get(code, code)) for code in hotlist.markers]
        if not hotlist.markers:
            for name in ("markers", "marker_source", "marker_date", "marker_grade"):
                del self.fields[name]
        self.fields["given_by"].queryset = authorisers().exclude(pk=recorder.pk)
        self.fields["given_at"].initial = timezone.now()

    @property
    def facts(self) -> dict[str, Any]:
        """What the action takes beside the authority."""
        return {name: self.cleaned_data[name] for name in ASKED if name in self.cleaned_data}

    @property
    def authority(self) -> dict[str, Any]:
        """Who said what, when."""
        return {name: self.cleaned_data[name] for name in self.AUTHORITY}


def authorisers() -> Any:
    """People whose role lets them give emergency authority; whether for this entry is asked when it is recorded."""
    return User.objects.filter(
        is_active=True, groups__permissions__codename="decide_emergency",
        groups__permissions__content_type__app_label="hotlists",
    ).distinct()  # fmt: skip
