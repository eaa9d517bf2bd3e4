"""The Jinja2 environment of every page: escaped by default, one for the process, with the words that pages say time in."""

from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from matcher_client.vrm import printed
from portal import forms, moments, panels


def tiles() -> tuple[str, str]:
    """(the address of the pictures that maps are drawn over, whom to credit); empty where maps show the coast alone."""
    return settings.MAP_TILES, settings.MAP_TILES_CREDIT


def environment(**options: Any) -> Environment:
    """Called once by Django, which caches what it returns."""
    ours = options.pop("loader")
    env = Environment(  # noqa: S701 - Django passes autoescape=True
        loader=ChoiceLoader([ours, PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})]),
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
        **options,
    )
    env.globals.update(
        static=static,
        url=url,
        component=forms.component,
        problems=forms.problems,
        revealed=forms.revealed,
        panels=panels.render,
        now=moments.now,
        tiles=tiles,
    )
    env.filters.update(
        moment=moments.moment,
        day=moments.day,
        ago=moments.ago,
        until=moments.until,
        within=moments.within,
        took=moments.took,
        lapse=moments.lapse,
        printed=printed,
        number=intcomma,
        count=count,
        vehicle=vehicle,
    )
    return env


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page by its name."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def count(n: int, one: str, many: str = "") -> str:
    """`3 entries`: a number with its noun."""
    return f"{intcomma(n)} {one if n == 1 else many or one + 's'}"


def vehicle(described: Any) -> str:
    """`Blue Ford Focus`: colour, make and model; what is not known is said once."""
    return " ".join(dict.fromkeys(filter(None, (described.colour, described.make, described.model)))) or "Not known"
