"""Files of camera sites: every problem by its row, a look before anything is proposed, all or nothing; and taken away."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import Event, EventDetail
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.exchange import COLUMNS, as_csv
from camera_sites.models import Camera, CameraSite, SiteImport
from portal.errors import Refused, Stranger, TooLate, Unfit
from tests.site_cast import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db
ROW = {
    "ref": "file-1", "name": "From a file", "area": "Northdale", "location_type": "major",
    "purposes": "serious_crime;local_crime", "need": "Thefts, by night.", "latitude": "54.61", "longitude": "-3.12",
    "owner_org": "N", "operator_org": "N", "controller": "N", "encircles": "no", "cameras": "file-1-a/1/north;file-1-b/2/south",
}  # fmt: skip


def a_csv(*rows: dict) -> bytes:
    heads = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(heads), *(",".join(f'"{row.get(name, "")}"' for name in heads) for row in rows)]
    return "\r\n".join(lines).encode()


def a_geojson(**over) -> bytes:
    facts = {name: cell for name, cell in ROW.items() if name not in ("latitude", "longitude")} | over
    point = {"type": "Point", "coordinates": [-3.12, 54.61]}
    return json.dumps({"type": "FeatureCollection", "features": [{"geometry": point, "properties": facts}]}).encode()


def read(by, *rows: dict) -> SiteImport:
    return actions.read_import(by=by, content=a_csv(*rows), file_name="sites.csv")


def test_a_file_is_looked_at_and_then_proposed_with_its_cameras(infrastructure_lead):
    made = read(infrastructure_lead, ROW, ROW | {"ref": "file-2", "cameras": ""})
    assert made.problems == {}
    assert not CameraSite.objects.exists(), "a look proposes nothing"
    actions.apply_import(made, by=infrastructure_lead)
    site = CameraSite.objects.get(ref="file-1")
    assert (site.purposes, site.encircles, site.status) == (["serious_crime", "local_crime"], False, "proposed")
    assert list(site.cameras.values_list("ref", "lane", "direction")) == [
        ("file-1-a", "1", "north"), ("file-1-b", "2", "south"),
    ]  # fmt: skip
    assert Event.objects.newest_first().first().verb == Verb.SITES_IMPORTED
    with pytest.raises(TooLate):
        actions.apply_import(made, by=infrastructure_lead)


@pytest.mark.parametrize(
    ("over", "column"),
    [({"latitude": "north"}, "latitude"), ({"latitude": "95"}, "latitude"), ({"purposes": "revenue"}, "purposes"),
     ({"name": ""}, "name"), ({"ref": "two words"}, "ref"), ({"encircles": "perhaps"}, "encircles"),
     ({"deployment": "temporary"}, "deployed_until"), ({"evidence_from": "soon"}, "evidence_from"),
     ({"area": "x" * 81}, "area"), ({"cameras": "bad ref/1/n"}, "cameras"), ({"location_type": "moon"}, "location_type"),
     ({"deployment": "temporary", "deployed_until": "9999-12-31T23:59-12:00"}, "deployed_until"),
     ({"deployed_until": "0001-01-01T00:00"}, "deployed_until"), ({"evidence_from": "0001-01-01"}, "evidence_from")],
)  # fmt: skip
def test_each_problem_is_told_by_row_and_column_and_nothing_is_proposed(infrastructure_lead, over, column):
    made = read(infrastructure_lead, ROW | {"ref": "good", "cameras": ""}, ROW | over)
    assert set(made.problems) == {"2"}
    assert column in made.problems["2"]
    with pytest.raises(Unfit, match="Row 2"):
        actions.apply_import(made, by=infrastructure_lead)
    assert not CameraSite.objects.exists()


def test_a_row_that_a_comma_moved_is_not_taken_for_less_than_it_says(infrastructure_lead):
    heads, row = a_csv(ROW).decode().split("\r\n")
    made = actions.read_import(by=infrastructure_lead, content=f"{heads}\n{row},south".encode(), file_name="sites.csv")
    assert "quotation marks" in made.problems["1"]["row"]
    good = actions.read_import(by=infrastructure_lead, content=f"{heads}\n{row},,".encode(), file_name="sites.csv")
    assert good.problems == {}, "a spreadsheet leaves empty cells behind"
    assert actions.read_import(by=infrastructure_lead, content=a_geojson(), file_name="sites.json").problems == {}


def test_a_reference_twice_or_taken_meanwhile_stops_all_of_it(infrastructure_lead, proposed_site):
    assert set(read(infrastructure_lead, ROW, ROW).problems) == {"2"}
    made = read(infrastructure_lead, ROW | {"ref": "fine", "cameras": ""}, ROW)
    proposed_site(ref="file-1")
    with pytest.raises(Unfit, match="Row 2"):
        actions.apply_import(made, by=infrastructure_lead)
    assert not CameraSite.objects.filter(ref="fine").exists()
    assert Camera.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"ref,moon\na,b", b"ref,name\na,b", a_csv(ROW).splitlines()[0], b"{}", b'{"features": [1]}', b'{"features"',
     b'{"features": [{"geometry": {"type": "Polygon", "coordinates": []}, "properties": {}}]}',
     b"name," + a_csv(ROW), a_geojson(name="Nul\0"), a_geojson(name="Half \ud800"), a_geojson(name={"ref": "x"})],
)  # fmt: skip
def test_what_is_no_such_file_says_so(infrastructure_lead, content):
    with pytest.raises(Unfit) as refusal:
        actions.read_import(by=infrastructure_lead, content=content, file_name="x")
    assert set(refusal.value.fields) == {"file"}


def test_only_who_proposes_reads_files_and_only_their_reader_applies_them(
    infrastructure_lead, operator, superintendent
):
    with pytest.raises(Refused, match="role"):
        read(operator, ROW)
    with pytest.raises(Stranger):
        actions.apply_import(read(infrastructure_lead, ROW), by=superintendent)


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_what_is_taken_away_comes_back_the_same(proposed_site, infrastructure_lead, superintendent, form):
    site = proposed_site(name="=SUM(A1)", proximity=["school"], proximity_measures="Angled, away.")
    text = actions.export_sites(CameraSite.objects.all(), by=infrastructure_lead, reason="For the board.", form=form)
    event = Event.objects.newest_first().first()
    assert (event.verb, event.operation, event.count) == (Verb.SITES_EXPORTED, "disclosure", 1)
    read_again = actions.read_import(by=infrastructure_lead, content=text.encode(), file_name=f"x.{form}")
    assert read_again.problems == {}
    assert read_again.changes["1"]["columns"] == {}, "nothing differs"
    rows = [{**row, "ref": "copy", "cameras": ""} for row in read_again.rows]
    copy = actions.apply_import(
        SiteImport.objects.create(
            rows=rows, file_name="x", made_by=infrastructure_lead, made_at=read_again.made_at
        ),
        by=infrastructure_lead,
    )[0]  # fmt: skip
    for name in ("name", "purposes", "proximity", "proximity_measures", "latitude", "longitude", "encircles", "need"):
        assert getattr(copy, name) == getattr(site, name), name


def test_geojson_is_points_with_east_before_north(proposed_site, infrastructure_lead):
    proposed_site()
    text = actions.export_sites(CameraSite.objects.all(), by=infrastructure_lead, reason="Map.", form="geojson")
    feature = json.loads(text)["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [-3.12345, 54.61234]}


def test_a_spreadsheet_takes_no_cell_for_an_order(proposed_site):
    proposed_site(name="=SUM(A1)")
    assert "'=SUM(A1)" in as_csv(CameraSite.objects.prefetch_related("cameras"))


def test_only_sites_that_one_sees_leave_and_never_without_a_reason(
    proposed_site, infrastructure_lead, operator, dpo, site_team
):
    proposed_site()
    everything = CameraSite.objects.all()
    with pytest.raises(Refused, match="role"):
        actions.export_sites(everything, by=operator, reason="Mine.", form="csv")
    with pytest.raises(Unfit, match="Say why"):
        actions.export_sites(everything, by=dpo, reason=" ", form="csv")
    dpo.groups.remove(site_team)
    with pytest.raises(Unfit, match="nothing"):
        actions.export_sites(everything, by=dpo, reason="Audit.", form="csv")


def test_pages_read_show_propose_and_take_away(infrastructure_lead, operator, client_of):
    client = client_of(infrastructure_lead)
    assert set(client.get("/camera-sites/import/template.csv").content.decode().strip().split(",")) == set(COLUMNS)
    bad = client.post(
        "/camera-sites/import/", {"file": SimpleUploadedFile("s.csv", a_csv(ROW | {"latitude": "north"}))}
    )
    page = client.get(bad.url).content.decode()
    assert "Not a number of degrees" in page
    assert "Do this" not in page
    good = client.post("/camera-sites/import/", {"file": SimpleUploadedFile("s.csv", a_csv(ROW))})
    assert "Do this: 1 site proposed" in client.get(good.url).content.decode()
    assert client_of(operator).get(good.url).status_code == 403
    client = client_of(infrastructure_lead)
    assert client.post(good.url).status_code == 302
    assert client.post("/camera-sites/export/", {"form": "csv", "reason": ""}).status_code == 422
    file = client.post("/camera-sites/export/", {"form": "csv", "reason": "For the board."})
    assert "file-1-a/1/north" in file.content.decode()
    assert client.post("/camera-sites/import/", {"file": SimpleUploadedFile("s.csv", b"x")}).status_code == 422


def test_the_api_does_the_same(infrastructure_lead, operator, client_of):
    address = "/api/v1/camera-sites/"
    body = {"file_name": "s.csv", "content": a_csv(ROW).decode()}

    def post(user, verb, body):
        return client_of(user).post(f"{address}{verb}/", body, content_type="application/json")

    assert post(operator, "import", body).status_code == 403
    made = post(infrastructure_lead, "import", body).json()
    assert client_of(infrastructure_lead).get(f"{address}import/{made['id']}/").json()["problems"] == {}
    assert client_of(operator).get(f"{address}import/{made['id']}/").status_code == 404
    assert post(infrastructure_lead, f"import/{made['id']}", {}).json()["applied_at"]
    answer = post(infrastructure_lead, "export", {"form": "geojson", "reason": "Map."})
    assert answer["Content-Type"] == "application/geo+json"
    assert len(answer.json()["features"]) == 1


def test_for_whom_sites_are_taken_away_is_on_record(live_site, client_of, infrastructure_lead):
    live_site()
    client, told = client_of(infrastructure_lead), {"reason": "Asked for.", "form": "csv", "recipient": "Commissioner"}
    assert client.post("/camera-sites/export/", told).status_code == 200
    assert client.post("/api/v1/camera-sites/export/", told, content_type="application/json").status_code == 200
    taken = Event.objects.filter(verb=Verb.SITES_EXPORTED).values("pk")
    bodies = EventDetail.objects.filter(pk__in=taken).values_list("body", flat=True)
    assert [body["recipients"] for body in bodies] == ["Commissioner"] * 2


def test_rows_are_numbered_as_a_spreadsheet_numbers_them_blank_ones_too(client, infrastructure_lead):
    heads, good, bad = a_csv(ROW, ROW | {"ref": "two words", "cameras": ""}).decode().split("\r\n")
    text = "\r\n".join([heads, good, "", ",,,", bad, "", ""])
    made = actions.read_import(by=infrastructure_lead, content=text.encode(), file_name="sites.csv")
    assert list(made.problems) == ["4"], "two rows above it were left blank"
    client.force_login(infrastructure_lead)
    page = client.get(f"/camera-sites/import/{made.pk}/").content.decode()
    assert "2 rows read, 1 row with problems" in page
    assert ('<td class="app-number">4</td><th scope="row">two words' in page, ">5</td>" in page) == (True, False)
    mended = actions.read_import(
        by=infrastructure_lead, content=text.replace("two words", "file-2").encode(), file_name="x"
    )
    assert [site.ref for site in actions.apply_import(mended, by=infrastructure_lead)] == ["file-1", "file-2"]
