"""The building itself: settings, addresses, the clock, the shared web shell. Knows no domain rule."""

from .celery import app as celery_app

__all__ = ["celery_app"]
