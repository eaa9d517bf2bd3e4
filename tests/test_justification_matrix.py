"""The national justification matrix: data of an edition of the standards, that two people change (R-112)."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.errors import Unfit
from standards import actions
from standards.delivered import MATRIX
from standards.matrix import Likelihood, LocationType, Purpose, basis_of
from standards.models import MatrixCell, StandardsProfile

pytestmark = pytest.mark.django_db


def propose(by, **over):
    base = StandardsProfile.objects.in_force(timezone.now())
    facts = {"name": "Another", "effective_from": timezone.now(), "source": "A letter", "numbers": {}, **over}
    return base, actions.propose_profile(base, by=by, **facts)


@pytest.mark.parametrize("place", LocationType.values)
def test_the_delivered_edition_has_the_matrix_as_it_is_published(place):
    profile = StandardsProfile.objects.in_force(timezone.now())
    assert "".join(profile.likelihood(place, purpose) for purpose in Purpose.values) == MATRIX[place]


def test_the_weightiest_purpose_is_the_basis():
    assert basis_of(["confidence", "local_crime", "prevention"]) == Purpose.LOCAL_CRIME
    assert basis_of([]) is None


def test_an_edition_changes_cells_and_says_which(superintendent):
    base, proposed = propose(superintendent, matrix={"minor.local_crime": "E"})
    assert proposed.likelihood("minor", "local_crime") == Likelihood.EXCEPTIONAL
    assert proposed.likelihood("minor", "serious_crime") == base.likelihood("minor", "serious_crime")
    assert proposed.changes_from(base) == [
        ("Local-authority minor road, local crime", Likelihood.LIKELY.label, Likelihood.EXCEPTIONAL.label)
    ]


@pytest.mark.parametrize("matrix", [{"moon.local_crime": "E"}, {"minor.local_crime": "X"}])
def test_a_cell_that_is_none_and_a_letter_that_is_none_are_refused(superintendent, matrix):
    with pytest.raises(Unfit) as refusal:
        propose(superintendent, matrix=matrix)
    assert set(refusal.value.fields) == {"matrix"}


def test_an_edition_without_a_matrix_keeps_the_delivered_one(superintendent):
    _, proposed = propose(superintendent)
    proposed.matrix.all().delete()
    assert proposed.likelihood("private", "local_crime") == Likelihood.EXCEPTIONAL


def test_the_database_takes_no_other_letter():
    profile = StandardsProfile.objects.in_force(timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        MatrixCell.objects.filter(profile=profile).update(likelihood="X")


def test_the_page_shows_the_matrix_and_a_proposal_changes_a_cell(client_of, superintendent):
    client = client_of(superintendent)
    assert "Justified only exceptionally" in client.get("/standards/").content.decode()
    base = StandardsProfile.objects.in_force(timezone.now())
    fields = {f"number_{one.pk}": one.value for one in base.numbers.all()}
    cell = base.matrix.get(location_type="crowded", purpose="local_crime")
    fields |= {"name": "Ed", "source": "S", "effective_from": "2030-01-01T00:00", f"cell_{cell.pk}": "E"}
    assert client.post("/standards/propose/", fields).status_code == 302
    assert StandardsProfile.objects.get(name="Ed").likelihood("crowded", "local_crime") == "E"


def test_the_api_takes_and_tells_cells(client_of, superintendent):
    body = {
        "name": "Ed", "source": "S", "effective_from": "2030-01-01T00:00:00Z", "matrix": {"minor.local_crime": "E"},
    }  # fmt: skip
    answer = client_of(superintendent).post("/api/v1/standards/", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    cells = {cell["name"]: cell["likelihood"] for cell in answer.json()["matrix"]}
    assert cells["minor.local_crime"] == "E"
