"""Lists over the API that show plates: each page that is taken is on record."""

from django.db.models import QuerySet
from rest_framework import generics

from accounts.authentication import actor
from hotlists import actions
from hotlists.models import Entry, EntryVersion


class LookedAt(generics.ListAPIView):
    """A list of entries, or of versions, of which looking is recorded, once a page (R-062)."""

    where = ""

    def paginate_queryset(self, queryset: QuerySet) -> list[Entry | EntryVersion]:
        """A page of them; that it was shown is recorded."""
        shown = super().paginate_queryset(queryset)
        actions.look_at_entries(shown or [], by=actor(self.request), where=self.where)
        return shown
