"""How Django knows this room."""

from django.apps import AppConfig


class ScrutinyConfig(AppConfig):
    name = "scrutiny"
