"""Step 10: what the public is shown, from the same records; and where everybody begins."""

import pytest
from playwright.sync_api import expect


def test_the_public_page_shows_counts_of_the_same_data_and_offers_them_as_files(portal, visitor, look):
    visitor.goto(f"{portal.url}/transparency/")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("How we use number plate recognition")
    assert visitor.locator("main table").count() >= 3
    look.at(visitor, "10-transparency", on_phone=True)
    told = visitor.request.get(f"{portal.url}/transparency/figures.json")
    assert told.ok and told.json()
    address = visitor.get_by_role("link", name="as CSV").first.get_attribute("href")
    assert visitor.request.get(portal.url + address).ok


def test_whoever_has_not_signed_in_sees_the_way_in_and_nothing_else(portal, visitor, look):
    visitor.goto(f"{portal.url}/entries/")
    assert "/accounts/login/" in visitor.url
    look.at(visitor, "0-sign-in", on_phone=True)


@pytest.mark.parametrize(
    "username", ["pc.shah", "sgt.okafor", "insp.lowe", "supt.hale", "manager.dunn", "control.frost", "infra.bell",
                 "dpo.marsh", "audit.quill", "iao.stone", "admin.kerr"]
)  # fmt: skip
def test_everybody_begins_with_what_waits_for_them(person, look, username):
    page = person(username).goes_to("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What waits for you")
    look.at(page)
