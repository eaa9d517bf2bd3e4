"""What the navigation offers: each room registers its pages; a person is shown those they may open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

Gate = str | Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class Entry:
    """One word of the navigation: where it leads and who is shown it."""

    label: str
    url_name: str
    gate: Gate
    order: int
    section: str

    def is_open_to(self, user: Any) -> bool:
        """Whether this person is shown it, by their roles as pages are judged; the page itself judges again."""
        return bool(self.gate in user.role_permissions if isinstance(self.gate, str) else self.gate(user))


@dataclass(frozen=True, slots=True)
class Item:
    """One word as this request shows it."""

    label: str
    url: str
    is_current: bool


_entries: list[Entry] = []


def register(label: str, url_name: str, permission: Gate, order: int = 50, *, section: str = "") -> None:
    """`permission` is a codename with its app, or a callable of the user; called from AppConfig.ready().

    `section` is the path under which the word is shown as current; without it, the page's own path.
    """
    _entries.append(Entry(label, url_name, permission, order, section))


def items_for(request: HttpRequest) -> list[Item]:
    """What this request's navigation shows, in order; nothing to strangers."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    shown = []
    for entry in sorted(_entries, key=lambda entry: (entry.order, entry.label)):
        if not entry.is_open_to(user):
            continue
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        shown.append((entry, url))
    # The longest path that the request is under: /hotlists/ is not current on /hotlists/search/ if that has its own word.
    under = [
        entry.section or url
        for entry, url in shown
        if request.path == url or ((entry.section or url) != "/" and request.path.startswith(entry.section or url))
    ]
    here = max(under, key=len, default=None)
    return [Item(entry.label, url, (entry.section or url) == here) for entry, url in shown]
