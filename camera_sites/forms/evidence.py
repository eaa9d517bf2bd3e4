"""Forms of what is written down about a site."""

from typing import Any

from django import forms

from camera_sites.models import Camera, CameraSite, SharingAgreement

DEGREES = {"north": "Degrees north", "east": "Degrees east"}


class ConsultationForm(forms.Form):
    """One consultation."""

    whom = forms.CharField(
        max_length=150, label="Who was asked", help_text="Such as residents, the council or a panel."
    )
    held_on = forms.DateField(label="When")
    said = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), label="What they said")
    outcome = forms.CharField(
        max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), label="What came of it",
        help_text="What was changed, or why nothing was.",
    )  # fmt: skip


class SharingForm(forms.Form):
    """One agreement."""

    organisation = forms.CharField(max_length=100, label="With whom")
    is_police = forms.BooleanField(required=False, label="It is a police body")
    purpose = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 2}), label="For which purpose",
                              help_text="One agreement for each purpose.")  # fmt: skip
    reference = forms.CharField(max_length=60, label="Reference of the agreement")
    until_at = forms.DateTimeField(
        label="Lapses", widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M"), help_text="By itself, unless ended before."
    )


class EndSharingForm(forms.Form):
    """Which agreement ends."""

    agreement = forms.ModelChoiceField(SharingAgreement.objects.none(), label="Agreement", empty_label=None)

    def for_site(self, site: CameraSite) -> None:
        """Those of this site that run."""
        self.fields["agreement"].queryset = site.sharing.filter(ended_at=None)


class SignsForm(forms.Form):
    """One inspection."""

    inspected_on = forms.DateField(label="When")
    is_in_place = forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")], coerce=lambda value: value == "yes", widget=forms.RadioSelect,
        label="Do signs tell drivers that plates are read?",
    )  # fmt: skip
    names_contact = forms.BooleanField(required=False, label="They say whom to ask")
    words = forms.CharField(
        required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="What was found",
        help_text="Asked for where signs are missing.",
    )  # fmt: skip


class PositionForm(forms.Form):
    """Where a camera says that it stands."""

    camera = forms.ModelChoiceField(Camera.objects.none(), label="Camera", empty_label=None)
    reported_latitude = forms.FloatField(label="It reports: degrees north")
    reported_longitude = forms.FloatField(label="It reports: degrees east", help_text="West of Greenwich is negative.")
    surveyed_latitude = forms.FloatField(
        required=False,
        label="Surveyed: degrees north",
        help_text="Left out: as surveyed before, or where its site stands.",
    )
    surveyed_longitude = forms.FloatField(required=False, label="Surveyed: degrees east")

    def for_site(self, site: CameraSite) -> None:
        """Those of this site."""
        self.fields["camera"].queryset = site.cameras.standing()


def of_site(form: Any, site: CameraSite) -> Any:
    """The form, offering what this site has."""
    if hasattr(form, "for_site"):
        form.for_site(site)
    return form
