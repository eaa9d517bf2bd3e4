"""Telling open boards what changed: one rendering for all who look, sent through Redis, nothing kept."""

import functools
import json
from typing import Any

import redis
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from hits.limits import Limits
from hits.models import Hit
from hits.story import Card, card_id
from portal.ids import new_id

CHANNEL = f"{settings.REDIS_CHANNEL_PREFIX}board"


def tell_boards(hit: Hit) -> None:
    """After commit, every open board that may show this hit's list shows how its vehicle now stands; of a withheld hit
    none is told."""
    if hit.withheld_by:
        return
    transaction.on_commit(lambda: _publish(hit), robust=True)


def change_of(hit: Hit) -> dict[str, Any]:
    """What a board is told of this hit's vehicle: its list, and the card as those see it who may see sites, and others;
    no card when no sighting of it is open."""
    now = timezone.now()
    limits = Limits.in_force(now)
    newest = Hit.objects.of_same_vehicle(hit).open().raising_alarm().order_by("-pk").values("pk")[:1]
    shown = Hit.objects.filter(pk__in=newest).with_urgency(now, limits).with_story().first()
    told = {"id": str(new_id()), "hotlist": str(hit.hotlist_id), "card": card_id(hit)}
    if shown is None:
        return told
    card = Card.of(shown, now, limits)
    is_news = shown.pk == hit.pk and shown.acknowledged_at is None
    return told | {"site": draw(card, sees_sites=True, say=is_news), "area": draw(card, sees_sites=False, say=is_news)}


def draw(card: Card, *, sees_sites: bool, say: bool = False) -> str:
    """A card as HTML. With `say`, screen readers are told of it."""
    return render_to_string("hits/_card.html", {"card": card, "sees_sites": sees_sites, "say": say})


@functools.cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.BROKER_REDIS_URL, socket_timeout=3)


def _publish(hit: Hit) -> None:
    _redis().publish(CHANNEL, json.dumps(change_of(hit)))
