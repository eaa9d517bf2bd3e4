"""The API against its own document: nothing sent to any of its addresses makes the server fail, and a stranger gets 401."""

import pytest
import requests
import schemathesis
from django.test import Client
from django.urls import reverse
from drf_spectacular.drainage import reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings

from accounts.actions import add_machine
from tests.cast import JOB

pytestmark = pytest.mark.django_db

schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
WITHOUT_SIGN_IN = {"/api/v1/schema/"}


@schemathesis.serializer("application/zip")
def archive(context, value) -> bytes:
    """Whatever was made up, as it is: no archive."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
def bearer() -> dict[str, str]:
    """A machine that may do all that machines may."""
    machine, secret = add_machine("contract", by=JOB, scopes=["read", "write", "matcher"])
    credentials = {
        "grant_type": "client_credentials",
        "client_id": machine.application.client_id,
        "client_secret": secret,
    }
    token = Client().post(reverse("oauth_token"), credentials | {"scope": machine.scopes}).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def send(case, bearer: dict[str, str]):
    """The case as Django's own client sends it, in the test's transaction."""
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    headers = {
        name: value for name, value in sent.headers.items() if name.lower() not in ("content-type", "content-length")
    }
    return Client(raise_request_exception=False).generic(
        sent.method, sent.path_url, data=body, content_type=sent.headers.get("Content-Type", "application/json"),
        headers=headers | bearer,
    )  # fmt: skip


@schema.parametrize()
@settings(
    max_examples=8, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much, HealthCheck.too_slow],
)  # fmt: skip
def test_nothing_sent_to_an_address_makes_the_server_fail(case, bearer):
    answer = send(case, bearer)
    assert answer.status_code < 500, answer.content
    if answer.status_code >= 400 and answer.content:
        assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.headers


@pytest.mark.parametrize("path", sorted(schema.raw_schema["paths"]))
def test_stranger_gets_401_by_every_method(path):
    if path in WITHOUT_SIGN_IN:
        return
    concrete = path.replace("{id}", "1").replace("{pk}", "01a2043b-50df-733c-85a2-fe4a34848859").replace("{slug}", "a")
    for method in schema.raw_schema["paths"][path]:
        if method != "parameters":
            answer = Client().generic(method.upper(), concrete, data="{}", content_type="application/json")
            # 415: a body of another kind is refused before anybody looks at who sends it
            assert answer.status_code in (401, 404, 415), (method, concrete, answer.status_code)


def test_no_two_shapes_of_the_document_share_a_name_and_no_choices_are_named_by_a_hash(capsys):
    reset_generator_stats()
    SchemaGenerator().get_schema(request=None, public=True)
    told = capsys.readouterr().err
    assert [line for line in told.splitlines() if "identical names" in line or "enum" in line.lower()] == []
