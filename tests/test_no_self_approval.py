"""No route lets anybody whose hand was in a version approve it: states, roles and routes, generated and never listed."""

import datetime as dt
import json
import re
from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from accounts.models import User
from accounts.roles import ROLES
from hotlists import actions
from hotlists.models import Contribution, Decision, Entry, EntryVersion, Term
from hotlists.workflow import VERSION
from standards.ranks import Rank
from tests.cast import GROUNDS, entry_facts, person

pytestmark = pytest.mark.django_db

APPROVED = EntryVersion.Status.APPROVED
UNDECIDED = sorted(state for state, following in VERSION.table.items() if APPROVED in following)
HANDS = ("wrote", "edited", "submitted")
# What is asked from outside a transaction, waits, or is somebody else's sign-in.
UNASKED = re.compile(r"stream|\(|healthz|publication|static/|accounts/|oauth/|people/|machines/|teams/")


def pages() -> Iterator[str]:
    """Every address that takes the key of a thing, as the URLconf has it."""
    yield from (one for one in _addresses(get_resolver().url_patterns) if not UNASKED.search(one))


def _addresses(patterns, prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield "/" + prefix + str(pattern.pattern)


def filled(address: str, version: EntryVersion) -> set[str]:
    """The address with what this version's entry could stand for in it."""
    slug = re.sub(r"<slug:\w+>", version.entry.hotlist.slug, address)
    keys = (version.entry_id, version.pk)
    return {re.sub(r"<\w+:\w+>", str(key), slug) for key in keys} if "<" in slug else {slug}


def body_for(version: EntryVersion, schema: dict, components: dict) -> dict:
    """All that a body of this shape may say, turned towards approval."""
    said: dict = {}
    for name, shape in schema.get("properties", {}).items():
        ref = shape.get("$ref") or next(
            (one.get("$ref") for one in shape.get("allOf", shape.get("oneOf", [])) if "$ref" in one), None
        )
        shape = components[ref.rsplit("/", 1)[1]] if ref else shape
        choices = [choice for choice in shape.get("enum", []) if choice]
        if name in GROUNDS:
            said[name] = GROUNDS[name]
        elif name in ("verdict", "decision", "status"):
            said[name] = next((one for one in choices if one in ("approve", "accept", "yes")), "approve")
        elif choices:
            said[name] = choices[0]
        elif shape.get("type") == "boolean":
            said[name] = True
        elif shape.get("format") == "date-time":
            said[name] = (timezone.now() + dt.timedelta(days=2)).isoformat()
        elif shape.get("type") == "integer":
            said[name] = 1
        elif shape.get("type") == "string":
            said[name] = (
                str(version.pk) if shape.get("format") == "uuid" else "Necessary and in proportion, as was looked into."
            )
    return said


FORM = {
    "verdict": "approve", "decision": "approve", "rationale": "Mine.", "reason": "Mine.", "words": "Mine.",
    "status": "approved", "accept": "1", "approve": "1", "submit": "1", **GROUNDS,
}  # fmt: skip


@pytest.fixture
def everything(db) -> User:
    """Somebody who holds every role there is, the highest rank and the flag of superusers."""
    user = person("omnipotent", [role.code for role in ROLES if role.code not in ("ADM",)], Rank.CHIEF_OFFICER)
    User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    user.is_superuser = True
    return user


@pytest.fixture
def of_ones_own(hotlist, team, everything, submitter, inspector, superintendent):
    """of_ones_own(state, hand): a version in that state in which everything's hand is."""

    def made(state: str, hand: str) -> EntryVersion:
        team.user_set.add(everything)
        author = everything if hand == "wrote" else submitter
        if state == EntryVersion.Status.EMERGENCY:
            return actions.record_emergency(
                hotlist, by=everything, given_by=superintendent, given_at=timezone.now(), words="Yes.",
                **{name: value for name, value in entry_facts().items() if name in actions.emergencies.OFFERED},
            ).version  # fmt: skip
        version = actions.begin_entry(hotlist, by=author, **entry_facts())
        if hand == "edited":
            version = actions.edit_draft(version, by=everything, colour="Red")
        return actions.submit(version, by=everything if hand == "submitted" else submitter)

    return made


def is_approved(version: EntryVersion) -> bool:
    """By any sign: its status, a decision by the hand, a term without an emergency's end."""
    version.refresh_from_db()
    hands = Contribution.objects.filter(version=version).values("user")
    return (
        version.status == APPROVED
        or Decision.objects.filter(version__entry=version.entry, decided_by__in=hands).exists()
        or Term.objects.filter(entry=version.entry, emergency_ends_at=None).exists()
    )


def cases() -> list[tuple[str, str]]:
    """States from which something can be approved, with each way in which a hand can be in it."""
    return [
        (state, hand) for state in UNDECIDED for hand in HANDS
        if state != EntryVersion.Status.EMERGENCY or hand == "wrote"
    ]  # fmt: skip


def test_the_matrix_knows_the_states_in_which_something_waits():
    assert set(UNDECIDED) == {str(state) for state in EntryVersion.UNDECIDED}


@pytest.mark.parametrize(("state", "hand"), cases())
def test_no_page_approves_ones_own(of_ones_own, everything, client_of, state, hand):
    version = of_ones_own(state, hand)
    client = client_of(everything)
    client.raise_request_exception = False
    asked = 0
    for address in sorted(set(pages())):
        if "<" not in address or address.startswith("/api/"):
            continue
        if re.search(r"withdraw|close|discard", address):
            continue  # would end the entry, so that nothing could be approved after
        for path in sorted(filled(address, version)):
            with transaction.atomic():
                client.post(path, FORM | {"version": str(version.pk)})
            asked += 1
            assert not is_approved(version), path
    assert asked > 30


@pytest.mark.parametrize(("state", "hand"), cases())
def test_no_address_of_the_api_approves_ones_own(of_ones_own, everything, client_of, state, hand):
    version = of_ones_own(state, hand)
    client = client_of(everything)
    client.raise_request_exception = False
    schema = SchemaGenerator().get_schema(request=None, public=True)
    components, asked = schema["components"]["schemas"], 0
    for path, methods in sorted(schema["paths"].items()):
        if UNASKED.search(path) or re.search(r"withdraw|close|discard", path):
            continue
        concrete = path.replace("{slug}", version.entry.hotlist.slug)
        for method, operation in methods.items():
            if method not in ("post", "put", "patch"):
                continue
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            ref = content.get("schema", {}).get("$ref", "")
            shape = components.get(ref.rsplit("/", 1)[-1], {})
            body = body_for(version, shape, components)
            for key in (version.entry_id, version.pk):
                target = re.sub(r"\{\w+\}", str(key), concrete)
                with transaction.atomic():
                    client.generic(method.upper(), target, json.dumps(body), content_type="application/json")
                asked += 1
                assert not is_approved(version), (method, target)
    assert asked > 30


@pytest.mark.parametrize(("state", "hand"), cases())
def test_neither_shell_nor_sql_approves_ones_own(of_ones_own, everything, superintendent, state, hand):
    version = of_ones_own(state, hand)
    forged = {
        "version": version, "verdict": "approve", "decided_at": timezone.now(), "rank": everything.rank,
        "profile": version.profile, **GROUNDS,
    }  # fmt: skip
    by_hand = Decision(decided_by=everything, sign_in=everything.sign_in, **forged)
    attacks = {
        "the action": lambda: actions.decide(version, by=everything, verdict="approve", **GROUNDS),
        "save": lambda: by_hand.save(force_insert=True),
        "bulk_create": lambda: Decision.objects.bulk_create([by_hand]),
        "status by save": lambda: EntryVersion(**{**version.__dict__, "status": "approved"}).save(),
        "status by update": lambda: EntryVersion.objects.filter(pk=version.pk).update(status=APPROVED),
        "status by SQL": lambda: sql("UPDATE hotlists_entryversion SET status = 'approved' WHERE id = %s", version.pk),
        "the hand taken out": lambda: sql("DELETE FROM hotlists_contribution WHERE version_id = %s", version.pk),
        "the author changed": lambda: sql(
            "UPDATE hotlists_entryversion SET written_by_id = %s WHERE id = %s", superintendent.pk, version.pk
        ),
        "a term of its own": lambda: Term.objects.create(
            entry=version.entry, version=version, from_at=timezone.now(), action=version.action,
            starts_at=version.starts_at, review_by=version.review_by, expires_at=version.expires_at,
        ),
    }  # fmt: skip
    if state == EntryVersion.Status.EMERGENCY:
        attacks["the emergency's end put off"] = lambda: sql(
            "UPDATE hotlists_term SET emergency_ends_at = NULL WHERE entry_id = %s", version.entry_id
        )
    for words, attack in attacks.items():
        with pytest.raises(Exception, match="."), transaction.atomic():
            attack()
            pytest.fail(f"{words} went through")
        assert not is_approved(version), words


def sql(statement: str, *values) -> None:
    """As the application's own role."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_every_role_that_may_decide_is_refused_its_own(hotlist, team):
    """Each role on its own, at every rank: who wrote it does not decide it."""
    for role in ROLES:
        for rank in (Rank.NONE, Rank.SERGEANT, Rank.SUPERINTENDENT):
            user = person(f"{role.code}-{rank}".lower(), [role.code], rank)
            team.user_set.add(user)
            if "hotlists.write_entry" not in user.role_permissions:
                continue
            version = actions.submit(actions.begin_entry(hotlist, by=user, **entry_facts()), by=user)
            with pytest.raises(Exception, match="somebody else"), transaction.atomic():
                actions.decide(version, by=user, verdict="approve", **GROUNDS)
            assert not is_approved(version), (role.code, rank)


def test_the_matrix_would_notice_an_approval(of_ones_own, superintendent):
    version = of_ones_own("submitted", "wrote")
    actions.decide(version, by=superintendent, verdict="approve", **GROUNDS)
    assert is_approved(version)
    assert Entry.objects.in_force(timezone.now()).exists()
