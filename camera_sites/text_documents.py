"""An assessment as an OpenDocument text: what stands on its paper, to be worked on in an office program."""

import io
import re

from django.http import HttpResponse
from django.utils import timezone
from odfdo import Document, Element, Header, Paragraph, Row, Table

from camera_sites.models import DpiaVersion
from camera_sites.papers import Paper, name_of, sheet_of

TYPE = "application/vnd.oasis.opendocument.text"
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what XML cannot hold


def written(version: DpiaVersion, is_for_public: bool) -> HttpResponse:
    """The answer that hands it out, whole or as the public may read it."""
    content = odt(sheet_of(version, is_for_public=is_for_public))
    name = name_of(version, is_for_public)
    return HttpResponse(content, TYPE, headers={"Content-Disposition": f'attachment; filename="{name}.odt"'})


def odt(paper: Paper) -> bytes:
    """Headings, paragraphs and tables with a row of headings, in British English."""
    document = Document("text")
    document.meta.title, document.meta.creation_date = _clean(paper.title), timezone.now().replace(tzinfo=None)
    document.set_language("en-GB")
    body = document.body
    body.clear()
    body.append(Paragraph(_clean(paper.caption)))
    body.append(Header(1, _clean(paper.title)))
    for words in paper.standing:
        body.append(Paragraph(_clean(words)))
    for title, text in paper.sections:
        body.append(Header(2, _clean(title)))
        for block in _clean(text).split("\n\n"):
            body.append(Paragraph(block))
    for title, heads, rows in paper.tables:
        if rows:
            body.append(Header(2, _clean(title)))
            body.append(_table(title, heads, rows))
    for words in paper.ending:
        body.append(Paragraph(_clean(words)))
    if paper.digest:
        body.append(Header(2, "What advice and decision are bound to"))
        body.append(Paragraph(f"SHA-256 {paper.digest}"))
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _table(title: str, heads: list[str], rows: list[list[str]]) -> Table:
    table = Table(_clean(title))
    top = Element.from_tag("table:table-header-rows")
    top.append(_row(heads))
    for cells in rows:
        table.append_row(_row([words or "–" for words in cells]))
    table.insert(top, position=1)  # after the column that the first row brought
    return table


def _row(words: list[str]) -> Row:
    row = Row()
    row.set_values([_clean(one) for one in words])
    return row


def _clean(text: str) -> str:
    return NO_TEXT.sub("", text).replace("\r\n", "\n")
