"""How Django knows this room, and what it offers to others."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from portal import health, home, navigation, panels


class RetentionConfig(AppConfig):
    name = "retention"

    def ready(self) -> None:
        # Models can be imported only once the apps are ready; checks and document register themselves.
        from audit import verification  # noqa: PLC0415
        from retention import checks, delivered, document, guards, replay, schedule, waiting  # noqa: F401, PLC0415
        from retention.panels import holds  # noqa: PLC0415

        post_migrate.connect(delivered.tell_database, sender=self, dispatch_uid="retention.delivered")
        post_migrate.connect(guards.tell_database, sender=self, dispatch_uid="retention.guards")
        home.register(waiting.questions)
        health.register("retention", replay.is_well)
        health.register("retention_limits", waiting.limits_are_kept)
        verification.ended_before.append(schedule.events_end_before)
        for place in ("hotlists.entry", "hits.hit"):
            panels.register(place, holds, order=80)
        navigation.register("Retention", "retention_board", "retention.view_runs", 70, section="/retention/")
        navigation.register("Holds", "hold_list", _holds_without_runs, 71, section="/retention/")


def _holds_without_runs(user) -> bool:
    """Who places holds but does not watch over deletion reaches them by a word of their own."""
    return "retention.place_hold" in user.role_permissions and "retention.view_runs" not in user.role_permissions
