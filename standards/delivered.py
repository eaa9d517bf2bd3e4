"""The profile that comes with the portal. [M] marks what could not be verified against the standard: check before use."""

DAY = 24

# code, name, max expiry h, review h, rank, deciders, action, priority, is_feed, missing risk?, note
CATEGORIES = [
    ("STL", "Stolen vehicle", 6 * 365 * DAY, 6 * 365 * DAY, 20, 1, "STOP", "HIGH", True, False, "Follows its source (R-022)"),
    ("WNT", "Wanted person linked", 90 * DAY, 28 * DAY, 20, 1, "STOP", "HIGH", False, False, "Person confirmed: yes or no"),
    ("MIS-H", "Missing person, high risk", 7 * DAY, DAY, 30, 1, "STOP", "HIGH", False, True, "Welfare stop (R-026)"),
    ("MIS-M", "Missing person, medium risk", 14 * DAY, 3 * DAY, 20, 1, "STOP", "MEDIUM", False, True, "LOW needs an override"),
    ("FIR", "Firearms or serious violence", 7 * DAY, DAY, 30, 1, "ASSESS", "HIGH", False, False, "R-028"),
    ("SAF", "Safeguarding or domestic abuse", 28 * DAY, 7 * DAY, 30, 1, "ASSESS", "HIGH", False, False, ""),
    ("OCG", "Serious and organised crime", 90 * DAY, 28 * DAY, 30, 1, "OBSERVE_REPORT", "MEDIUM", False, False, ""),
    ("CT", "Counter terrorism", 90 * DAY, 28 * DAY, 50, 2, "SILENT", "HIGH", False, False, "Two deciders"),
    ("CRM", "Priority and volume crime", 56 * DAY, 28 * DAY, 20, 1, "ASSESS", "MEDIUM", False, False, ""),
    ("CLN", "Cloned or false plate", 56 * DAY, 28 * DAY, 20, 1, "ASSESS", "MEDIUM", False, False, "Discriminators (R-029)"),
    ("RTD", "Disqualified or no licence", 90 * DAY, 28 * DAY, 20, 1, "STOP", "LOW", False, False, ""),
    ("INS", "No insurance", 14 * DAY, 14 * DAY, 0, 1, "STOP", "LOW", True, False, "Replaced daily by its source"),
    ("KPR", "No keeper, untaxed or scrapped", 14 * DAY, 14 * DAY, 0, 1, "ASSESS", "LOW", True, False, "Data quality caution"),
    ("INT", "Intelligence only", 28 * DAY, 28 * DAY, 30, 1, "SILENT", "LOW", False, False, "Directed surveillance check"),
    ("PRT", "Protected activity involved", 28 * DAY, 7 * DAY, 50, 2, "OBSERVE_REPORT", "LOW", False, False, "R-027"),
]

# key, value, unit, meaning, source
NUMBERS = [
    ("hit.acknowledge.high", 15, "minutes", "A high-priority hit is acknowledged within", "R-058"),
    ("hit.acknowledge.medium", 60, "minutes", "A medium-priority hit is acknowledged within", "R-058"),
    ("hit.acknowledge.low", 240, "minutes", "A low-priority hit is acknowledged within", "R-058"),
    ("hit.close", 24, "hours", "Every hit has an outcome within", "R-058"),
    ("hit.escalate.count", 3, "hits", "Unanswered hits on one entry before it escalates", "R-059"),
    ("hit.escalate.window", 24, "hours", "Window in which unanswered hits accumulate", "R-059"),
    ("hit.verified.stale", 72, "hours", "An entry verified longer ago is shown amber", "R-056"),
    ("site.dpia.review", 365, "days", "A DPIA is reviewed at least every", "R-116"),
    ("site.capture.target", 98, "per cent", "Plates captured of those visible", "R-090 [M]"),
    ("site.read.target", 95, "per cent", "Captures read correctly", "R-090 [M]"),
    ("matcher.offline.life", 24, "hours", "A matcher's copy dies without contact after", "R-085"),
    ("list.sunset", 365, "days", "A list is justified afresh at least every", "domain.md 5.2"),
    ("feed.change.limit", 20, "per cent", "A load that changes more waits for a second person", "R-103"),
    ("reason.minimum", 40, "characters", "Shortest reason that can be specific", "R-025"),
    ("hold.review", 183, "days", "A legal hold is reviewed at least every", "R-081"),
    ("public.suppress", 5, "count", "Public figures below this are not shown", "R-138"),
]
