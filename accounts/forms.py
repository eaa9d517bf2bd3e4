"""The shape of what an administrator types."""

from django import forms
from django.contrib.auth.password_validation import validate_password

from accounts.models import StatedReason, User
from accounts.roles import ROLES
from standards.ranks import Rank

SCOPES = [("read", "Read what the API reads"), ("write", "Load feeds as their source")]


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PersonForm(forms.Form):
    """What may change of a person."""

    first_name = forms.CharField(max_length=150)
    last_name = forms.CharField(max_length=150)
    collar_number = forms.CharField(max_length=20, required=False)
    unit = forms.CharField(max_length=80, required=False)
    phone = forms.CharField(max_length=30, required=False)
    rank = forms.TypedChoiceField(choices=Rank.choices, coerce=int)
    roles = forms.MultipleChoiceField(
        choices=[(role.code, role.name) for role in ROLES], widget=forms.CheckboxSelectMultiple
    )
    vetted_until = forms.DateField(required=False, widget=_day(), help_text="Afterwards the account may not act.")
    trained_until = forms.DateField(required=False, widget=_day(), label="ANPR training valid until")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].hints = {role.code: role.held_by for role in ROLES}  # type: ignore[attr-defined]


class NewPersonForm(PersonForm):
    """A new person; the first password is told to them in person and changed at once."""

    username = forms.CharField(max_length=150)
    password = forms.CharField(
        widget=forms.PasswordInput, validators=[validate_password], label="First password",
        help_text="At least 12 characters. Empty: signs in through the identity provider only.", required=False,
    )  # fmt: skip
    field_order = ("username", "password", "first_name", "last_name")


class TeamForm(forms.Form):
    """Who belongs to a team."""

    members = forms.ModelMultipleChoiceField(
        User.objects.filter(is_active=True).order_by("username"), widget=forms.CheckboxSelectMultiple, required=False
    )


class NewTeamForm(TeamForm):
    """A new team."""

    name = forms.CharField(max_length=150)
    unit = forms.CharField(max_length=80)
    field_order = ("name", "unit", "members")


class MachineForm(forms.Form):
    """A new machine client."""

    name = forms.CharField(max_length=100)
    scopes = forms.MultipleChoiceField(choices=SCOPES, widget=forms.CheckboxSelectMultiple)


class ReasonForm(forms.Form):
    """For which purpose and case somebody looks."""

    purpose = forms.ChoiceField(choices=StatedReason.Purpose, widget=forms.RadioSelect, label="I look to")
    case_ref = forms.CharField(
        required=False, max_length=60, label="Case", help_text="The incident, crime, complaint or request: ND/2026/12."
    )
    words = forms.CharField(
        max_length=300, label="Why do you need to look?", widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        help_text="In a few words, without a number plate.",
    )  # fmt: skip
