"""The board: hits as they come, to whoever may see their lists."""

import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any

import redis.asyncio
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.models import SignIn, User
from hits import policies
from hits.board import LIMIT, Viewer
from hits.live import CHANNEL, draw
from hits.models import Hit
from portal.errors import Refused
from portal.ids import new_id

SECONDS_BETWEEN_CHECKS = 60  # whether this person may still look, and what the clock made of what they see
SECONDS_BETWEEN_SIGNS = 15  # of life, so that nothing between here and the browser hangs up


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """The board as it stands; the browser keeps it current through the stream."""
    last = new_id()  # before the rows are read: what happens meanwhile comes with the stream
    viewer = Viewer.of(request.user)
    context = {
        "cards": viewer.cards(), "sees_sites": viewer.sees_sites, "last": last, "limit": LIMIT,
        "may_answer": policies.may_answer(request.user),
        "open_count": Hit.objects.shown().filter(hotlist__in=viewer.hotlists).open().count(),
    }  # fmt: skip
    return render(request, "hits/board.html", context)


@require_GET
async def board_stream(request: HttpRequest) -> StreamingHttpResponse:
    """What changes on the board, as server-sent events. Waiting holds no thread and no database connection."""
    viewer = await _in_database(_viewer_of, request)
    last = request.headers.get("Last-Event-ID") or request.GET.get("last", "")
    response = StreamingHttpResponse(_events(request, viewer, last), content_type="text/event-stream")
    response["Cache-Control"] = "no-cache"
    response["X-Accel-Buffering"] = "no"
    return response


async def _events(request: HttpRequest, viewer: Viewer, last: str) -> AsyncIterator[str]:
    async with redis.asyncio.Redis.from_url(settings.BROKER_REDIS_URL) as client, client.pubsub() as channel:
        await channel.subscribe(CHANNEL)
        # Subscribed first: what happens while the database is read is not missed.
        yield "retry: 2000\n\n" + await _in_database(_missed, viewer, last)
        checked = spoke = time.monotonic()
        while True:
            message = await channel.get_message(ignore_subscribe_messages=True, timeout=1.0)
            now = time.monotonic()
            if message is not None:
                told = json.loads(message["data"])
                if uuid.UUID(told["hotlist"]) in viewer.hotlists:
                    spoke = now
                    yield _as_event(told, viewer)
            elif now - spoke > SECONDS_BETWEEN_SIGNS:
                spoke = now
                yield ": still here\n\n"
            if now - checked > SECONDS_BETWEEN_CHECKS:
                checked = now
                try:
                    viewer = await _in_database(_viewer_of, request)
                except Refused as refusal:
                    yield _event("say", f"The board has stopped. {refusal}")
                    return
                yield await _in_database(_redrawn, viewer)


def _viewer_of(request: HttpRequest) -> Viewer:
    """Asked of the session and the person as they are now. Raises Refused."""
    user = get_user(request) if request.session.exists(request.session.session_key) else None
    if not isinstance(user, User) or not user.is_active or _has_signed_out(request):
        raise Refused("You are no longer signed in.")
    return Viewer.of(user)


def _has_signed_out(request: HttpRequest) -> bool:
    sign_in = getattr(request.user, "sign_in", None)
    return sign_in is not None and not SignIn.objects.filter(pk=sign_in.pk, ended_at=None).exists()


def _missed(viewer: Viewer, last: str) -> str:
    """What happened since the event that the browser saw last."""
    try:
        changed = viewer.changed_since(uuid.UUID(last))
    except ValueError:
        return ""
    if not changed:
        return ""
    cards = {card.id: card for card in viewer.cards()}
    drawn = [
        _event("fragment", draw(card, sees_sites=viewer.sees_sites)) for card in cards.values() if card.id in changed
    ]
    return "".join([*(_event("remove", gone) for gone in changed - cards.keys()), *drawn])


def _redrawn(viewer: Viewer) -> str:
    """Every card, as the clock has it now: what became overdue, how long ago things were."""
    return "".join(_event("fragment", draw(card, sees_sites=viewer.sees_sites)) for card in viewer.cards())


def _as_event(told: dict[str, Any], viewer: Viewer) -> str:
    html = told.get("site" if viewer.sees_sites else "area")
    return _event("fragment", html, told["id"]) if html else _event("remove", told["card"], told["id"])


def _event(name: str, data: str, id: str = "") -> str:
    lines = "".join(f"data: {line}\n" for line in data.splitlines() if line.strip())
    return f"id: {id or new_id()}\nevent: {name}\n{lines}\n"


async def _in_database(ask: Callable[..., Any], *facts: Any) -> Any:
    """Runs what asks the database in a thread, and gives its connection back."""

    def asked() -> Any:
        try:
            return ask(*facts)
        finally:
            close_old_connections()

    return await sync_to_async(asked)()
