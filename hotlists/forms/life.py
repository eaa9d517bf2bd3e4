"""Forms of what is done to an entry after it was decided."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from hotlists.forms.entries import MARKERS, longer, moment_input
from hotlists.models import Entry, Hotlist, Review, Term
from hotlists.policies import may_own
from hotlists.widening import STEPS
from standards.models import Action

YES_NO = [("yes", "Yes"), ("no", "No")]


def _yes_no(label: str, **facts: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=YES_NO, coerce=lambda given: given == "yes", widget=forms.RadioSelect, label=label, **facts
    )


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = forms.CharField(max_length=500, widget=longer(3, 500), label="Why")


class WithdrawForm(forms.Form):
    """Why an entry ends."""

    reason = forms.ChoiceField(choices=Entry.WithdrawalReason.choices, widget=forms.RadioSelect, label="Reason")
    happened_at = forms.DateTimeField(
        required=False, widget=moment_input(), label="When did that happen?",
        help_text="So that it can be said how long it took to take the vehicle off the list. Empty: not known.",
    )  # fmt: skip
    words = forms.CharField(max_length=500, required=False, widget=longer(3, 500), label="In your words (optional)")


class NarrowForm(forms.Form):
    """What is to become less. It offers only what is less; whatever stays untouched stays as it is."""

    action = forms.ChoiceField(required=False, widget=forms.RadioSelect, label="What officers are asked to do")
    markers = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Warning markers that stay",
        help_text="Untick what no longer holds.",
    )  # fmt: skip
    expires_at = forms.DateTimeField(
        required=False, widget=moment_input(), label="Ends", help_text="Empty: as it is. Only an earlier end narrows."
    )
    review_by = forms.DateTimeField(
        required=False,
        widget=moment_input(),
        label="Review by",
        help_text="Empty: as it is. Only an earlier one narrows.",
    )
    reason = forms.CharField(max_length=500, widget=longer(3, 500), label="Why")

    def __init__(self, *args: Any, term: Term, **kwargs: Any) -> None:
        kept = {"action": term.action, "markers": term.markers}
        super().__init__(*args, initial=kept, **kwargs)
        _offer_less(self, term)

    @property
    def asked(self) -> dict[str, Any]:
        """What the action takes: what was left empty stays, but for markers, of which none may be left."""
        return {name: value for name, value in self.cleaned_data.items() if value or name == "markers"}


class ReviewForm(forms.Form):
    """A review: the source asked again, three questions, why, and what follows."""

    source_system = forms.CharField(max_length=20, label="Which source did you ask?")
    source_as_of = forms.DateTimeField(required=False, widget=moment_input(), label="When?", help_text="Empty: now.")
    source_checked = forms.CharField(max_length=200, label="What did it say?")
    is_necessary = _yes_no("Is it still necessary?")
    is_accurate = _yes_no(
        "Is it still accurate?", help_text="The plate, the vehicle, the reason, what officers are asked."
    )
    is_proportionate = _yes_no("Is it still proportionate?")
    still_necessary = forms.CharField(
        max_length=500, widget=longer(3, 500), label="Why?",
        help_text="What you found this time; nobody says again what an earlier review said.",
    )  # fmt: skip
    decision = forms.ChoiceField(choices=Review.Decision.choices, widget=forms.RadioSelect, label="What follows?")
    removal_reason = forms.ChoiceField(
        choices=[("", "Choose"), *Entry.WithdrawalReason.choices], required=False, label="Why does it end?"
    )
    happened_at = forms.DateTimeField(
        required=False, widget=moment_input(), label="When did what ends it happen?", help_text="Empty: not known."
    )
    action = forms.ChoiceField(required=False, widget=forms.RadioSelect, label="What officers are asked to do")
    markers = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Warning markers that stay"
    )
    expires_at = forms.DateTimeField(required=False, widget=moment_input(), label="An earlier end")

    NARROWS = ("action", "markers", "expires_at")

    def __init__(self, *args: Any, term: Term, **kwargs: Any) -> None:
        kept = {"source_system": term.version.source_system, "action": term.action, "markers": term.markers}
        super().__init__(*args, initial=kept, **kwargs)
        _offer_less(self, term)
        self.fields["decision"].reveals = {Review.Decision.REMOVE: "removal_reason"}

    @property
    def answers(self) -> dict[str, Any]:
        """What the action takes."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in self.NARROWS}
        narrower = {
            name: self.cleaned_data[name]
            for name in self.NARROWS
            if name in self.cleaned_data and (self.cleaned_data[name] or name == "markers")
        }
        return {**given, "narrower": narrower}


class ExtendForm(forms.Form):
    """A review and a later end, asked for in one."""

    source_system = forms.CharField(max_length=20, label="Which source did you ask?")
    source_checked = forms.CharField(max_length=200, label="What did it say?")
    still_necessary = forms.CharField(
        max_length=500, widget=longer(3, 500), label="Why is it still necessary, and why for longer?",
        help_text="What you found this time; whoever decides reads it.",
    )  # fmt: skip
    expires_at = forms.DateTimeField(widget=moment_input(), label="New end")
    no_conflict = forms.BooleanField(label="Neither I nor my family or colleagues have an interest in this vehicle")

    def __init__(self, *args: Any, term: Term, **kwargs: Any) -> None:
        super().__init__(*args, initial={"source_system": term.version.source_system}, **kwargs)


def who_may_own(entry: Entry) -> QuerySet[User]:
    """Those who can answer for an entry, by name."""
    able = [person.pk for person in User.objects.filter(is_active=True) if may_own(person, entry)]
    return User.objects.filter(pk__in=able).order_by("first_name", "last_name", "username")


class LinkForm(forms.Form):
    """On which list another interest in a vehicle stands."""

    hotlist = forms.ModelChoiceField(
        Hotlist.objects.none(), to_field_name="slug", widget=forms.RadioSelect, label="On which list?", empty_label=None
    )

    def __init__(self, *args: Any, user: User, entry: Entry, **kwargs: Any) -> None:
        super().__init__(*args, initial={"hotlist": entry.hotlist.slug}, **kwargs)
        lists = Hotlist.objects.visible_to(user).exclude(kind=Hotlist.Kind.FEED).filter(closed_at=None)
        self.fields["hotlist"].queryset = lists.order_by("title")


class PassOnForm(forms.Form):
    """Who answers for an entry from now on."""

    owner = forms.ModelChoiceField(User.objects.none(), label="New owner")
    deputy = forms.ModelChoiceField(User.objects.none(), required=False, label="Deputy", empty_label="Nobody")
    reason = forms.CharField(max_length=500, widget=longer(3, 500), label="Why")

    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        super().__init__(*args, initial={"deputy": entry.deputy_id}, **kwargs)
        for name in ("owner", "deputy"):
            self.fields[name].queryset = who_may_own(entry)


class ReviewQueueForm(forms.Form):
    """Which reviews are shown."""

    show = forms.ChoiceField(
        choices=[("", "Due soon and overdue"), ("overdue", "Overdue"), ("soon", "Due soon")],
        required=False,
        label="Which",
    )
    whose = forms.ChoiceField(choices=[("", "Everybody's"), ("mine", "Mine")], required=False, label="Whose")
    hotlist = forms.ModelChoiceField(
        Hotlist.objects.none(), to_field_name="slug", required=False, label="List", empty_label="All lists"
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hotlist"].queryset = Hotlist.objects.visible_to(user).order_by("title")


def _offer_less(form: forms.Form, term: Term) -> None:
    """Only what is less than what the term says: nothing wider can be chosen."""
    lower = STEPS[STEPS.index(Action(term.action)) :] if term.action in STEPS else (Action(term.action),)
    form.fields["action"].choices = [
        (step.value, f"{step.label} (as it is)" if step == term.action else step.label) for step in lower
    ]
    if len(lower) == 1:
        del form.fields["action"]
    form.fields["markers"].choices = [(code, MARKERS.get(code, code)) for code in term.markers]
    if not term.markers:
        del form.fields["markers"]
