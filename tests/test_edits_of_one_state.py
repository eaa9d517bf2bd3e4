"""Of two who edit the same state over the API, the second is refused: the state is read under the lock."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_state_that_an_edit_names_is_read_once_the_row_is_locked(
    client_of, submitter, infrastructure_lead, draft_entry, dpia
):
    rows = [
        (
            submitter,
            reverse("api_entry_detail", args=[draft_entry().entry_id]),
            "hotlists_entry",
            "hotlists_entryversion",
        ),
        (
            infrastructure_lead,
            reverse("api_dpia_detail", args=[dpia.pk]),
            "camera_sites_dpia",
            "camera_sites_dpiaversion",
        ),
    ]
    for who, address, root, state in rows:
        with CaptureQueriesContext(connection) as asked:
            answer = client_of(who).patch(address, {}, content_type="application/json", headers={"If-Match": '"old"'})
        assert answer.status_code == 412, answer.content
        said = [query["sql"] for query in asked]
        locked = next(n for n, sql in enumerate(said) if f'FROM "{root}"' in sql and "FOR UPDATE" in sql)
        assert locked < next(n for n, sql in enumerate(said) if f'FROM "{state}"' in sql), address
