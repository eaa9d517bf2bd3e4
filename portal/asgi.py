"""How an ASGI server finds the portal."""

import os

import django
from asgiref.sync import AsyncToSync
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class Handler(ASGIHandler):
    """Django's own, but a request goes to a thread once, and there through all middleware and its view.

    Django would run what can run either way on the event loop, and then hop to the thread and back for every middleware
    that has something to do: more work than most of our views. Static files and what is streamed stay on the loop.
    """

    def load_middleware(self, is_async: bool = True) -> None:
        """Built for threads from the view outwards, as far as ServeStatic, which is for the loop alone."""
        super().load_middleware(is_async=False)
        chain = self._middleware_chain
        if isinstance(chain, AsyncToSync):  # put around the outermost, for a server without a loop
            self._middleware_chain = chain.awaitable


django.setup(set_prefix=False)
application = Handler()
for around in settings.ASGI_AROUND:
    application = import_string(around)(application)
