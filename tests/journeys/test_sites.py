"""Step 9: camera sites live, waiting, lapsed; what is read at one out of service is not matched, and a hit is marked."""

import datetime as dt
import re

from playwright.sync_api import expect

from tests.journeys.people import approve, chooses, fresh_plate, sees, submitted
from tests.journeys.running import eventually

LIVE, WAITING, LAPSED = "nd-a02", "nd-b01", "nd-b02"


def test_the_registry_shows_what_is_live_what_waits_and_what_lapsed_on_a_map_and_beside_it(person, look):
    bell = person("infra.bell")
    page = bell.goes_to("/camera-sites/")
    rows = page.get_by_role("row")
    expect(rows.filter(has_text="Airport approach")).to_contain_text("In service")
    expect(rows.filter(has_text="Coast road, Eastcliff")).to_contain_text(
        re.compile("lapsed|out of service", re.IGNORECASE)
    )
    look.at(page, "9-registry", on_phone=True)
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.locator(".app-map path").first).to_be_visible()
    look.at(page, "9-map", on_phone=True)
    page.get_by_role("link", name="Coast road, Eastcliff").click()
    sees(page, "Reads from this site are not matched")
    look.at(page, "9-lapsed")


def test_a_lapsed_sites_reads_are_not_matched_and_a_hit_sent_all_the_same_is_kept_and_reported(portal, person, look):
    plate = fresh_plate()
    entry = submitted(person("pc.shah"), plate)
    approve(person("sgt.okafor"), entry)
    eventually(lambda: portal.read(0, plate, site=LIVE), "the live site's read is matched", 10, every=0.3)
    assert portal.read(0, plate, site=LAPSED) == 0
    assert portal.read(0, plate, site=WAITING) == 0

    frost = person("control.frost")
    own = eventually(lambda: _hits_on(frost, plate), "the portal has the hit", 10)[0]
    told = frost.calls("GET", f"hits/{own}/").json()
    with portal.as_matcher(0) as matcher:  # one that does not heed what it was told of sites
        answer = matcher.post("hits/", json={
            "reference": f"disobedient-{plate}", "hotlist": portal.role("northdale-crime"), "revision": told["revision"],
            "country": "GB", "vrm": plate, "ref": entry, "version": told["version"], "vrm_read": plate,
            "country_read": "GB", "site": LAPSED, "camera": f"{LAPSED}-c1",
            "captured_at": dt.datetime.now(dt.UTC).isoformat(), "confidence": 0.96,
        })  # fmt: skip
    assert answer.status_code == 201, answer.text
    page = frost.goes_to(f"/hits/{answer.json()['id']}/")  # not another of the plate: the cameras see it again
    expect(page.locator(".app-hit__cautions").first).to_contain_text(re.compile("not in service|out of service"))
    look.at(page, "9-hit-from-a-lapsed-site")

    bell = person("infra.bell")

    def is_reported():
        return bell.goes_to("/").get_by_text(re.compile("finding", re.IGNORECASE)).count()

    eventually(is_reported, "a finding waits for who answers for the site", 10, every=0.5)
    look.at(bell.page, "9-reported")


def test_advice_and_a_decision_by_two_people_bring_the_waiting_site_live(portal, person, look):
    marsh, stone, hale = person("dpo.marsh"), person("iao.stone"), person("supt.hale")
    plate = fresh_plate()
    approve(person("sgt.okafor"), submitted(person("pc.shah"), plate))
    eventually(lambda: portal.read(1, plate, site=LIVE), "the entry is matched", 10, every=0.3)
    assert portal.read(1, plate, site=WAITING) == 0

    page = marsh.goes_to("/dpias/?show=open")
    page.get_by_role("link", name="Station Parade").click()
    address = page.url.removeprefix(portal.url)
    page.get_by_role("button", name=re.compile("advi", re.IGNORECASE)).click()
    chooses(page, "Your advice", "In favour")
    page.get_by_label("Why", exact=True).fill("One camera, at the place where the thefts are; signs are up.")
    look.at(page, "9-advice", on_phone=True)
    page.locator("main").get_by_role("button", name=re.compile("advice", re.IGNORECASE)).last.click()
    page.wait_for_url(f"**{address}")

    page = stone.goes_to(f"{address}decide/")
    chooses(page, "Your decision", "Approve")
    page.get_by_label("Why", exact=True).fill("Necessary; the measures answer the risks.")
    look.at(page, "9-decision")
    page.locator("main").get_by_role("button", name=re.compile("decision", re.IGNORECASE)).last.click()
    page.wait_for_url(f"**{address}")

    page = hale.goes_to("/camera-sites/")
    page.get_by_role("link", name="Station Parade").click()
    page.get_by_role("button", name=re.compile("live", re.IGNORECASE)).first.click()
    look.at(page)
    page.locator("main form button[type=submit]").first.click()
    sees(page, "Live")
    look.at(page, "9-live")
    eventually(lambda: portal.read(1, plate, site=WAITING), "the site's reads are matched now", 20, every=0.3)


def test_a_renewal_returns_a_lapsed_site_to_service_and_the_next_lapse_ends_it_though_nobody_does_anything(
    portal, person, look
):
    bell, marsh, stone = person("infra.bell"), person("dpo.marsh"), person("iao.stone")
    plate = fresh_plate()
    approve(person("sgt.okafor"), submitted(person("pc.shah"), plate))
    eventually(lambda: portal.read(1, plate, site=LIVE), "the entry is matched", 10, every=0.3)
    assert portal.read(1, plate, site=LAPSED) == 0

    page = bell.goes_to("/dpias/")
    page.get_by_role("link", name="Eastcliff", exact=True).click()
    pk = page.url.rstrip("/").rsplit("/", 1)[-1]
    address = f"/dpias/{pk}/"
    page.get_by_role("button", name="Write a new version").click()
    page.get_by_role("button", name=re.compile("submit", re.IGNORECASE)).first.click()
    page.wait_for_url(f"**{address}")
    marsh.goes_to("/")
    marsh.does(f"dpias/{pk}/advise/", is_favourable=True, words="Still proportionate.")
    stone.goes_to("/")
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=25)
    stone.does(f"dpias/{pk}/decide/", verdict="approve", words="Renewed.", review_due_at=ends.isoformat())

    eventually(lambda: portal.read(1, plate, site=LAPSED), "the site's reads are matched again", 20, every=0.3)
    look.at(bell.goes_to(address), "9-renewed")
    eventually(lambda: dt.datetime.now(dt.UTC) > ends, "the DPIA lapses", 40, every=0.5)
    assert portal.read(1, plate, site=LAPSED) == 0
    page = bell.goes_to("/camera-sites/?show=out")
    page.get_by_role("link", name="Coast road, Eastcliff").click()
    sees(page, "Reads from this site are not matched")
    look.at(page, "9-lapsed-again")


def _hits_on(frost, plate: str) -> list[str]:
    return [hit["id"] for hit in frost.calls("GET", "hits/").json()["results"] if hit["vrm"] == plate]
