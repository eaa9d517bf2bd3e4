"""Who may do what to lists, entries and feeds, and why not."""

from .decisions import deciders_needed, may_decide, rank_needed
from .entries import (
    may_edit,
    may_open,
    may_search,
    may_submit,
    may_write,
    require_sight,
    sees,
)
from .feeds import (
    may_accept,
    may_agree,
    may_lift,
    may_load,
    may_look_at_loads,
    may_propose,
    may_refuse,
    may_search_rows,
    may_suspend_row,
    require_sight_of_feed,
)
from .hotlists import may_change, may_hand_over, may_judge, may_justify, may_manage
from .life import may_narrow, may_resume, may_review, may_suspend, may_withdraw

__all__ = [
    "deciders_needed",
    "may_accept",
    "may_agree",
    "may_change",
    "may_decide",
    "may_edit",
    "may_hand_over",
    "may_judge",
    "may_justify",
    "may_lift",
    "may_load",
    "may_look_at_loads",
    "may_manage",
    "may_narrow",
    "may_open",
    "may_propose",
    "may_refuse",
    "may_resume",
    "may_review",
    "may_search",
    "may_search_rows",
    "may_submit",
    "may_suspend",
    "may_suspend_row",
    "may_withdraw",
    "may_write",
    "rank_needed",
    "require_sight",
    "require_sight_of_feed",
    "sees",
]
