"""How Django knows this room."""

from django.apps import AppConfig


class CameraSitesConfig(AppConfig):
    name = "camera_sites"
