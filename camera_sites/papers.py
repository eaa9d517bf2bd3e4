"""An assessment on paper: whole, for those who may open it, and as the public may read it (R-120)."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from camera_sites.dpia_contents import COLUMNS, PUBLISHABLE, REGISTERS, SECTIONS, cell, section_name
from camera_sites.models import DpiaVersion
from camera_sites.public import hider
from camera_sites.story import sections_of
from portal.printing import paper, pdf

DAY = 86_400
NAMES_PEOPLE = {"owner", "who"}  # columns of registers that name somebody

Row = list[str]


@dataclass(slots=True)
class Paper:
    """What stands on it, from top to bottom."""

    title: str
    caption: str
    standing: list[str]
    sections: list[tuple[str, str]]
    tables: list[tuple[str, Row, list[Row]]]
    ending: list[str] = field(default_factory=list)
    digest: str = ""


def printed(version: DpiaVersion, is_for_public: bool) -> HttpResponse:
    """The answer that hands it out as a PDF. Raises CannotPrint."""
    return paper(for_the_public(version) if is_for_public else whole(version), name_of(version, is_for_public))


def name_of(version: DpiaVersion, is_for_public: bool) -> str:
    """Of the file, without its ending."""
    return f"{version.dpia.ref}-{version.number}{'-public' if is_for_public else ''}"


def whole(version: DpiaVersion) -> bytes:
    """The PDF of all of a version. Raises CannotPrint."""
    return pdf("printed/dpia.html", {"paper": sheet_of(version, is_for_public=False)})


def for_the_public(version: DpiaVersion) -> bytes:
    """The PDF of what the author lets everybody read. Raises CannotPrint."""
    return pdf("printed/dpia.html", {"paper": sheet_of(version, is_for_public=True)}, kept_for=DAY)


def sheet_of(version: DpiaVersion, *, is_for_public: bool) -> Paper:
    """What stands on the paper: all of a version, or what the author lets everybody read, without names of people and with every
    place blacked out."""
    if is_for_public:
        return _public(version)
    return Paper(
        version.dpia.title, f"{version.dpia.ref} · version {version.number} · {version.get_status_display()}",  # type: ignore[attr-defined]
        _standing(version, with_names=True), sections_of(version), [_table(version, name, set()) for name in REGISTERS],
        _risk_left(version), version.digest,
    )  # fmt: skip


def _public(version: DpiaVersion) -> Paper:
    chosen = [name for name in (*SECTIONS, *REGISTERS) if name in version.published_sections and name in PUBLISHABLE]
    hide = hider()
    shown = [(section_name("public_summary"), hide(version.public_summary))]
    shown += [
        (section_name(name), hide(text)) for name in chosen if name in SECTIONS and (text := getattr(version, name))
    ]
    tables = [
        (title, heads, [[hide(words) for words in row] for row in rows])
        for title, heads, rows in (_table(version, name, NAMES_PEOPLE) for name in chosen if name in REGISTERS)
    ]
    left_out = [section_name(name) for name in PUBLISHABLE if name not in chosen and getattr(version, name)]
    ending = [f"Not published: {', '.join(left_out)}."] if left_out else []
    ending.append("Names of people are left out, and so is where cameras stand.")
    return Paper(
        hide(version.dpia.title), f"Data protection impact assessment · version {version.number}, for the public",
        _standing(version, with_names=False), shown, tables, ending,
    )  # fmt: skip


def _table(version: DpiaVersion, register: str, leave_out: set[str]) -> tuple[str, Row, list[Row]]:
    columns = {name: column for name, column in COLUMNS[register].items() if name not in leave_out}
    rows = [
        [row["key"], *(str(cell(column, row.get(name))) for name, column in columns.items())]
        for row in getattr(version, register)
    ]
    return section_name(register), ["Key", *(column.title for column in columns.values())], rows


def _standing(version: DpiaVersion, *, with_names: bool) -> list[str]:
    """Who advised, who decided, until when; by their office alone where names are left out."""
    told = []
    if advice := getattr(version, "advice", None):
        who = (
            f"{advice.advised_by.actor_label} as data protection officer"
            if with_names
            else "The data protection officer"
        )
        words = f": {advice.words}" if with_names else "."
        told.append(
            f"{who} advised {'in favour' if advice.is_favourable else 'against'} on {_day(advice.advised_at)}{words}"
        )
    if decision := getattr(version, "decision", None):
        who = decision.decided_by.actor_label if with_names else "The controller"
        done = "approved" if decision.verdict == "approve" else "rejected"
        words = f": {decision.words}" if with_names else "."
        told.append(f"{who} {done} it on {_day(decision.decided_at)}{words}")
        told.append(f"It is reviewed by {_day(decision.review_due_at)}.")
    return told


def _risk_left(version: DpiaVersion) -> list[str]:
    return ["After all measures a high risk to people remains."] if version.residual_risk_high else []


def _day(moment: Any) -> str:
    return f"{timezone.localtime(moment):%d %B %Y}".lstrip("0")
