"""How Django knows this room, and what it offers to others."""

from django.apps import AppConfig

from portal import navigation


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        # Models can be imported only once the apps are ready.
        from audit import policies, registry  # noqa: PLC0415

        registry.watch()
        navigation.register("Audit log", "event_list", policies.may_read_log, 80, section="/audit/")
