"""Every page that somebody of the demo can reach, looked at: without faults, and no wider than a phone."""

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve

from tests.journeys.looking import Looker
from tests.journeys.people import Person

LOOKED_AT = 1  # page of a kind; more of them are only followed further
KINDS = 60  # at least so many kinds of page are reached: fewer, and the links no longer lead through the portal
FOLLOWED = 2  # links of a kind, by each person


class Links(HTMLParser):
    """Where the anchors of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes an anchor's address; downloads are no pages."""
        named = dict(attrs)
        if tag == "a" and named.get("href") and "download" not in named:
            self.found.append(str(named["href"]))


@pytest.mark.timeout(1500)
def test_every_page_has_no_fault_at_either_width(portal, person, look: Looker):
    """People at their desks follow every link they have; each kind of page is looked at, with and without a hurry."""
    seen: Counter[str] = Counter()
    for user in portal.told["users"]:
        someone = person(user["username"])
        someone.says_why()
        for url in pages_of(someone, seen):
            someone.page.goto(url)
            look.at(someone.page, on_phone=True)
    assert len(seen) > KINDS, sorted(seen)


def pages_of(someone: Person, seen: Counter[str]) -> Iterator[str]:
    """Addresses of pages that this person may open, breadth first; the first of each kind, whoever saw them."""
    waiting, known, followed = [f"{someone.portal.url}/"], {f"{someone.portal.url}/"}, Counter[str]()
    while waiting:
        url = waiting.pop(0)
        name = resolve(urlsplit(url).path).view_name
        followed[name] += 1
        if followed[name] > FOLLOWED:
            continue
        answer = someone.context.request.get(url)
        assert answer.status != 500, url
        if not answer.ok or "text/html" not in answer.headers.get("content-type", ""):
            seen[name] += answer.ok  # a file to take along
            continue
        links = Links()
        links.feed(answer.text())
        for link in links.found:
            to = urldefrag(urljoin(answer.url, link)).url
            if to.startswith(someone.portal.url) and to not in known and is_ours(to):
                known.add(to)
                waiting.append(to)
        if seen[name] < LOOKED_AT:
            seen[name] += 1
            yield url


def is_ours(url: str) -> bool:
    """Whether a view answers at this address, and it is not what ends the session."""
    try:
        return resolve(urlsplit(url).path).view_name not in ("account_logout", "api_schema")
    except Resolver404:
        return False
