"""How Django knows this room."""

from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "standards"
