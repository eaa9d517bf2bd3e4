"""What somebody typed outlives their session: sent after it ended, it waits in the new one until the same person signs in."""

import time
from collections.abc import Callable
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.deprecation import MiddlewareMixin

KEY = "typed"
FIELD = "typed_by"  # a signed field of the form: whose words these are
LIFE = 3600  # seconds in which one signs in again
LONGEST = 50_000  # characters; no form of words is longer
_SALT = "portal.typed"

View = Callable[..., HttpResponse]


def keeps_typed(view: View) -> View:
    """Marks a view whose posted form is kept when the session has ended; the view asks `restored(request)` for it."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


def signature(request: HttpRequest) -> str:
    """What a form carries so that its words come back only to who typed them."""
    return signing.dumps(str(request.user.pk), salt=_SALT)


def restored(request: HttpRequest) -> QueryDict | None:
    """What this person had typed here when their session ended, once; None if nothing waits, or it is another's."""
    kept: dict[str, Any] | None = request.session.get(KEY)
    if request.method != "GET" or not kept or kept["path"] != request.path:
        return None
    del request.session[KEY]
    if time.time() - kept["at"] > LIFE or kept["who"] != str(request.user.pk):
        return None
    return QueryDict(kept["body"])


class TypedMiddleware(MiddlewareMixin):
    """Before LoginRequiredMiddleware sends somebody to sign in: keeps what they sent, if the view asks for that."""

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        """Only after the CSRF check, so only what a page of ours sent."""
        if request.method != "POST" or request.user.is_authenticated or not getattr(view, "keeps_typed", False):
            return
        body = request.POST.copy()
        body.pop("csrfmiddlewaretoken", None)
        said = body.pop(FIELD, [""])[0]
        try:
            who = signing.loads(said, salt=_SALT, max_age=7 * 86400)
        except signing.BadSignature:
            return
        if len(encoded := body.urlencode()) <= LONGEST:
            request.session.set_expiry(LIFE)  # nobody's session, which goes with these words unless somebody signs in
            request.session[KEY] = {"path": request.path, "who": who, "at": time.time(), "body": encoded}
