"""Forms of accuracy tests and of reviews of a site's need."""

from typing import Any

from django import forms

from camera_sites.models import AccuracyTest, Camera, CameraSite, NeedQuestion, NeedReview


class AccuracyTestForm(forms.ModelForm):
    """One test, as it was counted."""

    camera = forms.ModelChoiceField(Camera.objects.none(), label="Camera", empty_label=None)

    class Meta:
        model = AccuracyTest
        fields = ("camera", "tested_on", "tester", "method", "light", "visible", "captured", "read_right", "clock_offset_ms",
                  "latency_p95_ms", "words")  # fmt: skip
        labels = {
            "tested_on": "When", "tester": "Who counted", "method": "How the truth was known", "light": "In which light",
            "visible": "Plates that a person could read", "captured": "Of these the camera captured",
            "read_right": "Of these it read right", "clock_offset_ms": "Its clock is off by, in milliseconds",
            "latency_p95_ms": "Nineteen in twenty reads were delivered within, in milliseconds", "words": "Conditions",
        }  # fmt: skip
        help_texts = {
            "tester": "The person or firm.", "visible": "The sample. The larger it is, the more the test can say.",
            "clock_offset_ms": "Against a traceable source; behind it is negative.", "latency_p95_ms": "",
            "words": "Such as weather, traffic or what was out of order.", "captured": "", "read_right": "",
        }  # fmt: skip
        widgets = {"method": forms.RadioSelect, "light": forms.RadioSelect, "words": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("method", "light"):
            self.fields[name].choices = AccuracyTest._meta.get_field(name).choices
        for name in ("clock_offset_ms", "latency_p95_ms"):
            self.fields[name].required = False

    def for_site(self, site: CameraSite) -> None:
        """Those of this site."""
        self.fields["camera"].queryset = site.cameras.standing()

    def _post_clean(self) -> None:
        """The model is not touched: actions write."""


class TestsFileForm(forms.Form):
    """A file of tests."""

    file = forms.FileField(label="File", help_text="CSV in UTF-8, a test in each row.")


class QuestionForm(forms.Form):
    """What asks for a review before its time."""

    trigger = forms.ChoiceField(choices=NeedQuestion.Trigger.choices, widget=forms.RadioSelect, label="What happened")
    words = forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), label="In words")


class NeedReviewForm(forms.Form):
    """Whether the site is still needed."""

    effect = forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), label="What it has done against crime",
        help_text="In figures, since it was last reviewed.",
    )  # fmt: skip
    outcome = forms.ChoiceField(choices=NeedReview.Outcome.choices, widget=forms.RadioSelect, label="What follows")
    words = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 4}), label="Why")
