"""Each field of everything that the API takes, given what nobody can mean by somebody who may do it all: never a fault of ours."""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from accounts.roles import ROLES
from standards.ranks import Rank
from tests.cast import person
from tests.publishing import *  # noqa: F403 - fixtures

pytestmark = pytest.mark.django_db

SCHEMA = SchemaGenerator().get_schema(request=None, public=True)
KEY = "01a2043b-50df-733c-85a2-fe4a34848859"
WORDS: tuple[Any, ...] = ("a\0b", "half \ud83d", 1 << 70, [[[{}]]])
HOSTILE: dict[str, tuple[Any, ...]] = {
    "date-time": ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "2026-02-30T00:00:00Z"),
    "date": ("9999-12-31", "0001-01-01", "a\0b"),
    "uuid": (KEY, "a\0b", 1 << 200),
    "integer": (1 << 70, -(1 << 31) - 1, 1e308),
    "number": (1e308, "NaN", 1 << 400),
    "boolean": ("a\0b", {}, 1 << 70),
    "array": ([["a\0b"]], ["half \ud83d"], [1 << 70]),
    "object": ({"a\0b": "a\0b"}, {"x": 1 << 70}, ["a\0b"]),
}
# What else a body needs so that the field under test is looked at; wherever a name is met, it means the same.
SOUND: dict[str, Any] = {
    "date-time": "2027-01-01T00:00:00Z", "date": "2026-06-01", "uuid": KEY, "integer": 1, "number": 1.0, "boolean": True,
    "array": [], "object": {}, "string": "x",
}  # fmt: skip


def shape(part: dict[str, Any]) -> dict[str, Any]:
    """What a part of the document comes to, its references followed."""
    while True:
        if ref := part.get("$ref"):
            part = SCHEMA["components"]["schemas"][ref.rsplit("/", 1)[1]]
        elif several := part.get("allOf") or part.get("oneOf") or part.get("anyOf"):
            part = several[0]
        else:
            return part


def kind(part: dict[str, Any]) -> str:
    """By what it is given sound and hostile values."""
    found = shape(part)
    return found.get("format") if found.get("format") in HOSTILE else found.get("type", "string")


def sound(part: dict[str, Any]) -> Any:
    """A value of that shape."""
    found = shape(part)
    if choices := found.get("enum"):
        return next((one for one in choices if one), choices[0])
    if found.get("type") == "array" and found.get("items"):
        return [sound(found["items"])]
    return SOUND.get(kind(part), "x")


def bodies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and properties of every body that the document tells of."""
    for path, methods in SCHEMA["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {}) if isinstance(told, dict) else {}
            if "application/json" in content:
                yield method, path, shape(content["application/json"]["schema"]).get("properties", {})


def answer_to(client: Client, method: str, path: str, body: dict[str, Any]) -> Any:
    """What is answered, and nothing of it kept."""
    with transaction.atomic():
        answer = client.generic(
            method.upper(), path, json.dumps(body), "application/json", headers={"If-Match": "*"}
        )  # fmt: skip
        transaction.set_rollback(True)
    return answer


@pytest.fixture
def everybody(team) -> User:
    """Somebody who may do all that any role may, as nobody does, so that no field stays unread for want of a role."""
    made = person("everybody", [role.code for role in ROLES], Rank.SUPERINTENDENT)
    team.user_set.add(made)
    return made


def test_field_that_nobody_can_mean_is_never_a_fault_of_ours(
    hotlist, dpia, everybody, client_of, draft_entry, publication_keys
):
    client = client_of(everybody)
    client.raise_request_exception = False
    there = {
        "/entries/{id}": draft_entry(by=everybody).entry_id,
        "/dpias/{id}": dpia.pk,
        "/people/{id}": everybody.pk,
        "/hotlists/{slug}": hotlist.slug,
    }
    named = {"hotlist": hotlist.slug, "dpia": str(dpia.pk), "owner": everybody.pk, "country": "GB", "category": "CRM"}
    faults, answered, turn = [], Counter(), itertools.count()
    for method, path, fields in bodies():
        key = next((found for part, found in there.items() if part in path), KEY)
        address = re.sub(r"\{\w+\}", str(key), path)
        whole = {name: named.get(name, sound(part)) for name, part in fields.items() if not part.get("readOnly")}
        for name in whole:
            values = HOSTILE.get(kind(fields[name]), WORDS)
            value = values[next(turn) % len(values)]
            code = answer_to(client, method, address, {**whole, name: value}).status_code
            answered[code // 100] += 1
            if code >= 500:
                faults.append(f"{method} {path} {name}={value!r:.60}")
    assert faults == []
    assert answered[4] > 300, answered  # it did knock
