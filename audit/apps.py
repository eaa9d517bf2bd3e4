"""How Django knows this room, and what it offers to others."""

from django.apps import AppConfig

from portal import health, navigation


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        # Models can be imported only once the apps are ready.
        from audit import policies, registry, wellness  # noqa: PLC0415

        registry.watch()
        health.register("seal", wellness.check)
        health.register("log", wellness.check_whole)
        navigation.register("Audit log", "event_list", policies.may_read_log, 80, section="/audit/")
