"""An assessment as a document: written as JSON with a schema, read back, and read from what the CNIL's PIA tool exports."""

import json
from html.parser import HTMLParser
from typing import Any

from camera_sites.dpia_contents import (
    COLUMNS,
    FORMAT,
    GROUPS,
    LEVELS,
    LONGEST_ROW,
    PUBLISHABLE,
    REGISTERS,
    SECTIONS,
    content,
    digest,
)
from portal.errors import Unfit

# Where the tool's answers go. 3.2 to 3.4 are its three feared events, each with six answers.
ANSWERS = {
    "111": "description", "112": "description", "113": "description", "121": "flows", "122": "flows", "123": "flows",
    "211": "need", "212": "lawful_basis", "213": "proportionality", "214": "proportionality", "215": "proportionality",
    "221": "proportionality", "222": "proportionality", "223": "proportionality", "224": "proportionality",
    "225": "proportionality", "226": "safeguards", "227": "flows",
}  # fmt: skip
FEARED = {"32": "Illegitimate access to data", "33": "Unwanted change of data", "34": "Loss of data"}
ASPECTS = {"1": "Impacts", "2": "Threats", "3": "Sources", "4": "Measures"}
# What is taken of each: what is in words, and how severe and how likely it is.
TAKEN = {**{aspect: {"list"} for aspect in ASPECTS}, "5": {"text", "gauge"}, "6": {"text", "gauge"}}
# Of the tool's own working, not of what was assessed.
WORKING = {
    "id", "pia_id", "created_at", "updated_at", "dbVersion", "tableName", "serverUrl", "numberOfQuestions", "objectStore",
    "is_example", "progress", "placeholder", "lock_version",
}  # fmt: skip


def document(version: Any) -> dict[str, Any]:
    """A version with what was judged of it. `digest` is that of `content`; names of people stay here."""
    whole = content(version)
    told: dict[str, Any] = {"content": whole, "digest": version.digest or digest(whole), "status": version.status}
    if advice := getattr(version, "advice", None):
        told["advice"] = {
            "is_favourable": advice.is_favourable,
            "words": advice.words,
            "at": advice.advised_at.isoformat(),
        }
    if sent := getattr(version, "prior_consultation", None):
        told["prior_consultation"] = {"reference": sent.reference, "sent_on": sent.sent_on.isoformat()}
        if answer := getattr(sent, "outcome", None):
            told["prior_consultation"] |= {"outcome": answer.outcome, "words": answer.words}
    if decision := getattr(version, "decision", None):
        told["decision"] = {
            "verdict": decision.verdict, "words": decision.words, "at": decision.decided_at.isoformat(),
            "review_due_at": decision.review_due_at.isoformat(),
        }  # fmt: skip
    return told


def schema() -> dict[str, Any]:
    """The JSON Schema of a document."""
    kinds: dict[str, dict[str, Any]] = {
        "text": {"type": "string", "maxLength": LONGEST_ROW},
        "level": {"enum": list(LEVELS), "description": ", ".join(f"{level} {word}" for level, word in LEVELS.items())},
        "day": {"type": "string", "pattern": "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$"},
        "group": {"enum": list(GROUPS)},
        "keys": {"type": "array", "items": {"type": "string"}},
        "flag": {"type": "boolean"},
    }
    registers = {
        register: {"type": "array", "items": {
            "type": "object", "additionalProperties": False,
            "required": ["key", *(name for name, column in columns.items() if column.is_required)],
            "properties": {"key": {"type": "string", "maxLength": 12}}
            | {name: {"title": column.title, **kinds[column.kind]} for name, column in columns.items()},
        }}
        for register, columns in COLUMNS.items()
    }  # fmt: skip
    sections = {
        name: {"type": "string", "title": title, "description": hint} for name, (title, hint) in SECTIONS.items()
    }
    named = {"type": "object", "properties": {"name": {"type": "string"}, "sha256": {"type": "string"}}}
    left = {"type": "object", "required": ["at", "value"], "properties": {"at": {"type": "string"}, "value": {}}}
    whole = {
        "type": "object", "additionalProperties": False,
        "required": ["format", "ref", "title", "version", "sections", "residual_risk_high", *REGISTERS, "attachments"],
        "properties": {
            "format": {"const": FORMAT}, "ref": {"type": "string"}, "title": {"type": "string"},
            "version": {"type": "integer", "minimum": 1},
            "sections": {"type": "object", "additionalProperties": False, "required": list(SECTIONS), "properties": sections},
            "residual_risk_high": {"type": "boolean"}, **registers, "attachments": {"type": "array", "items": named},
            "published_sections": {"type": "array", "items": {"enum": list(PUBLISHABLE)},
                                   "description": "What the public may read beside title and summary."},
            "left_over": {"type": "array", "items": left, "description": "What came with an import and has no place here."},
        },
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A data protection impact assessment of the ANPR Hotlist Portal",
        "description": "`digest` is the SHA-256 of `content`: `jq -cSj .content document.json | sha256sum` gives the same.",
        "type": "object", "required": ["content", "digest"],
        "properties": {
            "content": whole, "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "status": {"type": "string"},
            "advice": {"type": "object"}, "prior_consultation": {"type": "object"}, "decision": {"type": "object"},
        },
    }  # fmt: skip


def schema_text() -> str:
    """As the page under docs/ holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False)


def parsed(data: bytes) -> Any:
    """The JSON in a file. Unfit when it holds none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unfit(
            "This is no JSON.", {"file": ["This file holds no JSON. Give the file as it was exported."]}
        ) from error


def read(given: Any) -> tuple[str, str, dict[str, Any]]:
    """(title, where it came from, what authors write) of a document, ours or the PIA tool's. Unfit when it is neither."""
    if isinstance(given, dict) and isinstance(given.get("content"), dict) and given["content"].get("format") == FORMAT:
        return _ours(given)
    if isinstance(given, dict) and isinstance(given.get("pia"), dict) and isinstance(given.get("answers", []), list):
        return _of_the_tool(given)
    raise Unfit(
        "This is not an assessment.",
        {"file": ["Give a DPIA exported here, or the JSON that the CNIL’s PIA tool exports."]},
    )


def _ours(given: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    whole = given["content"]
    sections = whole.get("sections")
    if not isinstance(sections, dict) or given.get("digest") != digest(whole):
        raise Unfit("This was altered.", {"file": ["What is written does not fit its digest. Export it again."]})
    facts: dict[str, Any] = {
        name: text for name, text in sections.items() if name in SECTIONS and isinstance(text, str)
    }
    facts |= {
        name: whole[name]
        for name in ("residual_risk_high", "published_sections", *REGISTERS, "left_over")
        if name in whole
    }
    before, files = facts.get("left_over", []), whole.get("attachments", [])
    is_listed = isinstance(before, list) and all(
        isinstance(item, dict) and {"at", "value"} <= set(item) for item in before
    )
    if not isinstance(facts.get("residual_risk_high", False), bool) or not is_listed or not isinstance(files, list):
        raise Unfit("This is not an assessment.", {"file": ["Parts of it are not as the schema says."]})
    left = [{"at": f"sections.{name}", "value": text} for name, text in sections.items() if name not in facts]
    left += [{"at": f"attachments.{i}", "value": item} for i, item in enumerate(files)]
    left += [
        {"at": name, "value": given[name]} for name in ("advice", "prior_consultation", "decision") if name in given
    ]
    kept = [{"at": str(item["at"]), "value": item["value"]} for item in before]
    return str(whole.get("title", "")), "another portal", facts | {"left_over": [*kept, *left]}


def _of_the_tool(given: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    texts: dict[str, list[str]] = {}
    left: list[dict[str, Any]] = []
    events: dict[str, dict[str, Any]] = {}
    given = given | {name: _listed(given, name, left) for name in ("answers", "measures", "evaluations")}
    for place, answer in enumerate(given["answers"]):
        if not isinstance(answer, dict):
            left.append({"at": f"answers.{place}", "value": answer})
            continue
        ref = str(answer.get("reference_to", ""))
        data = answer.get("data") if isinstance(answer.get("data"), dict) else {}
        if ref[:2] in FEARED and ref[2:] in TAKEN and data and ref[2] not in events.get(ref[:2], {}):
            events.setdefault(ref[:2], {})[ref[2]] = data
            left += _rest(data, f"answers.{ref}", TAKEN[ref[2]])
        elif (section := ANSWERS.get(ref)) and (text := plain(data.get("text"))):
            texts.setdefault(section, []).append(text)
            left += _rest(data, f"answers.{ref}", {"text"})
        elif _says_something(answer.get("data")):
            left.append({"at": f"answers.{ref}", "value": answer.get("data")})
    risks = []
    for prefix, aspects in sorted(events.items()):
        row, words = _risk(prefix, aspects)
        if row is None:
            gauges = {number: aspects.get(number, {}).get("gauge") for number in ("5", "6")}
            left += [
                {"at": f"answers.{prefix}{number}.gauge", "value": gauge}
                for number, gauge in gauges.items()
                if _says_something(gauge)
            ]
        texts.setdefault("risks", []).append(words)
        if row:
            risks.append(row)
    for place, measure in enumerate(given["measures"]):
        left += _rest(measure, f"measures.{place}", {"title", "content"})
        if isinstance(measure, dict):
            words = ": ".join(filter(None, (plain(measure.get("title")), plain(measure.get("content")))))
            texts.setdefault("measures", []).append(words)
    plans = []
    for evaluation in given["evaluations"]:
        if isinstance(evaluation, dict) and (row := _plan(evaluation)):
            plans.append(row)
        left += _rest(evaluation, f"evaluations.{_ref(evaluation)}", {"reference_to", "status", "global_status"})
    pia = given["pia"]
    facts: dict[str, Any] = {name: "\n\n".join(filter(None, lines)) for name, lines in texts.items()}
    taken = {"name"}
    who, said = plain(pia.get("people_names")), plain(pia.get("concerned_people_opinion"))
    if who and said:
        facts["consultees"] = [{"group": "data_subjects", "who": who[:LONGEST_ROW], "said": said[:LONGEST_ROW]}]
        taken |= {"people_names", "concerned_people_opinion"} if max(len(who), len(said)) <= LONGEST_ROW else set()
    if not_asked := plain(pia.get("concerned_people_searched_content")):
        facts["subjects_not_asked"] = not_asked
        taken.add("concerned_people_searched_content")
    left += _rest(pia, "pia", taken)
    for name in sorted(set(given) - {"pia", "answers", "measures", "evaluations"}):
        left += [{"at": name, "value": given[name]}] if _says_something(given[name]) else []
    facts |= {"risk_register": risks, "measure_register": plans, "left_over": left}
    return plain(pia.get("name")), "the CNIL’s PIA tool", facts


def _risk(prefix: str, aspects: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """(row of the register, the event in words). Without both levels there is no row: nobody judged it yet."""
    parts = [FEARED[prefix]]
    for aspect, name in ASPECTS.items():
        listed = aspects.get(aspect, {}).get("list")
        if isinstance(listed, list) and (words := ", ".join(plain(item) for item in listed)):
            parts.append(f"{name}: {words}")
    severity, likelihood = (aspects.get(number, {}).get("gauge") for number in ("5", "6"))
    words = ". ".join(parts)
    reasons = [plain(aspects.get(number, {}).get("text")) for number in ("5", "6")]
    told = "\n".join(filter(None, (f"{words}.", *reasons)))
    if not (isinstance(severity, int) and isinstance(likelihood, int) and {severity, likelihood} <= set(LEVELS)):
        return None, told
    # The tool's levels follow its existing measures; what remains after further ones is for the author to judge here.
    levels = {"likelihood_before": likelihood, "severity_before": severity, "likelihood_after": likelihood,
              "severity_after": severity}  # fmt: skip
    return {"risk": words[:LONGEST_ROW], **levels}, told


def _plan(evaluation: dict[str, Any]) -> dict[str, Any] | None:
    """A measure that somebody sees to by a day, from the tool's action plan."""
    words, owner = plain(evaluation.get("action_plan_comment")), plain(evaluation.get("person_in_charge"))
    day = str(evaluation.get("estimated_implementation_date") or "")[:10]
    if not (words and owner and len(day) == 10):
        return None
    return {"measure": words[:LONGEST_ROW], "owner": owner[:LONGEST_ROW], "due": day}


def _listed(given: dict[str, Any], name: str, left: list[dict[str, Any]]) -> list[Any]:
    """The list under this name; what stands there and is none is left over."""
    value = given.get(name)
    if isinstance(value, list):
        return value
    left += [{"at": name, "value": value}] if _says_something(value) else []
    return []


def _ref(evaluation: Any) -> str:
    return str(evaluation.get("reference_to", "")) if isinstance(evaluation, dict) else ""


def _rest(given: Any, at: str, taken: set[str]) -> list[dict[str, Any]]:
    """What of it was not taken and says something, each with its place."""
    if not isinstance(given, dict):
        return [{"at": at, "value": given}] if _says_something(given) else []
    return [
        {"at": f"{at}.{name}", "value": value}
        for name, value in given.items()
        if name not in taken and name not in WORKING and _says_something(value)
    ]


def _says_something(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_says_something(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_says_something(inner) for inner in value)
    return value not in (None, "", 0, False)


class _Words(HTMLParser):
    """The words of the tool's rich text, a line to a block."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        """Blocks begin a line."""
        self.parts.append({"li": "\n- ", "br": "\n", "p": "\n", "div": "\n", "ul": "\n", "ol": "\n"}.get(tag, ""))

    def handle_data(self, data: str) -> None:
        """Words."""
        self.parts.append(" ".join(data.split("\n")))


def plain(text: Any) -> str:
    """Rich text as words; nothing for what is no text."""
    if not isinstance(text, str):
        return ""
    reader = _Words()
    reader.feed(text)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line and line != "-")
