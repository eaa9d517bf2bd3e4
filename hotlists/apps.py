"""How Django knows this room."""

from django.apps import AppConfig


class HotlistsConfig(AppConfig):
    name = "hotlists"
