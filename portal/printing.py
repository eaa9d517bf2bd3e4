"""Papers: a template made into a tagged PDF (PDF/UA) that a screen reader follows. Nothing is fetched from anywhere."""

import hashlib
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.template.loader import render_to_string

from portal.errors import Refusal

try:
    import weasyprint
except OSError:  # the library draws through Pango, which a bare machine lacks
    weasyprint = None

TYPE = "application/pdf"
FONTS = settings.BASE_DIR / "portal" / "static" / "build" / "fonts"
_Fetcher = weasyprint.urls.URLFetcher if weasyprint else object


class CannotPrint(Refusal):
    """This machine cannot make PDFs (503)."""

    status = 503
    title = "No PDF from this machine"


def pdf(template: str, context: dict[str, Any], *, kept_for: int = 0) -> bytes:
    """The PDF of a template that extends printed/paper.html. Drawing takes a second: where anybody may ask for it, it is
    `kept_for` so many seconds, as long as the same stands on it. Raises CannotPrint."""
    if weasyprint is None:
        raise CannotPrint(
            "PDFs are drawn with Pango, which this machine lacks. Whoever keeps it may install it (on Debian: apt install"
            " libpango-1.0-0 libpangoft2-1.0-0) and start the portal anew. Everything else works; the same is there as JSON."
        )
    page = render_to_string(template, context | {"force_name": settings.FORCE_NAME})
    known = hashlib.sha256(page.encode())
    key = f"paper-{known.hexdigest()}"
    if kept_for and (drawn := cache.get(key)):
        return drawn
    paper = weasyprint.HTML(string=page, base_url="paper:", url_fetcher=_OurFonts())
    drawn = paper.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=known.digest()[:16])
    if kept_for:
        cache.set(key, drawn, kept_for)
    return drawn


def paper(content: bytes, name: str) -> HttpResponse:
    """The answer that hands it out."""
    return HttpResponse(content, TYPE, headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'})


class _OurFonts(_Fetcher):  # type: ignore[misc,valid-type]
    """Our own fonts and nothing else, whatever a text says."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Raises ValueError for every other address."""
        asked = urlsplit(url)
        file = FONTS / asked.path
        if asked.scheme != "paper" or "/" in asked.path or not file.is_file():
            raise ValueError(f"a paper fetches nothing: {url}")
        return weasyprint.urls.URLFetcherResponse(url, file.read_bytes(), {"Content-Type": "font/woff2"})
