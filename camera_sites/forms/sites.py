"""Forms of sites and cameras."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef

from accounts.models import User
from camera_sites.actions.service import proposal_as_read
from camera_sites.actions.sites import DECIDED_ON, WRITTEN
from camera_sites.as_read import print_of
from camera_sites.forms.as_read import AsReadField
from camera_sites.models import Camera, CameraSite, Dpia
from camera_sites.models.cameras import PARTICULARS
from camera_sites.narrowing import OVERDUE, SHOW, WANTING


class SiteForm(forms.ModelForm):
    """What a proposer writes of a site. Of a live site only what was not decided on is offered."""

    field_order = ("ref", "name")

    as_read = AsReadField()
    location_type = forms.ChoiceField(
        choices=CameraSite.LocationType.choices, widget=forms.RadioSelect, label="Kind of place"
    )
    purposes = forms.MultipleChoiceField(
        choices=CameraSite.Purpose.choices, widget=forms.CheckboxSelectMultiple, label="Purposes",
        help_text="Of the national matrix. The weightiest is the basis of the decision.",
    )  # fmt: skip
    deployment = forms.ChoiceField(
        choices=CameraSite.Deployment.choices, widget=forms.RadioSelect, label="How it stands",
        initial=CameraSite.Deployment.PERMANENT,
    )  # fmt: skip
    encircles = forms.NullBooleanField(
        required=False, label="Could nobody enter or leave a town without being recorded?",
        widget=forms.RadioSelect(choices=[("true", "Yes"), ("false", "No")]),
        help_text="With this site and those there are.",
    )  # fmt: skip
    town_dpia = forms.ModelChoiceField(
        Dpia.objects.none(), required=False, label="DPIA of the town as a whole", empty_label="None yet",
        help_text="Without one that is approved and in date, the site cannot go live.",
    )  # fmt: skip
    proximity = forms.MultipleChoiceField(
        choices=CameraSite.Proximity.choices, required=False, widget=forms.CheckboxSelectMultiple, label="What stands near",
        help_text="Whose visitors the cameras could see coming and going.",
    )  # fmt: skip
    dpia = forms.ModelChoiceField(
        Dpia.objects.none(), required=False, label="DPIA", empty_label="None yet",
        help_text="Without one that is approved and in date, the site cannot go live.",
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        User.objects.none(), label="Who answers for it", help_text="Told when its DPIA is about to lapse."
    )
    seen_by = forms.ModelMultipleChoiceField(
        Group.objects.filter(team__isnull=False).order_by("name"), required=False, widget=forms.CheckboxSelectMultiple,
        label="Teams that may see it", help_text="With its precise location; more can be added later.",
    )  # fmt: skip

    class Meta:
        model = CameraSite
        fields = WRITTEN
        labels = {
            "ref": "Reference", "name": "Name", "area": "Area", "location_type": "Kind of place", "need": "The need",
            "latitude": "Degrees north", "longitude": "Degrees east", "road": "Road", "owner_org": "Owner of the cameras",
            "operator_org": "Operator", "controller": "Data controller", "funder": "Funder",
            "deployed_until": "Ends", "authority_ref": "Authority for covert use", "problem_profile": "Figures that show the need",
            "evidence_from": "Figures from", "evidence_until": "Figures until", "alternatives": "Alternatives considered",
            "duplication": "Why the cameras near do not do", "exceptional_case": "Why this is an exception",
            "proximity_measures": "How their visitors are spared", "not_encircling": "Why it encircles no town",
            "has_signage": "Signs tell drivers that plates are read, and whom to ask",
        }  # fmt: skip
        help_texts = {
            "area": "The only place name that the public is told.",
            "ref": "Short, in letters, digits and hyphens, as matchers name it.",
            "longitude": "West of Greenwich is negative.",
            "funder": "If somebody else pays for it.", "has_signage": "",
            "deployed_until": "Out of service by itself then.",
            "authority_ref": "Its reference, as the authorising officer gave it.",
            "problem_profile": "What the problem profile counts, and where.",
            "alternatives": "What else was considered, and why it would not do.",
            "duplication": "Where other cameras stand near. The portal finds them once this is saved.",
            "exceptional_case": "Where the national matrix says: justified only exceptionally. A superintendent signs it off.",
            "not_encircling": "Only where the portal finds, by the roads that were loaded, that it closes the last way into a place.",
            "proximity_measures": "Such as the angle, the hours or who may look.",
            "road": "Never shown to the public.",
        }  # fmt: skip
        widgets = {
            **dict.fromkeys(
                ("need", "problem_profile", "alternatives", "duplication", "exceptional_case", "not_encircling", "proximity_measures"),
                forms.Textarea(attrs={"rows": 4}),
            ),
            "evidence_from": forms.DateInput, "evidence_until": forms.DateInput,
        }  # fmt: skip

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("dpia", "town_dpia"):
            self.fields[name].queryset = Dpia.objects.visible_to(by)
        Deployment = CameraSite.Deployment
        self.fields["deployed_until"].widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M")
        self.fields["encircles"].reveals = {"true": "town_dpia"}
        self.fields["deployment"].hints = {Deployment.TEMPORARY: "Say below when it ends.", Deployment.COVERT: "Say below "
            "when it ends and under which authority. Never counted in public totals."}  # fmt: skip
        self.fields["owner"].queryset = (
            User.objects.filter(is_active=True, groups__permissions__codename="propose_site")
            .distinct()
            .order_by("last_name")
        )
        if self.instance.status != CameraSite.Status.PROPOSED:
            for name in DECIDED_ON:
                del self.fields[name]
        if self.instance._state.adding:
            del self.fields["as_read"]
        else:
            del self.fields["seen_by"]
            self.initial["as_read"] = print_of(self.instance, [name for name in self.fields if name != "as_read"])

    @property
    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        return {name: self.cleaned_data[name] for name in self.fields if name in self.cleaned_data}

    def _post_clean(self) -> None:
        """The model is not touched: actions write."""


class CameraForm(forms.ModelForm):
    """One camera."""

    class Meta:
        model = Camera
        fields = ("ref", "kind", "lane", "direction")
        labels = {"ref": "Reference", "kind": "How it is mounted", "lane": "Lane", "direction": "Direction"}
        help_texts = {"ref": "As its reads name it."}

    def _post_clean(self) -> None:
        """The model is not touched: actions write."""


class ParticularsForm(forms.ModelForm):
    """What a camera is, as long as it stands."""

    as_read = AsReadField()
    has_infrared = forms.NullBooleanField(
        required=False, label="Infrared light", help_text="By which it sees plates at night.",
        widget=forms.RadioSelect(choices=[("true", "Yes"), ("false", "No"), ("unknown", "Not known")]),
    )  # fmt: skip

    class Meta:
        model = Camera
        fields = PARTICULARS
        labels = {
            "make": "Make", "model": "Model", "serial": "Serial number", "firmware": "Firmware",
            "patch_kb": "Picture of a plate, in kilobytes", "overview_kb": "Overview, in kilobytes",
        }  # fmt: skip
        help_texts = {"firmware": "As it stands now; what it was is in the log.", "patch_kb": "", "overview_kb": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("patch_kb", "overview_kb"):
            self.fields[name].required = False
        self.initial["as_read"] = print_of(self.instance, PARTICULARS)

    def _post_clean(self) -> None:
        """The model is not touched: actions write."""


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="Why")


class LiveForm(forms.Form):
    """Setting a proposal live."""

    words = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), label="Why",
        help_text="Asked for where the national matrix justifies this only exceptionally.",
    )  # fmt: skip
    as_read = AsReadField()

    def for_site(self, site: CameraSite) -> None:
        """What is decided on."""
        self.initial["as_read"] = proposal_as_read(site)


class AccessForm(forms.Form):
    """A team to let in."""

    team = forms.ModelChoiceField(Group.objects.filter(team__isnull=False).order_by("name"), label="Team")


class RegistryFilter(forms.Form):
    """What narrows the registry, as a list and as a map."""

    q = forms.CharField(required=False, max_length=60, label="Name, reference or area")
    q.widget.attrs["autocomplete"] = "off"
    show = forms.ChoiceField(required=False, label="State", choices=[("", "All"), *SHOW])
    wanting = forms.ChoiceField(
        required=False, label="What is wanting", choices=[("", "Anything or nothing"), *WANTING]
    )
    deployment = forms.ChoiceField(
        required=False, label="How it stands", choices=[("", "Any way"), *CameraSite.Deployment.choices]
    )
    owner = forms.ModelChoiceField(User.objects.none(), required=False, label="Answers for it", empty_label="Anybody")
    dpia = forms.ModelChoiceField(Dpia.objects.none(), required=False, label="Impact assessment", empty_label="Any")
    overdue = forms.ChoiceField(required=False, label="Overdue", choices=[("", "Overdue or not"), *OVERDUE])

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = CameraSite.objects.visible_to(by).filter(owner=OuterRef("pk"))
        self.fields["dpia"].queryset = Dpia.objects.visible_to(by).order_by("ref")
        self.fields["owner"].queryset = User.objects.filter(Exists(seen)).order_by("last_name", "first_name")
