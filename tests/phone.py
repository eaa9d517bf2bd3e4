"""A telephone in somebody's hand: signed in as them, and looked at for what a program can find wrong."""

import os
from pathlib import Path

import pytest

from tests.browser import faults


@pytest.fixture
def at(page, asgi_portal, client_of):
    """at(user, path): the page on a phone, as this person, signed in, has it before them."""

    def go(user, path: str):
        page.context.clear_cookies()
        cookies = client_of(user).cookies
        page.context.add_cookies([{"name": k, "value": v.value, "url": asgi_portal} for k, v in cookies.items()])
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(asgi_portal + path)
        return page

    return go


def look_at(page, name: str) -> None:
    """Nothing wrong, nothing wider than the phone; a picture at two widths when somebody asked for pictures."""
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "wider than a phone"
    if folder := os.environ.get("PORTAL_PICTURES"):
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
