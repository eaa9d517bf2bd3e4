"""What this room shows on other rooms' pages."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone

from hotlists.models import Entry, Hotlist
from matchers import policies
from matchers.disclosed import of_entry as of_entry_files
from matchers.disclosed import of_list
from matchers.freshness import copies_of, held_of_entry
from matchers.models import Halt, Publication

MOST = 5  # files shown beside what matchers hold; all stand on their own page


def of_entry(request: HttpRequest, entry: Entry) -> str:
    """Who holds this entry now; once it is withdrawn, who has proved that it is forgotten, and how soon."""
    context = {"held": held_of_entry(entry, timezone.now()), "entry": entry, "files": of_entry_files(entry, MOST)}
    return render_to_string("matchers/panel_entry.html", context, request=request)


def of_hotlist(request: HttpRequest, hotlist: Hotlist) -> str:
    """Who holds this list, and what was published last."""
    if not policies.may_view(request.user):
        return ""
    newest = Publication.objects.current().filter(hotlist=hotlist).first()
    context = {"copies": copies_of(hotlist, timezone.now()), "newest": newest, "hotlist": hotlist,
               "files": of_list(hotlist, MOST), "may_export": policies.may_export_list(request.user, hotlist),
               "halts": Halt.objects.holding().filter(hotlist=hotlist).select_related("hotlist")}  # fmt: skip
    return render_to_string("matchers/panel_hotlist.html", context, request=request)
