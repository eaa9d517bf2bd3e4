"""How Django knows this room."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "oversight"
