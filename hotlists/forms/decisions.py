"""The form on which an entry is decided."""

from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import User
from hotlists.listing import OTHERS, queued
from hotlists.models import Decision, EntryVersion, Hotlist
from hotlists.models.versions import EntryVersionQuerySet
from standards.models import Priority, StandardsProfile

_GATEWAYS = {  # what is likely by the purpose; the decider may choose another
    EntryVersion.Purpose.COUNTER_TERRORISM: Decision.Gateway.TERRORISM,
    EntryVersion.Purpose.SAFEGUARDING: Decision.Gateway.COMMON_LAW,
    EntryVersion.Purpose.ROAD_SAFETY: Decision.Gateway.ROAD_TRAFFIC,
}


def _words(label: str, hint: str) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class DecideForm(forms.Form):
    """One decision: what was decided, and what that verdict has to say for itself (domain.md 5.3)."""

    version = forms.UUIDField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=Decision.Verdict.choices, widget=forms.RadioSelect, label="Your decision")
    conditions = _words("On what conditions?", "Officers and the control room read them with every hit.")
    send_back = _words("What has to change?", "Its author reads this and writes a new version.")
    refuse = _words("Why is it rejected?", "It stays with the entry.")
    necessity = _words("Why is it necessary?", "What it is for, and why now.")
    proportionality = _words("Why is it in proportion?", "The harm weighed against the intrusion, and for how long.")
    collateral_intrusion = _words(
        "Who else is affected?", "Other users of the vehicle, family, a keeper not suspected."
    )
    alternatives = _words("What else was considered?", "Lesser means, and why they would not do.")
    legal_gateway = forms.ChoiceField(
        choices=[("", "Choose"), *Decision.Gateway.choices], required=False, label="By which law?"
    )

    GROUNDS = ("necessity", "proportionality", "collateral_intrusion", "alternatives", "legal_gateway")
    SAID = {"return": "send_back", "reject": "refuse"}  # verdict -> the field that holds its rationale

    def __init__(self, *args: Any, deciding: EntryVersion, **kwargs: Any) -> None:
        likely = _GATEWAYS.get(deciding.purpose, Decision.Gateway.PACE)  # type: ignore[call-overload]
        super().__init__(*args, initial={"version": deciding.pk, "legal_gateway": likely}, **kwargs)
        self.fields["verdict"].reveals = {"conditions": "conditions", **self.SAID}  # type: ignore[attr-defined]

    @property
    def decision(self) -> dict[str, Any]:
        """What the action takes. What was typed under another verdict is left out, not judged."""
        data = self.cleaned_data
        verdict = data["verdict"]
        if verdict in self.SAID:
            return {"verdict": verdict, "rationale": data[self.SAID[verdict]]}
        conditions = data["conditions"] if verdict == Decision.Verdict.CONDITIONS else ""
        return {"verdict": verdict, "conditions": conditions, **{name: data[name] for name in self.GROUNDS}}

    def field_of(self, name: str) -> str:
        """The field on which a fault of the action's argument is shown."""
        return self.SAID.get(self.cleaned_data.get("verdict", ""), name) if name == "rationale" else name


class DecisionQueueForm(forms.Form):
    """Which of the versions that wait are shown."""

    show = forms.ChoiceField(
        choices=[("", "Mine to decide"), (OTHERS, "Others' to decide")], required=False, label="Whose"
    )
    priority = forms.ChoiceField(choices=[("", "Any"), *Priority.choices], required=False, label="Priority")
    category = forms.ChoiceField(required=False, label="Category")
    hotlist = forms.ChoiceField(required=False, label="List")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        profile = StandardsProfile.objects.in_force(timezone.now())
        kinds = profile.categories.filter(is_feed=False).order_by("name").values_list("code", "name")
        self.fields["category"].choices = [("", "All categories"), *kinds]
        lists = Hotlist.objects.visible_to(user).exclude(kind=Hotlist.Kind.FEED).order_by("title")
        self.fields["hotlist"].choices = [("", "All lists"), *lists.values_list("slug", "title")]

    def found(self) -> EntryVersionQuerySet:
        """The versions asked for, the most urgent first."""
        chosen = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return queued(chosen, by=self.user)
