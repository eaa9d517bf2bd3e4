"""Forms of an import profile: a sample, the shape of the file, what its columns hold, what its codes mean."""

import re
from typing import Any

from django import forms

from hotlists.feeds import legacy
from hotlists.feeds.dates import FORMATS
from hotlists.feeds.layouts import DELIMITERS, ENCODINGS, HEADERS, NEVER_FIXED, PRESETS, TABLES, TARGETS, Layout

_WORDS = {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars", "": "places"}  # a tab does not survive a form
_SIGNS = {word: sign for sign, word in _WORDS.items()}
FIXABLE = [target for target in TARGETS if target not in NEVER_FIXED]


class BeginForm(forms.Form):
    """Where a draft begins: a sample that the portal looks at, or a layout that comes with it."""

    sample = forms.FileField(
        required=False, label="A sample file",
        help_text="The portal looks at its first lines and guesses. It is deleted when you have finished.",
    )  # fmt: skip
    preset = forms.ChoiceField(
        required=False, label="Or begin from", choices=[("", "What the sample shows")],
        help_text="With a sample as well, its first rows are shown as this layout reads them.",
    )  # fmt: skip

    def __init__(self, *args: Any, current: Layout | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        used = [("current", "The import profile in use")] if current is not None else []
        self.fields["preset"].choices = [
            ("", "What the sample shows"), *used, *((name, words) for name, (words, _) in PRESETS.items()),
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        given = super().clean()
        if not given.get("sample") and not given.get("preset") and "sample" not in self.errors:
            self.add_error("sample", "Choose a file, or a layout to begin from.")
        return given


class ShapeForm(forms.Form):
    """How lines divide into columns, and how letters and dates are written."""

    delimiter = forms.ChoiceField(
        choices=[(_WORDS[sign], words) for sign, words in DELIMITERS.items()], widget=forms.RadioSelect,
        label="What separates its columns",
    )  # fmt: skip
    places = forms.CharField(
        required=False, widget=forms.Textarea(attrs={"rows": 4}), label="Places of its columns",
        help_text="Only without a separator: a line for each column, with its first character and its length, such as 1 15.",
    )  # fmt: skip
    encoding = forms.ChoiceField(choices=list(ENCODINGS.items()), label="How its letters are written")
    header = forms.ChoiceField(
        choices=list(HEADERS.items()), widget=forms.RadioSelect, label="Does its first line name the columns?"
    )
    dates = forms.ChoiceField(
        choices=[(name, f"{words}: {example}") for name, (words, example, _) in FORMATS.items()],
        widget=forms.RadioSelect, label="How its dates are written",
    )  # fmt: skip

    @staticmethod
    def shown(layout: Layout) -> dict[str, Any]:
        """What the form shows of a layout."""
        places = "\n".join(f"{first + 1} {length}" for first, length in layout.places)
        return {"delimiter": _WORDS[layout.delimiter], "places": places, "encoding": layout.encoding,
                "header": layout.header, "dates": layout.dates}  # fmt: skip

    def clean_delimiter(self) -> str:
        """The sign."""
        return _SIGNS[self.cleaned_data["delimiter"]]

    def clean_places(self) -> list[list[int]]:
        """[first character, length] of each column."""
        lines = self.cleaned_data["places"].splitlines()
        found = [re.fullmatch(r"\s*(\d{1,5})[\s,;:]+(\d{1,5})\s*", line) for line in lines if line.strip()]
        if not all(found):
            raise forms.ValidationError("Write two numbers on each line: the first character, and how many there are.")
        return [[int(match[1]), int(match[2])] for match in found if match]

    def clean(self) -> dict[str, Any]:
        """Places belong to files without separators."""
        given = super().clean()
        if given.get("delimiter") == "" and not given.get("places") and "places" not in self.errors:
            self.add_error("places", "Say where each column begins, and how many characters it has.")
        if given.get("delimiter"):
            given["places"] = []
        return given


class ColumnsForm(forms.Form):
    """What each column is called and holds, and what all rows have alike."""

    def __init__(self, *args: Any, layout: Layout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.width = len(layout.names)
        held = {column: target for target, column in layout.columns.items()}
        for n, name in enumerate(layout.names):
            self.fields[f"name_{n}"] = forms.CharField(max_length=30, label=f"Name of column {n + 1}", initial=name)
            self.fields[f"target_{n}"] = forms.ChoiceField(
                required=False, choices=[("", "Nothing that is kept"), *TARGETS.items()], label=f"What column {n + 1} holds",
                initial=held.get(n, ""),
            )  # fmt: skip
        for target in FIXABLE:
            self.fields[f"fixed_{target}"] = forms.CharField(
                max_length=500, required=False, label=TARGETS[target], initial=layout.fixed.get(target, "")
            )

    def clean(self) -> dict[str, Any]:
        """Each thing stands in one column."""
        given = super().clean()
        seen: dict[str, int] = {}
        for n in range(self.width):
            target = given.get(f"target_{n}")
            if target and target in seen:
                words = f"Column {seen[target] + 1} holds this already."
                self.add_error(f"target_{n}", words)
            elif target:
                seen[target] = n
        return given

    @property
    def mapped(self) -> dict[str, Any]:
        """The parts of the layout that this form says."""
        given = self.cleaned_data
        targets = {given[f"target_{n}"]: n + 1 for n in range(self.width) if given[f"target_{n}"]}
        fixed = {target: given[f"fixed_{target}"] for target in FIXABLE if given[f"fixed_{target}"]}
        return {"names": [given[f"name_{n}"] for n in range(self.width)], "columns": targets, "fixed": fixed}


class CodesForm(forms.Form):
    """What the source's codes mean here, where that differs from what the portal takes them for (R-012)."""

    def __init__(self, *args: Any, layout: Layout, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for table, words in TABLES.items():
            example = next(iter(legacy.DEFAULTS[table].items()))
            meanings = (
                ", ".join(sorted(legacy.MEANINGS[table]))
                if len(legacy.MEANINGS[table]) < 30
                else "as the portal has them"
            )
            self.fields[table] = forms.CharField(
                required=False, widget=forms.Textarea(attrs={"rows": 3}), label=words,
                help_text=f"A line for each, such as {example[0]} = {example[1]}. Meanings: {meanings}.",
                initial="\n".join(f"{old} = {new}" for old, new in layout.codes.get(table, {}).items()),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Table -> code -> meaning."""
        given = super().clean()
        for table in TABLES:
            codes: dict[str, str] = {}
            for line in given.get(table, "").splitlines():
                old, sign, new = line.partition("=")
                meaning = " ".join(new.upper().split())
                if not line.strip():
                    continue
                if not sign or meaning not in legacy.MEANINGS[table]:
                    self.add_error(
                        table, f"“{line.strip()[:40]}” does not say what a code means. Write CODE = MEANING."
                    )
                    break
                codes[" ".join(old.upper().split())] = meaning
            given[table] = codes
        return given


class ProposeForm(forms.Form):
    """Laying a draft before a second person."""

    why = forms.CharField(
        max_length=300, label="What it is for, or what changed", help_text="For the person who approves it.",
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 300}),
    )  # fmt: skip
