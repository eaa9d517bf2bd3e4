"""Assessments as files: taken away with a digest that anybody can check, brought in again, and brought in from another tool."""

import contextlib
import hashlib
import json

import jsonschema
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Event
from audit.verbs import Verb
from camera_sites import actions
from camera_sites.dpia_contents import SECTIONS, digest
from camera_sites.dpia_exchange import document, parsed, plain, read, schema
from camera_sites.models import Dpia, DpiaVersion
from portal.errors import Refused, Unfit
from tests.site_cast import *  # noqa: F403 - fixtures
from tests.site_cast import RISK

pytestmark = pytest.mark.django_db


def answer(ref, text=None, gauge=None, items=()):
    return {"id": 1, "pia_id": 3, "reference_to": ref, "data": {"text": text, "gauge": gauge, "list": list(items)}}


def of_the_tool(**over) -> dict:
    """As the tool exports an assessment, made up for these tests."""
    return {
        "pia": {
            "id": 3, "dbVersion": 201707071818, "status": 3, "name": "Ring road cameras", "author_name": "A. Writer",
            "dpo_opinion": "Acceptable.", "dpo_status": 1, "people_names": "Drivers", "created_at": "2026-01-01T00:00:00Z",
            "concerned_people_opinion": "They agree.", "concerned_people_searched_content": "", "category": "",
        },
        "answers": [
            answer(111, "<p>Reads at <strong>three</strong> lanes.</p><ul><li>north</li><li>south</li></ul>"),
            answer(121, "Plates and times."), answer(211, "Stolen vehicles."), answer(212, "Law enforcement."),
            answer(226, "Contracts bind suppliers."), answer(299, "An answer of a later edition."),
            answer(321, None, None, ["Journeys known"]), answer(322, None, None, ["Staff"]),
            answer(325, "Hard to undo.", 3), answer(326, "It happens.", 2), answer(331, None, None, ["Wrong stops"]),
        ],
        "measures": [{"id": 9, "title": "Logging", "content": "<div>All looking is recorded.</div>", "placeholder": "x"}],
        "evaluations": [
            {"id": 5, "reference_to": "3.1.9", "status": 2, "action_plan_comment": "Sample the log.",
             "person_in_charge": "DPO", "estimated_implementation_date": "2027-02-01T00:00:00.000Z",
             "evaluation_comment": "Not enough.", "gauges": {"x": 0, "y": 0}},
        ],
        "comments": [{"description": "Is this so?"}],
        **over,
    }  # fmt: skip


def test_document_fits_its_published_schema_and_its_digest(advised, asset_owner, client_of):
    actions.decide(advised, by=asset_owner, verdict="approve", words="Necessary.")
    client = client_of(asset_owner)
    page = client.get(reverse("dpia_document", args=[advised.dpia_id, 1]))
    assert page.headers["Content-Disposition"] == 'attachment; filename="dpia-ring-1.json"'
    told = json.loads(page.content)
    published = json.loads(client.get(reverse("dpia_schema")).content)
    jsonschema.Draft202012Validator.check_schema(published)
    jsonschema.validate(told, published)
    canonical = json.dumps(told["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert told["digest"] == hashlib.sha256(canonical.encode()).hexdigest() == advised.digest
    assert told["decision"]["verdict"] == "approve"
    assert client.get(reverse("api_dpia_document", args=[advised.dpia_id, 1])).json() == told
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**told, "content": {**told["content"], "risk_register": [{"key": "R1"}]}}, published)


def test_what_was_taken_away_comes_in_again_as_a_draft(advised, asset_owner, infrastructure_lead):
    actions.decide(advised, by=asset_owner, verdict="approve", words="Necessary.")
    advised.refresh_from_db()
    version = actions.import_dpia(by=infrastructure_lead, ref="again", document=document(advised))
    version.refresh_from_db()
    assert (version.status, version.dpia.title, version.dpia.ref) == ("draft", "Ring road", "again")
    assert all(getattr(version, name) == getattr(advised, name) for name in SECTIONS)
    assert version.risk_register == advised.risk_register
    assert {item["at"] for item in version.left_over} == {"advice", "decision"}
    actions.submit(version, by=infrastructure_lead)


def test_document_altered_on_its_way_is_refused(draft, infrastructure_lead):
    told = document(draft)
    told["content"]["sections"]["measures"] = "fewer"
    with pytest.raises(Unfit, match="altered"):
        actions.import_dpia(by=infrastructure_lead, ref="again", document=told)
    assert Dpia.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"attachments": 5}, {"attachments": {"a": 1}}, {"left_over": [5]}, {"left_over": ["a"]}, {"left_over": [{"at": "a"}]}],
)  # fmt: skip
def test_document_not_as_its_schema_says_is_refused_though_its_digest_fits(draft, infrastructure_lead, wrong):
    whole = document(draft)["content"] | wrong
    with pytest.raises(Unfit, match="not an assessment"):
        actions.import_dpia(by=infrastructure_lead, ref="again", document={"content": whole, "digest": digest(whole)})


def test_what_an_answer_says_beside_what_is_taken_of_it_is_kept(infrastructure_lead):
    told = of_the_tool(answers=[
        answer(111, "Reads.", None, ["At three lanes"]), answer(321, "Journeys of all.", None, ["Journeys known"]),
        answer(325, "Hard to undo.", 3), answer(331, None, None, ["First said"]), answer(331, None, None, ["Said again"]),
        answer(329, "Of a later edition."),
    ])  # fmt: skip
    version = actions.import_dpia(by=infrastructure_lead, ref="from-tool", document=told)
    left = {item["at"]: item["value"] for item in version.left_over if item["at"].startswith("answers.")}
    assert left == {
        "answers.111.list": ["At three lanes"], "answers.321.text": "Journeys of all.", "answers.325.gauge": 3,
        "answers.331": told["answers"][4]["data"], "answers.329": told["answers"][5]["data"],
    }  # fmt: skip
    assert (version.risk_register, "First said" in version.risks) == ([], True)


def test_the_other_tools_assessment_is_mapped_and_the_rest_kept(infrastructure_lead):
    version = actions.import_dpia(by=infrastructure_lead, ref="from-tool", document=of_the_tool())
    version.refresh_from_db()
    assert version.dpia.title == "Ring road cameras"
    assert version.description == "Reads at three lanes.\n- north\n- south"
    assert (version.need, version.flows) == ("Stolen vehicles.", "Plates and times.")
    assert (version.lawful_basis, version.safeguards) == ("Law enforcement.", "Contracts bind suppliers.")
    assert version.measures == "Logging: All looking is recorded."
    risk = version.risk_register[0]
    assert risk["risk"] == "Illegitimate access to data. Impacts: Journeys known. Threats: Staff"
    assert [risk[f"{what}_{when}"] for when in ("before", "after") for what in ("likelihood", "severity")] == [
        2,
        3,
        2,
        3,
    ]
    assert len(version.risk_register) == 1
    assert "Wrong stops" in version.risks  # not judged there, so no row: its words are kept
    plan = version.measure_register[0]
    assert (plan["measure"], plan["owner"], plan["due"]) == ("Sample the log.", "DPO", "2027-02-01")
    assert version.consultees[0]["said"] == "They agree."
    left = {item["at"] for item in version.left_over}
    assert left >= {
        "answers.299",
        "pia.dpo_opinion",
        "pia.author_name",
        "comments",
        "evaluations.3.1.9.evaluation_comment",
    }
    assert not left & {"pia.name", "pia.dbVersion", "pia.category", "answers.111"}
    event = Event.objects.filter(verb=Verb.DPIA_IMPORTED).get()
    assert event.subject_id == str(version.dpia_id)


def test_everything_that_said_something_is_somewhere(infrastructure_lead):
    """Every word that the file holds stands in the version, in a section, a row or what came along."""
    told = of_the_tool()
    version = actions.import_dpia(by=infrastructure_lead, ref="from-tool", document=told)
    kept = json.dumps(
        [version.dpia.title, *(getattr(version, name) for name in (*SECTIONS, "left_over", "consultees"))]
    )
    kept += json.dumps([version.risk_register, version.measure_register])
    for word in ("A. Writer", "Acceptable.", "Drivers", "north", "later edition", "Hard to undo.", "It happens.", "Is this so?",
                 "Not enough.", "All looking is recorded.", "Sample the log."):  # fmt: skip
        assert word in kept, word


def test_what_came_along_stays_with_the_next_version_and_in_the_digest(infrastructure_lead, client_of):
    version = actions.import_dpia(by=infrastructure_lead, ref="from-tool", document=of_the_tool())
    assert document(version)["content"]["left_over"] == version.left_over
    jsonschema.validate(document(version), schema())
    page = client_of(infrastructure_lead).get(reverse("dpia_version", args=[version.dpia_id, 1]))
    assert b"An answer of a later edition." in page.content


@pytest.mark.parametrize(
    "given",
    [None, [], {}, {"pia": 3}, {"pia": {}, "answers": 3}, {"content": {"format": "another/1"}}, {"content": {}}, "x"],
)
def test_what_is_no_assessment_is_refused(infrastructure_lead, given):
    with pytest.raises(Unfit):
        actions.import_dpia(by=infrastructure_lead, ref="nothing", document=given)
    assert not Dpia.objects.exists()


@pytest.mark.parametrize("data", [b"", b"\xff", b"{", b"[" * 100_000, b"PK\x03\x04"])
def test_what_is_no_json_is_refused(data):
    with pytest.raises(Unfit, match="no JSON"):
        parsed(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    pia=st.dictionaries(st.sampled_from(["name", "people_names", "concerned_people_opinion", "x"]), json_values),
    answers=st.lists(
        st.fixed_dictionaries({"reference_to": st.sampled_from([111, "325", 326, 9, None]),
                               "data": json_values | st.dictionaries(st.sampled_from(["text", "gauge", "list"]), json_values)})
        | json_values, max_size=4,
    ),
    rest=st.dictionaries(st.sampled_from(["measures", "evaluations", "comments"]), json_values),
)  # fmt: skip
def test_no_made_up_file_is_a_fault_of_ours(pia, answers, rest):
    with contextlib.suppress(Unfit):
        read({"pia": pia, "answers": answers, **rest})


def test_rich_text_becomes_lines():
    assert plain("<div>One <b>two</b><br />three</div><script>x</script>&amp; <ul><li>a</li></ul>").startswith(
        "One two\nthree"
    )
    assert plain(None) == plain(3) == ""


def test_page_brings_a_file_in_and_says_what_is_wrong(infrastructure_lead, dpo, client_of):
    client = client_of(infrastructure_lead)
    address = reverse("dpia_import")

    def post(content: bytes, ref="by-page"):
        file = SimpleUploadedFile("pia.json", content, "application/json")
        return client.post(address, {"ref": ref, "file": file}, follow=True)

    wrong = post(b"no json", ref="kept-ref")
    assert (wrong.status_code, b"holds no JSON" in wrong.content, b"kept-ref" in wrong.content) == (422, True, True)
    assert b"is too large" in wrong.content or DpiaVersion.objects.count() == 0
    done = post(json.dumps(of_the_tool()).encode())
    assert b"have no section here and are kept" in done.content
    assert DpiaVersion.objects.get().dpia.ref == "by-page"
    assert b"has this reference already" in post(json.dumps(of_the_tool()).encode()).content
    assert client_of(dpo).get(address).status_code == 403


def test_api_brings_a_document_in_for_people_who_write(infrastructure_lead, dpo, client_of):
    def post(client, **body):
        return client.post(reverse("api_dpia_import"), json.dumps(body), content_type="application/json")

    made = post(client_of(infrastructure_lead), ref="by-api", document=of_the_tool())
    assert made.status_code == 201, made.content
    assert made.json()["versions"][0]["left_over"]
    assert post(client_of(infrastructure_lead), ref="other", document={}).status_code == 422
    assert post(client_of(dpo), ref="other", document=of_the_tool()).status_code == 403
    with pytest.raises(Refused):
        actions.import_dpia(by=dpo, ref="other", document=of_the_tool())


def test_rows_that_no_register_takes_are_refused_whole(draft, infrastructure_lead):
    told = document(draft)
    told["content"]["risk_register"] = [RISK | {"severity_after": 9}]
    told["digest"] = hashlib.sha256(
        json.dumps(told["content"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()
    with pytest.raises(Unfit):
        actions.import_dpia(by=infrastructure_lead, ref="again", document=told)
