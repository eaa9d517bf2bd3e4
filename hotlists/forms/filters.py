"""Forms of saving what one narrows a page by."""

from typing import Any

from django import forms

from hotlists.models.filters import FIELDS, WORDS

_LABELS = {"ref": "the reference that you typed", "plate": "the plate that you typed"}


class FilterForm(forms.Form):
    """A name, and whether the page opens with it; what it narrows by goes with it, out of sight."""

    name = forms.CharField(max_length=60, label="Name", help_text="Name no vehicle and no person.")
    keeps_words = forms.BooleanField(required=False)
    is_default = forms.BooleanField(required=False, label="Open the page with it")

    def __init__(self, *args: Any, page: str, asked: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="id_filter_%s", **kwargs)
        self.page = page
        typed = self.data if self.is_bound else {f"asked-{name}": value for name, value in (asked or {}).items()}
        self.asked = {name: typed[f"asked-{name}"] for name in FIELDS[page] if typed.get(f"asked-{name}")}
        words = [_LABELS[name] for name in WORDS if name in self.asked]
        if words:
            self.fields["keeps_words"].label = f"Keep {' and '.join(words)} too, for a shorter time"
        else:
            del self.fields["keeps_words"]
        for name, value in self.asked.items():
            hidden = forms.CharField(required=False, widget=forms.HiddenInput, initial=value)
            self.fields[f"asked-{name}"] = hidden

    @property
    def facts(self) -> dict[str, Any]:
        """What saving takes, beside the page and what is narrowed by."""
        return {
            name: self.cleaned_data[name] for name in ("name", "keeps_words", "is_default") if name in self.cleaned_data
        }
