"""How Django knows this room, and what it offers to others."""

from django.apps import AppConfig

from portal import navigation


class StandardsConfig(AppConfig):
    name = "standards"

    def ready(self) -> None:
        navigation.register("Standards", "profile_list", "standards.adopt_profile", 75, section="/standards/")
