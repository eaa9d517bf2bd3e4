"""Fragments that a higher room shows on a lower room's page, without the lower knowing."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from markupsafe import Markup

Panel = Callable[[HttpRequest, Any], str]
_panels: dict[str, list[tuple[int, Panel]]] = {}


def register(place: str, panel: Panel, *, order: int = 50) -> None:
    """`panel(request, thing)` returns rendered HTML for `place` (such as "hotlists.entry"), or an empty string."""
    _panels.setdefault(place, []).append((order, panel))


def render(place: str, request: HttpRequest, thing: Any) -> Markup:
    """All panels of a place, in their order."""
    ordered = sorted(_panels.get(place, []), key=lambda pair: pair[0])
    return Markup("").join(Markup(panel(request, thing)) for _, panel in ordered)  # noqa: S704 - rendered templates
