"""What an assessment holds: its sections and registers, the shape of each row, the digest that approval is bound to."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

FORMAT = "anpr-dpia/1"

# Section -> what it is called and what belongs there, in the order in which it is read (domain.md 5.7).
SECTIONS = {
    "need": ("The need", "What problem is to be solved, and why nothing less intrusive would do."),
    "screening": ("Screening", "What is new: information not collected before, other uses, other people who are reached by it."),
    "description": (
        "The processing", "Nature, scope, context and purposes: what is read, compared, kept, shared, and for how long."
    ),
    "flows": ("Data flows", "Where the data comes from, where it goes, who receives it."),
    "consultation": ("Consultation", "Who was consulted and what they said, or why nobody was."),
    "subjects_not_asked": (
        "Why those whose data it is were not asked", "Only where the list of those consulted names no data subjects."
    ),
    "lawful_basis": ("Lawful basis", "The law relied on, the cell of the national matrix, any sensitive processing."),
    "proportionality": (
        "Necessity and proportionality",
        "Why less intrusive options fail; minimisation, accuracy, retention, people's rights.",
    ),
    "risks": (
        "Risks to people",
        "To the rights and freedoms of everybody who passes, not only of suspects. Each risk has a row in the register too.",
    ),
    "measures": ("Measures", "What is done about the risks. Each measure has a row in the register too."),
    "safeguards": ("Safeguards", "Security, and how you show that the law is kept."),
    "code_principles": ("Surveillance Camera Code", "How each of its 12 principles is kept, or where to read it."),
    "equality": ("Equality", "Whom it may affect more than others, and what is done about that."),
    "review_triggers": ("What calls for a review", "Beside the date: a new purpose, a camera moved, a complaint, a breach."),
    "public_summary": ("Summary for the public", "In plain words, without places finer than the area."),
}  # fmt: skip
REGISTERS = {"risk_register": "Risks", "measure_register": "Measures", "consultees": "Those consulted"}
# What the public may be let read beside title and summary: nothing until the author says so.
PUBLISHABLE = tuple(name for name in (*SECTIONS, *REGISTERS) if name not in ("public_summary", "consultees"))
# What an author writes of a version; the rest follows from who did what when.
WRITTEN = (*SECTIONS, "residual_risk_high", "published_sections", *REGISTERS)

LEVELS = {1: "Negligible", 2: "Limited", 3: "Significant", 4: "Maximum"}  # of likelihood and of severity alike
GROUPS = {
    "data_subjects": "Those whose data it is",
    "public": "The public",
    "council": "Council or councillors",
    "advisory_group": "Independent advisory group",
    "pcc": "Police and crime commissioner",
    "staff": "Staff",
    "processors": "Processors and suppliers",
    "regulator": "A commissioner",
}
LONGEST_ROW = 2000  # characters of one cell of a register
MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Column:
    """One cell of a register's rows: what it is called, what it holds, whether a row stands without it."""

    title: str
    kind: str = "text"  # text, level, day, group, keys, flag
    is_required: bool = False


COLUMNS: dict[str, dict[str, Column]] = {
    "risk_register": {
        "risk": Column("The risk", is_required=True),
        "affected": Column("Whom it affects"),
        "likelihood_before": Column("Likelihood before measures", "level", True),
        "severity_before": Column("Severity before measures", "level", True),
        "likelihood_after": Column("Likelihood after measures", "level", True),
        "severity_after": Column("Severity after measures", "level", True),
    },
    "measure_register": {
        "measure": Column("The measure", is_required=True),
        "risks": Column("Risks that it lessens", "keys"),
        "owner": Column("Who sees to it", is_required=True),
        "due": Column("In place by", "day", True),
        "is_in_place": Column("In place already", "flag"),
    },
    "consultees": {
        "group": Column("Of whom", "group", True),
        "who": Column("Who was asked", is_required=True),
        "asked_on": Column("When", "day"),
        "said": Column("What they said", is_required=True),
        "answer": Column("What was done about it"),
    },
}
PREFIX = {"risk_register": "R", "measure_register": "M", "consultees": "C"}


class Version(Protocol):
    """As much of a version as its contents need."""

    number: int
    dpia: Any


FACTS = {"residual_risk_high": "A high risk remains", "published_sections": "What the public may read"}


def section_name(name: str) -> str:
    """What a section or a register is called on pages."""
    if name in FACTS:
        return FACTS[name]
    return SECTIONS[name][0] if name in SECTIONS else REGISTERS[name]


def tidy(register: str, rows: object) -> tuple[list[dict[str, Any]], list[str]]:
    """(rows as they are stored, what is wrong with them in words). Rows without a key are given the next one."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return [], ["Give a list of rows."]
    if len(rows) > MOST_ROWS:
        return [], [f"Give {MOST_ROWS} rows or fewer."]
    taken = {str(row.get("key", "")) for row in rows}
    stored, problems = [], []
    next_key = 1
    for place, given in enumerate(rows, 1):
        key = str(given.get("key") or "")
        if not key:
            while f"{PREFIX[register]}{next_key}" in taken:
                next_key += 1
            key = f"{PREFIX[register]}{next_key}"
            taken.add(key)
        row: dict[str, Any] = {"key": key[:12]}
        for name, column in COLUMNS[register].items():
            row[name], problem = _cell(column, given.get(name))
            if problem:
                problems.append(f"Row {place}, {column.title.lower()}: {problem}")
        unknown = set(given) - set(row)
        if unknown:
            problems.append(f"Row {place}: there is no column {', '.join(sorted(map(str, unknown)))}.")
        stored.append(row)
    if len({row["key"] for row in stored}) < len(stored):
        problems.append("Two rows have the same key.")
    return stored, problems


def _cell(column: Column, value: Any) -> tuple[Any, str]:
    """(value as it is stored, what is wrong with it or nothing)."""
    if column.kind == "flag":
        return value is True, "" if value in (True, False, None) else "say true or false."
    if column.kind == "keys":
        keys = value or []
        if not isinstance(keys, list) or not all(isinstance(key, str) and len(key) <= 12 for key in keys):
            return [], "give a list of keys such as R1."
        return keys, ""
    if column.kind == "level":
        is_level = isinstance(value, int) and not isinstance(value, bool) and value in LEVELS
        return (value, "") if is_level else (None, "choose one of the four levels.")
    text = value.isoformat() if isinstance(value, dt.date) else "" if value is None else value
    if not isinstance(text, str):
        return "", "give text."
    if column.is_required and not text.strip():
        return "", "fill this in."
    if len(text) > LONGEST_ROW:
        return text, f"use {LONGEST_ROW:,} characters or fewer."
    if column.kind == "group" and text not in GROUPS:
        return text, f"give one of {', '.join(GROUPS)}."
    if column.kind == "day" and text and not _is_day(text):
        return text, "give a date."
    return text, ""


def _is_day(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def chosen(value: object) -> tuple[list[str], list[str]]:
    """(sections in the order in which they are read, what is wrong with the choice in words)."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        return [], ["Give a list of sections."]
    if unknown := sorted(set(value) - set(PUBLISHABLE)):
        return [], [f"These are no sections that can be published: {', '.join(unknown)}."]
    return [name for name in PUBLISHABLE if name in value], []


def unknown_risks(version: Any) -> list[str]:
    """Keys of risks that measures name and the register of risks does not hold."""
    known = {row["key"] for row in version.risk_register}
    return sorted({key for row in version.measure_register for key in row["risks"]} - known)


def score(row: dict[str, Any], when: str) -> int:
    """Likelihood times severity, `before` or `after` measures: 1 to 16."""
    return row[f"likelihood_{when}"] * row[f"severity_{when}"]


def remaining(rows: Iterable[dict[str, Any]], *, high: int) -> list[str]:
    """Keys of the risks that stay at this score or above when all measures are taken."""
    return [row["key"] for row in rows if score(row, "after") >= high]


def matrix(
    rows: list[dict[str, Any]], when: str, *, high: int, medium: int
) -> list[tuple[int, list[tuple[str, list[str]]]]]:
    """Severity from the worst down, each with its cells from the least likely on: (tone of the cell, keys of its risks)."""
    keys: dict[tuple[int, int], list[str]] = {}
    for row in rows:
        keys.setdefault((row[f"severity_{when}"], row[f"likelihood_{when}"]), []).append(row["key"])
    return [
        (
            severity,
            [
                (_weight(severity * likelihood, high, medium), keys.get((severity, likelihood), []))
                for likelihood in LEVELS
            ],
        )
        for severity in reversed(LEVELS)
    ]


def _weight(product: int, high: int, medium: int) -> str:
    return "high" if product >= high else "medium" if product >= medium else "low"


def content(version: Any, attachments: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """What is judged, whole: the same content gives the same digest, here and in anybody's hands."""
    return {
        "format": FORMAT,
        "ref": version.dpia.ref,
        "title": version.dpia.title,
        "version": version.number,
        "sections": {name: getattr(version, name) for name in SECTIONS},
        "residual_risk_high": version.residual_risk_high,
        **{name: getattr(version, name) for name in REGISTERS},
        "attachments": [{"name": name, "sha256": sha256} for name, sha256 in sorted(attachments)],
        **({"published_sections": version.published_sections} if version.published_sections else {}),
        **({"left_over": version.left_over} if version.left_over else {}),
    }


def digest(content: dict[str, Any]) -> str:
    """SHA-256, in hex, of the content as JSON with sorted keys and no spaces: `jq -cSj .content | sha256sum` gives the same."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def differences(old: Any, new: Any) -> list[tuple[str, Any, Any]]:
    """(what, before, after) for every section that differs, and every cell of every register."""
    found: list[tuple[str, Any, Any]] = [
        (section_name(name), _shown(getattr(old, name)), _shown(getattr(new, name)))
        for name in (*SECTIONS, *FACTS)
        if getattr(old, name) != getattr(new, name)
    ]
    for register, columns in COLUMNS.items():
        before = {row["key"]: row for row in getattr(old, register)}
        after = {row["key"]: row for row in getattr(new, register)}
        for key in [*before, *(key for key in after if key not in before)]:
            was, now = before.get(key, {}), after.get(key, {})
            found += [
                (f"{key}: {column.title}", cell(column, was.get(name)), cell(column, now.get(name)))
                for name, column in columns.items()
                if cell(column, was.get(name)) != cell(column, now.get(name))
            ]
    return found


def cell(column: Column, value: Any) -> str:
    """A cell in words."""
    if value is None or value == "" or value == []:
        return ""
    if column.kind == "level":
        return f"{value} {LEVELS[value].lower()}"
    if column.kind == "group":
        return GROUPS.get(value, value)
    if column.kind == "keys":
        return ", ".join(value)
    return _shown(value)


def _shown(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(map(section_name, value))
    return ("yes" if value else "no") if isinstance(value, bool) else value
