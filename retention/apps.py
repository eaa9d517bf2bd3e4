"""How Django knows this room."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "retention"
