"""A browser for the tests that need eyes and hands: Chromium of the system, or the one that Playwright brought."""

import shutil

import pytest
from django.conf import settings
from playwright.sync_api import Error, sync_playwright

# Fixtures are not among them: tests/conftest.py brings them for the whole run, and a second browser cannot be started beside the first.
__all__ = ["faults", "says_why", "sign_in"]

# Two components that GOV.UK tried with people and ships knowingly, though the programs' rules do not foresee them: radios that
# reveal a field say aria-expanded; the button of a file upload is named by the words around it.
KNOWN = {"aria-allowed-attr": "govuk-radios__input", "label-content-name-mismatch": "govuk-file-upload-button"}


@pytest.fixture(scope="session")
def chromium():
    """One browser for the run; without one the tests that ask for it are skipped, and say so."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except Error as missing:
            pytest.skip(f"NO BROWSER: pages were not looked at ({missing.message.splitlines()[0]})")
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    """A page of a fresh browser; `page.complaints` is what it had to say, such as of a script that the policy stopped."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.complaints = []
    page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()


def faults(page) -> list[str]:
    """What axe finds wrong with the page as it is drawn now."""
    page.evaluate((settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js").read_text())
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", rules)
    return [
        f"{fault['id']}: {node['html'][:200]}"
        for fault in found["violations"]
        for node in fault["nodes"]
        if KNOWN.get(fault["id"], "\0") not in node["html"]
    ]


def sign_in(page, live_server, username: str, password: str) -> None:
    """As a person does it."""
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def says_why(page) -> None:
    """Who is asked why they look says so, and is where they wanted to be; nobody else is kept."""
    if "/reasons/?next=" not in page.url:
        return
    page.get_by_label("Check that what was done is lawful").check()
    page.get_by_label("Why do you need to look?").fill("Looked at for a test.")
    page.get_by_role("button", name="Go on", exact=True).click()
    page.wait_for_url(lambda url: "/reasons/" not in url)
