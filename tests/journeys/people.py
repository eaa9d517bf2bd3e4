"""A person of the demo at a browser, and what people do there again and again."""

import datetime as dt
import hashlib
import itertools
import re
import time
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.running import RunningPortal

# What an approval gives beside its verdict.
GROUNDS = {
    "necessity": "CCTV viewed: the vehicle left the scene, and whoever drove it is still at large.",
    "proportionality": "The offence is recent and serious; the entry ends within weeks.",
    "collateral_intrusion": "Colour and driver are checked before anybody is stopped.",
    "alternatives": "House enquiries led nowhere; nothing less would find it.",
    "legal_gateway": "pace",
}
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXY"
_numbers = itertools.count(int(time.time()))


def fresh_plate() -> str:
    """A plate with the never-issued age identifier 50, another one each time."""
    number, letters = next(_numbers), ""
    for _ in range(5):
        number, letter = divmod(number, len(_LETTERS))
        letters = _LETTERS[letter] + letters
    return f"{letters[:2]}50{letters[2:]}"


def a_reason(plate: str) -> str:
    """Why, not told twice alike (R-025)."""
    marks = hashlib.sha256(plate.encode()).hexdigest()
    goods = ", ".join(marks[n : n + 4] for n in range(0, 40, 4))
    return f"Left the burglary at Quay Street with boxes marked {goods}; plate and colour on the shop's CCTV."


class Person:
    """Somebody signed in; `page` is what they have before them, `complaints` what their browser had to say."""

    def __init__(self, portal: RunningPortal, context: BrowserContext, username: str):
        self.portal, self.context, self.username = portal, context, username
        self.page = self._watched(context.new_page())
        self.complaints: list[str] = []

    def _watched(self, page: Page) -> Page:
        page.set_default_timeout(20_000)
        page.on("console", lambda said: said.type == "error" and self.complaints.append(f"{page.url}: {said.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def sign_in(self) -> None:
        """With username and password, as the demo prints them."""
        self.page.goto(f"{self.portal.url}/accounts/login/")
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Password", exact=True).fill(self.portal.passwords[self.username])
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def says_why(self) -> None:
        """For which purpose they look, before they are asked; it stands for the rest of the journeys."""
        self.does("reasons/", purpose="oversight", words="The work of the day.")

    def goes_to(self, path: str) -> Page:
        """Opens an address of the portal, which has to be there. Who is asked why they look says so."""
        answer = self.page.goto(self.portal.url + path)
        if "/reasons/" in self.page.url and not path.startswith("/reasons/"):
            chooses(self.page, "I look to", "Check that what was done is lawful")
            self.page.get_by_label("Why do you need to look?").fill("The work of the day.")
            self.page.get_by_role("button", name="Go on", exact=True).click()
            self.page.wait_for_url(f"**{path}")
            return self.page
        assert answer is not None and answer.ok, f"{path}: {answer and answer.status}"
        return self.page

    def calls(self, method: str, path: str, **data: Any) -> Any:
        """The API from this person's session: the answer, whatever its status."""
        cookies = {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}
        return self.context.request.fetch(
            f"{self.portal.url}/api/v1/{path}", method=method, data=data or None,
            headers={"X-CSRFToken": cookies["csrftoken"], "Referer": self.portal.url, "Content-Type": "application/json"},
        )  # fmt: skip

    def does(self, path: str, **data: Any) -> dict[str, Any]:
        """As `calls` with POST, and it has to work."""
        answer = self.calls("POST", path, **data)
        assert answer.ok, f"{path}: {answer.status} {answer.text()}"
        return answer.json()


def facts(plate: str, **over: Any) -> dict[str, Any]:
    """An entry that may be submitted, as the API takes it."""
    now = dt.datetime.now(dt.UTC)
    return {
        "hotlist": "northdale-crime", "vrm_entered": plate, "country": "GB", "make": "Ford", "model": "Focus",
        "colour": "Blue", "category": "CRM", "purpose": "volume", "basis": "FACT", "subject": "suspect",
        "action": "ASSESS", "priority": "HIGH", "source_system": "crime",
        "source_ref": "CR/5150/26", "contact_24h": "Burglary desk, 01632 960123", "no_conflict": True,
        "reason": a_reason(plate), "area": "Northdale North", "protected_activity": False,
        "plate_confirmed_because": "Read off the footage by two officers.",
        "action_text": "Assess and stop if safe. Check the colour: do not stop on the plate alone.",
        "starts_at": now.isoformat(), "last_verified_at": now.isoformat(),
        "review_by": (now + dt.timedelta(days=14)).isoformat(), "expires_at": (now + dt.timedelta(days=28)).isoformat(),
        **over,
    }  # fmt: skip


def submitted(author: Person, plate: str, **over: Any) -> str:
    """An entry that waits for its decision, over the API: its id."""
    entry = author.does("entries/", **facts(plate, **over))["id"]
    author.does(f"entries/{entry}/submit/")
    return entry


def approve(decider: Person, entry: str) -> None:
    """A decision, over the API."""
    decider.does(f"entries/{entry}/decide/", verdict="approve", **GROUNDS)


def chooses(page: Page, legend: str, answer: str) -> None:
    """A radio button within its question."""
    page.get_by_role("group", name=re.compile(re.escape(legend))).get_by_label(answer, exact=True).check()


def sees(page: Page, words: str) -> None:
    """These words stand on the page."""
    expect(page.get_by_text(words).first).to_be_visible()
