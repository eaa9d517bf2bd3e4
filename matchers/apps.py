"""How Django knows this room."""

from django.apps import AppConfig


class MatchersConfig(AppConfig):
    name = "matchers"
