"""Who may read the log. Audit stands below accounts, so people and machines are asked by duck."""

from typing import Any

from django.utils import timezone

from portal.policies import Allowed, Denied, Verdict


def may_read_log(actor: Any) -> Verdict:
    """Whoever's role carries it, and machines that were given the scope `read`; being superuser counts for nothing."""
    if getattr(actor, "actor_kind", "") == "machine":
        return Allowed() if actor.has_scope("read") else Denied("This machine was not given the scope `read`.")
    if getattr(actor, "actor_kind", "") != "user" or not actor.is_active:
        return Denied("Only people and machines read the log.")
    if late := actor.lapsed(timezone.localdate()):
        return Denied(f"Your {late} has lapsed. Ask your line manager to renew it.")
    held = "audit.read_log" in actor.role_permissions
    return Allowed() if held else Denied("Your role does not include reading the audit log.")


def may_verify_log(actor: Any) -> Verdict:
    """The clock, and whoever may read the log."""
    return Allowed() if getattr(actor, "actor_kind", "") == "job" else may_read_log(actor)
