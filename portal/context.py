"""What every page knows: whose portal it is, who is signed in, where they may go."""

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


def shell(request: HttpRequest) -> dict[str, Any]:
    """Added to every page's context."""
    return {
        "force_name": settings.FORCE_NAME,
        "dpo_contact": settings.DPO_CONTACT,
        "demo": settings.DEMO,
        "portal_version": version(),
        "user": getattr(request, "user", None),
        "navigation": lambda: navigation.items_for(request),
    }
