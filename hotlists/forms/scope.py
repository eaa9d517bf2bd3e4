"""The form of an entry's scope: where, in which direction and when its vehicle is looked for, and what may follow."""

import datetime as dt
from typing import Any

from django import forms

from accounts.models import User
from camera_sites.models import CameraSite
from hotlists.models import EntryVersion, Term
from hotlists.scope import DAYS, EVERYWHERE, POINTS, Response, clock, read

BY_PRIORITY = "PRIORITY"  # of radio buttons none is empty
OF_SCOPE = ("scope", "response")  # what the form writes of a version


class ScopeForm(forms.Form):
    """Limits of an entry. All left empty: everywhere, at any time, answered by priority."""

    sites = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="At these camera sites",
        help_text="None chosen here or under areas: everywhere.",
    )  # fmt: skip
    areas = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Or anywhere in these areas",
        help_text="All sites of the area, those that come later included.",
    )  # fmt: skip
    directions = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Only when it drives towards the",
        choices=[(point, word.capitalize()) for point, word in POINTS.items()],
        help_text="Cameras that cannot tell the direction then do not look for it. None chosen: any direction.",
    )  # fmt: skip
    days = forms.TypedMultipleChoiceField(
        required=False, coerce=int, widget=forms.CheckboxSelectMultiple, label="Only on these days",
        choices=list(DAYS.items()), help_text="None chosen: every day.",
    )  # fmt: skip
    hours_from = forms.TimeField(
        required=False, label="Only from", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Clock time in the United Kingdom. Both empty: the whole day.",
    )  # fmt: skip
    hours_until = forms.TimeField(
        required=False, label="Until", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text="Earlier than the start: it runs past midnight, and counts for the day on which it began.",
    )  # fmt: skip
    response = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, label="What may follow when it is seen",
        choices=[(BY_PRIORITY, "By its priority, as the control room judges"), *Response.choices], initial=BY_PRIORITY,
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, of: EntryVersion | Term | None = None, **kwargs: Any) -> None:
        self.before = read(of.scope) if of else EVERYWHERE
        if of:
            kwargs["initial"] = {**_initial(of), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        if isinstance(of, Term):
            del self.fields["response"]  # what may follow is said by the version alone
        standing = CameraSite.objects.exclude(status=CameraSite.Status.DECOMMISSIONED)
        seen = standing.visible_to(user).order_by("area", "name").values_list("ref", "name", "area")
        self.fields["sites"].choices = [(ref, f"{name}, {area}") for ref, name, area in seen]
        # what was chosen by somebody who sees more is not lost by an edit
        self.unseen = self.before.sites - {ref for ref, _, _ in seen}
        areas = set(standing.values_list("area", flat=True)) | self.before.areas
        self.fields["areas"].choices = [(area, area) for area in sorted(areas)]

    def clean(self) -> dict[str, Any]:
        """Hours come in pairs."""
        data = super().clean() or self.cleaned_data
        start, end = data.get("hours_from"), data.get("hours_until")
        if (start is None) != (end is None) and not {"hours_from", "hours_until"} & set(self.errors):
            self.add_error("hours_until" if end is None else "hours_from", "Give both times, or neither.")
        elif start is not None and start == end:
            self.add_error("hours_until", "Give another time than the first; for the whole day leave both empty.")
        return data

    @property
    def facts(self) -> dict[str, Any]:
        """What the actions take."""
        data = self.cleaned_data
        start, end = data["hours_from"], data["hours_until"]
        scope = {
            "sites": sorted({*data["sites"], *self.unseen}),
            "areas": data["areas"],
            "directions": data["directions"],
            "days": data["days"],
            "hours": [start.strftime("%H:%M"), end.strftime("%H:%M")] if start is not None else [],
        }
        response = data.get("response", "")
        return {"scope": scope, "response": "" if response == BY_PRIORITY else response}


def _initial(of: EntryVersion | Term) -> dict[str, Any]:
    scope = read(of.scope)
    hours = [dt.time.fromisoformat(clock(minute)) for minute in scope.hours] if scope.hours else [None, None]
    return {
        "sites": sorted(scope.sites), "areas": sorted(scope.areas), "directions": sorted(scope.directions),
        "days": sorted(scope.days), "hours_from": hours[0], "hours_until": hours[1],
        "response": getattr(of, "response", "") or BY_PRIORITY,
    }  # fmt: skip
