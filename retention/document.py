"""The schedule as a page of docs/."""

from portal.docs import NOTE, register
from retention.rules import Fate
from retention.schedule import SCHEDULE, children_of


def schedule() -> str:
    """One line a kind of record: what is kept, how long, why, what goes with it."""
    lines = [
        "# Retention schedule",
        "",
        NOTE,
        "",
        "How long every kind of record lives, from when, and why. The source is `retention/schedule.py`; a kind without a line"
        " fails the build. Runs are counted first, then carried out each night or on request, and end with a certificate that"
        " holds counts and no content. A legal hold stops them.",
        "",
        "| records | kept | then | with it | longer while named by | because |",
        "|---|---|---|---|---|---|",
    ]
    for rule in SCHEDULE:
        if rule.fate == Fate.WITH:
            continue
        cells = (
            f"`{rule.label}`",
            rule.words + ("; longer under a legal hold" if rule.may_be_held else ""),
            "erased" if rule.fate == Fate.ERASE else "kept",
            ", ".join(f"`{child.label}`" for child in children_of(rule)),
            ", ".join(f"`{name}`" for name in rule.blocked_by),
            rule.basis,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


register("retention-schedule.md", schedule)
