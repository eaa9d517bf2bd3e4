"""Assessments on paper: opened as a reader would, tagged, and with no place in what the public reads (R-120)."""

import datetime as dt
import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone
from odfdo import Document
from pypdf import PdfReader

from camera_sites import actions
from camera_sites.actions.dpias import digest_of
from camera_sites.dpia_exchange import document
from camera_sites.dpia_exchange import read as read_document
from camera_sites.models import DpiaVersion
from portal import printing
from portal.errors import Unfit
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import CONTENTS, REGISTERS

pytestmark = pytest.mark.django_db
PLACE = {"latitude": 71.934287, "longitude": -96.418763, "road": "Zander Close"}


def assessed(author, adviser, decider, **facts) -> DpiaVersion:
    """An approved version."""
    given = CONTENTS | REGISTERS | {"public_summary": "Cameras on main roads."} | facts
    version = actions.begin_dpia(by=author, ref="dpia-paper", title="Of main roads", **given)
    actions.submit(version, by=author)
    actions.advise(version, by=adviser, is_favourable=True, words="It is proportionate.")
    actions.decide(version, by=decider, verdict="approve", words="Needed.")
    return DpiaVersion.objects.get(pk=version.pk)


@pytest.fixture
def telling(live_site, infrastructure_lead, dpo, asset_owner):
    """One whose sections say where cameras stand, one of them covert, and which the public may read."""
    live_site(ref="zq-77", name="Quibble Corner", **PLACE)
    live_site(
        ref="zq-78", name="Hushed Yard", deployment="covert", authority_ref="A1",
        deployed_until=timezone.now() + dt.timedelta(days=5), **PLACE,
    )  # fmt: skip
    return assessed(
        infrastructure_lead, dpo, asset_owner, published_sections=["need", "risk_register", "measure_register"],
        need="Cars are taken at QUIBBLE CORNER, Zander Close (71.934287, -96.41), watched from Hushed Yard and zq-78.",
        flows="Nobody but us reads of Zander Close.",
    )  # fmt: skip


def opened(answer) -> PdfReader:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    return PdfReader(io.BytesIO(answer.content))


def words(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def address(name: str, version: DpiaVersion) -> str:
    return reverse(name, args=[version.dpia_id, version.number])


def test_paper_is_tagged_and_says_all_of_a_version(telling, client_of, dpo):
    pdf = opened(client_of(dpo).get(address("dpia_pdf", telling)))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == "Of main roads"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()
    said = words(pdf)
    for text in ("QUIBBLE CORNER", "71.934287", "Nobody but us reads", "It is proportionate.", telling.digest[:20]):
        assert text in said
    assert dpo.get_full_name() in said


def test_public_paper_says_what_was_chosen_and_no_place_and_nobodys_name(telling, client):
    pdf = opened(client.get(reverse("assessment_pdf", args=[telling.pk])))
    said = words(pdf)
    for text in (
        "Cameras on main roads.",
        "Cars are taken at [place withheld]",
        "The controller approved it",
        "Not published:",
    ):
        assert text in said
    hidden = str(pdf.metadata) + said
    owner = telling.measure_register[0]["owner"]
    for text in (
        "quibble",
        "zander",
        "hushed",
        "zq-7",
        "71.9",
        "96.4",
        "nobody but us",
        owner.lower(),
        "proportionate.",
    ):
        assert text not in hidden.lower(), text
    for page in pdf.pages:  # nor beneath what is drawn
        assert b"Quibble" not in page.get_contents().get_data()


def test_who_may_open_it_sees_beforehand_what_the_public_will(telling, client_of, dpo, client):
    seen = words(opened(client_of(dpo).get(address("dpia_pdf", telling) + "?for=public")))
    assert seen == words(opened(client.get(reverse("assessment_pdf", args=[telling.pk]))))


def test_nothing_but_the_summary_is_published_unless_the_author_says_so(infrastructure_lead, dpo, asset_owner, client):
    version = assessed(infrastructure_lead, dpo, asset_owner)
    said = words(opened(client.get(reverse("assessment_pdf", args=[version.pk]))))
    assert "Cameras on main roads." in said
    assert CONTENTS["description"] not in said


def test_draft_and_strangers_number_are_not_for_the_public(infrastructure_lead, client):
    version = actions.begin_dpia(by=infrastructure_lead, ref="d", title="D", public_summary="S", **CONTENTS)
    for key in (version.pk, version.dpia_id):
        assert client.get(reverse("assessment_pdf", args=[key])).status_code == 404
    assert client.get(address("dpia_pdf", version)).status_code == 302, "a stranger signs in first"


def test_what_is_published_is_part_of_what_is_approved(infrastructure_lead, telling):
    telling.published_sections = ["flows"]
    assert digest_of(telling) != telling.digest
    with pytest.raises(Unfit, match="needs changing"):
        actions.begin_version(telling.dpia, by=infrastructure_lead, published_sections=["consultees"])
    _, _, facts = read_document(document(DpiaVersion.objects.get(pk=telling.pk)))
    assert facts["published_sections"] == ["need", "risk_register", "measure_register"]


def test_api_hands_out_the_same(telling, client_of, dpo):
    answer = client_of(dpo).get(reverse("api_dpia_pdf", args=[telling.dpia_id, telling.number]))
    assert "Nobody but us reads" in words(opened(answer))


def test_a_machine_without_pango_says_so_and_goes_on(telling, client_of, dpo, monkeypatch):
    monkeypatch.setattr(printing, "weasyprint", None)
    client = client_of(dpo)
    answer = client.get(address("dpia_pdf", telling) + "?for=public")
    assert answer.status_code == 503
    assert "libpango" in answer.text
    api = client.get(reverse("api_dpia_pdf", args=[telling.dpia_id, telling.number]))
    assert (api.status_code, "libpango" in api.json()["detail"]) == (503, True)
    assert client.get(address("dpia_version", telling)).status_code == 200


def read(answer) -> tuple[Document, str]:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/vnd.oasis.opendocument.text"
    assert zipfile.ZipFile(io.BytesIO(answer.content)).infolist()[0].filename == "mimetype"
    document = Document(io.BytesIO(answer.content))
    return document, " ".join(document.get_formatted_text().split())


def test_office_program_opens_it_with_headings_and_tables(telling, client_of, dpo):
    page, api = (client_of(dpo).get(address(name, telling)) for name in ("dpia_odt", "api_dpia_odt"))
    assert page["Content-Disposition"] == 'attachment; filename="dpia-paper-1.odt"'
    document, said = read(page)
    assert (document.meta.title, document.meta.language) == ("Of main roads", "en-GB")
    assert [heading.level for heading in document.body.get_headers()][:2] == ["1", "2"]
    assert len(document.body.tables) == 2, "risks and measures; nobody was consulted"
    assert document.body.tables[0].get_elements("table:table-header-rows")
    for text in ("QUIBBLE CORNER", "Nobody but us reads", "It is proportionate.", telling.digest, "Wrongful stop"):
        assert text in said
    assert read(api)[1] == said
    assert "Nobody but us" not in read(client_of(dpo).get(address("dpia_odt", telling) + "?for=public"))[1]


def test_public_office_document_names_no_place(telling, client_of, dpo):
    answer = client_of(dpo).get(address("api_dpia_odt", telling) + "?for=public")
    held = zipfile.ZipFile(io.BytesIO(answer.content))
    content = " ".join(held.read(name).decode(errors="replace") for name in held.namelist()).lower()
    for text in ("quibble", "zander", "hushed", "zq-7", "71.9", dpo.get_full_name().lower()):
        assert text not in content, text


def test_what_xml_cannot_hold_is_left_out_of_office_documents(infrastructure_lead, client_of):
    version = actions.begin_dpia(
        by=infrastructure_lead, ref="d", title="D", **CONTENTS | {"need": "a\x0bb\x1f<c>&\n\nd"}
    )
    said = read(client_of(infrastructure_lead).get(address("dpia_odt", version)))[1]
    assert "ab<c>& d" in said


def test_text_that_asks_for_addresses_fetches_nothing(infrastructure_lead, dpo, asset_owner, client_of):
    version = assessed(
        infrastructure_lead, dpo, asset_owner, need='<img src="file:///etc/passwd"><link rel=attachment href="file:///etc/hosts">'
    )  # fmt: skip
    pdf = opened(client_of(dpo).get(address("dpia_pdf", version)))
    assert "file:///etc/passwd" in words(pdf), "as text"
    assert "/EmbeddedFiles" not in pdf.trailer["/Root"].get("/Names", {})
    with pytest.raises(ValueError, match="fetches nothing"):
        printing._OurFonts().fetch("http://127.0.0.1/")
    with pytest.raises(ValueError, match="fetches nothing"):
        printing._OurFonts().fetch("paper:../app.css")
