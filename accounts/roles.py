"""Who holds which permission by role: one table that an auditor can read (domain.md 7).

A role says what someone may do; which lists and sites they may do it to is granted to them or to their team; whether they
may do it to this very thing is asked of the facts (who wrote it, their rank, their session) by the policies.
"""

from dataclasses import dataclass

LOOK = ("hotlists.view_entries", "hotlists.search_plate")
DECIDE = (
    "hotlists.decide_entry",
    "hotlists.review_entry",
    "hotlists.suspend_entry",
    "hotlists.withdraw_entry",
    "hotlists.dispute_entry",
)
WRITE = ("hotlists.write_entry", "hotlists.record_emergency")
HITS = ("hits.view_board",)
EXPORT = ("hotlists.export_entries",)
HOLD = ("retention.place_hold",)
HEAR = ("scrutiny.record_concern",)
ANSWER = (*HEAR, "scrutiny.view_concerns", "scrutiny.answer_concern")


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its name, who may hold it and why, and what it permits."""

    code: str
    name: str
    held_by: str
    permissions: tuple[str, ...]


ROLES = (
    Role("SUB", "Submitter", "Officers and staff who ask for a vehicle to be listed",
         (*LOOK, *WRITE, *HITS, "hotlists.review_entry", "hotlists.suspend_entry", "hotlists.dispute_entry")),
    Role("SUP", "Supervisor", "Sergeants, who decide standard entries",
         (*LOOK, *WRITE, *DECIDE, *HITS, *EXPORT)),
    Role("INS", "Inspector", "Inspectors, who decide what sergeants may not, by day and night",
         (*LOOK, *WRITE, *DECIDE, *HITS, *HOLD, *EXPORT, *HEAR, "hotlists.decide_emergency")),
    Role("SPT", "Superintendent", "Superintendents: protected activity, counter terrorism, sites",
         (*LOOK, *WRITE, *DECIDE, *HITS, *HOLD, *EXPORT, *HEAR, "hotlists.decide_emergency", "camera_sites.view_sites",
          "camera_sites.decide_site", "camera_sites.sign_self_assessment", "hotlists.decide_hotlist",
          "hotlists.accept_warninglist", "standards.adopt_profile")),
    Role("MGR", "List manager", "Who answers for the lists being current, allocated and small enough to act on",
         (*LOOK, *WRITE, *HITS, *HOLD, *EXPORT, *HEAR, "hotlists.withdraw_entry", "hotlists.suspend_entry", "hotlists.dispute_entry",
          "hotlists.manage_hotlist", "hotlists.keep_warninglist", "hotlists.accept_warninglist",
          "hotlists.load_feed", "hotlists.release_load", "hotlists.agree_source", "matchers.manage_matcher", "matchers.export_list",
          "matchers.view_publications", "matchers.release_revision", "matchers.view_root", "hits.answer_hit", "camera_sites.view_sites",
          "camera_sites.write_self_assessment",
          "scrutiny.view_findings")),
    Role("CTL", "Control room", "Operators who act on hits around the clock",
         (*LOOK, *HITS, *HEAR, "hits.answer_hit", "hotlists.suspend_entry", "hotlists.dispute_entry",
          "hotlists.record_emergency", "camera_sites.view_sites")),
    Role("INF", "Infrastructure lead", "Who proposes and keeps camera sites, and approves none",
         (*HEAR, "camera_sites.view_sites", "camera_sites.propose_site", "camera_sites.export_sites",
          "camera_sites.write_dpia", "camera_sites.write_self_assessment", "scrutiny.view_findings", "matchers.view_root")),
    Role("DPO", "Data protection officer", "Advises, samples, reads the log; never approves an entry",
         (*HOLD, *EXPORT, *ANSWER, "audit.read_log", "hotlists.search_plate", "hotlists.view_entries", "hotlists.withdraw_entry",
          "hotlists.dispute_entry", "camera_sites.view_sites", "camera_sites.advise_dpia",
          "camera_sites.export_sites", "retention.view_runs", "retention.run_retention", "retention.change_period_as_dpo",
          "scrutiny.view_findings", "scrutiny.work_finding", "scrutiny.test_finding", "scrutiny.view_signals",
          "scrutiny.judge_signal",
          "scrutiny.work_sample", "matchers.view_publications", "hotlists.answer_notice")),
    Role("AUD", "Auditor", "Professional standards: reads, alters nothing; judges what is sampled, suspected or reported",
         ("audit.read_log", "hotlists.search_plate", "hotlists.view_entries", "scrutiny.view_findings", "scrutiny.view_concerns",
          "scrutiny.test_finding", "scrutiny.view_signals", "scrutiny.judge_signal", "scrutiny.work_sample",
          "retention.view_runs", "camera_sites.view_sites", "hotlists.view_declared", "hotlists.answer_conflict")),
    Role("IAO", "Information asset owner", "The controller's hand: decides DPIAs, releases retention; writes no entry",
         (*ANSWER, "audit.read_log", "hotlists.withdraw_entry", "hotlists.dispute_entry", "hotlists.view_entries",
          "hotlists.agree_source", "hotlists.decide_hotlist", "hotlists.release_load", "camera_sites.view_sites",
          "matchers.release_revision",
          "hotlists.accept_warninglist",
          "camera_sites.decide_dpia", "camera_sites.decide_site", "camera_sites.sign_self_assessment",
          "retention.view_runs", "retention.run_retention", "retention.change_period_as_owner",
          "scrutiny.view_findings", "scrutiny.test_finding", "scrutiny.sign_certificate",
          "standards.adopt_profile")),
    Role("ADM", "System administrator", "Keeps accounts and machines; reads no list",
         ("accounts.manage_users", "accounts.manage_machines", "matchers.view_root")),
)  # fmt: skip

BY_CODE = {role.code: role for role in ROLES}


def matrix() -> str:
    """The roles as a page of Markdown: who may hold each and why, and a table of permissions by role."""
    permissions = sorted({permission for role in ROLES for permission in role.permissions})
    lines = [
        "# Roles",
        "",
        "<!-- Written by `manage.py write_docs` from the code: change that, not this. -->",
        "",
        "A role says what its holder may do. Which lists and sites they may do it to is granted to them or their team; whether to",
        "this very thing is asked of the facts: who wrote it, their rank, their session.",
        "",
        "| code | role | held by |",
        "|---|---|---|",
        *(f"| {role.code} | {role.name} | {role.held_by} |" for role in ROLES),
        "",
        f"| permission | {' | '.join(role.code for role in ROLES)} |",
        f"|---|{'---|' * len(ROLES)}",
        *(
            f"| `{permission}` | {' | '.join('yes' if permission in role.permissions else '·' for role in ROLES)} |"
            for permission in permissions
        ),
    ]
    return "\n".join(lines)
