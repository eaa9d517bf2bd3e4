"""How an ASGI server finds the portal."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

application = get_asgi_application()
for around in settings.ASGI_AROUND:
    application = import_string(around)(application)
