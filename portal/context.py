"""What every page knows: whose portal it is, who is signed in, where they may go."""

import json
import tomllib
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal import navigation


@cache
def version() -> str:
    """The version of this portal, from its project file."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    return str(project["project"]["version"])


def demo_people() -> list[dict[str, str]]:
    """Whom a visitor of the demonstration may be: made up, with passwords that open nothing else."""
    written = settings.STATE_DIR / "demo.json"
    if not settings.DEMO or not written.exists():
        return []
    return json.loads(written.read_text())["users"]  # type: ignore[no-any-return]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Added to every page's context."""
    return {
        "force_name": settings.FORCE_NAME,
        "dpo_contact": settings.DPO_CONTACT,
        "demo": settings.DEMO,
        "demo_people": demo_people,
        "portal_version": version(),
        "user": getattr(request, "user", None),
        "navigation": lambda: navigation.items_for(request),
    }
