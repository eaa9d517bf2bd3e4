"""Rules about all code, held against all code."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.module_loading import module_has_submodule
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from accounts.roles import ROLES
from audit.verbs import Operation, Verb

ROOMS = ("portal", "audit", "standards", "accounts", "retention", "camera_sites", "hotlists", "matchers", "hits", "scrutiny",
         "oversight")  # fmt: skip
ROOT = Path(settings.BASE_DIR)


def sources(*rooms: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of these rooms, parsed."""
    for room in rooms:
        for file in sorted((ROOT / room).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file.relative_to(ROOT), ast.parse(file.read_text())


def actions() -> Iterator[tuple[str, object]]:
    """Every verb: the public functions that a room's `actions` offers."""
    for room in ROOMS:
        if not module_has_submodule(import_module(room), "actions"):
            continue
        module = import_module(f"{room}.actions")
        for name, function in vars(module).items():
            if (
                inspect.isfunction(function)
                and not name.startswith("_")
                and function.__module__.startswith(f"{room}.actions")
            ):
                yield f"{room}.actions.{name}", function


# What a room's `actions` offers beside verbs: it changes nothing, so that nobody is asked who.
NOT_VERBS = {
    "audit.actions.plate_hash", "audit.actions.subject_kind", "accounts.actions.sync_roles",
}  # fmt: skip


def test_every_verb_asks_who_by_keyword():
    wrong = []
    for name, function in actions():
        by = inspect.signature(function).parameters.get("by")
        if name not in NOT_VERBS and (by is None or by.kind != by.KEYWORD_ONLY or by.default is not by.empty):
            wrong.append(name)
    assert wrong == []


def test_every_recorded_verb_has_an_operation_and_a_sentence_that_names_who():
    for verb in Verb:
        assert isinstance(verb.operation, Operation)
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", verb.value), verb
        assert verb.label.startswith("{actor}"), verb


def test_every_recorded_verb_is_used():
    used = {
        node.attr
        for file, tree in sources(*ROOMS)
        if file != Path("audit/verbs.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Verb"
    }
    assert {verb.name for verb in Verb} - used == set()


def test_every_permission_that_a_role_names_is_declared():
    declared = {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        for codename in [name for name, _ in model._meta.permissions]
        + [f"{act}_{model._meta.model_name}" for act in model._meta.default_permissions]
    }
    assert {name for role in ROLES for name in role.permissions} - declared == set()


def test_every_permission_that_we_declare_is_somebodys():
    ours = {
        f"{model._meta.app_label}.{codename}"
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        for codename, _ in model._meta.permissions
    }
    assert ours - {name for role in ROLES for name in role.permissions} == set()


# Moments at which nobody acted: the clock, a machine, a camera, or what a person wrote as a date.
NOBODYS = {
    "starts", "expires", "lapses", "ends", "due", "until", "from", "effective_from", "last_verified", "captured", "received",
    "generated", "signed", "issued", "applied", "closed", "opened", "ended", "compared", "enrolled", "last_seen", "loaded",
    "checked", "erased", "finished", "release", "at", "sunset", "submitted", "acknowledged", "review_due", "emergency_ends",
    "list_lapses", "happened", "enrol_code_expires", "created", "contributed",
}  # fmt: skip


# As above, but the word is a person's elsewhere.
BY_THE_CLOCK = {
    "camera_sites.DpiaAttachment.judged_at",  # by the scanner
    "audit.Verification.began_at",  # the event says who had it looked at
    "oversight.TransparencyRelease.released_at", "matchers.FeedList.unloaded_at",
    "matchers.Halt.since_at", "matchers.Halt.halted_at", "matchers.Halt.measured_at", "matchers.Refusal.since_at",
    "hotlists.Departure.left_at",
    # What a source says of its row.
    "hotlists.FeedRow.reported_at", "hotlists.FeedRow.confirmed_at", "hotlists.StagedRow.reported_at",
    "hotlists.StagedRow.confirmed_at",
}  # fmt: skip


def test_every_moment_of_a_persons_act_says_whose():
    """`decided_at` stands beside `decided_by`; for what a machine may do too, beside `decided_by` or `decided_machine`."""
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in ROOMS or model._meta.label == "audit.ColumnChange":
            continue
        names = {field.name for field in model._meta.local_fields}
        for name in sorted(names):
            verb = name.removesuffix("_at")
            if (
                name.endswith("_at")
                and verb not in NOBODYS
                and f"{model._meta.label}.{name}" not in BY_THE_CLOCK
                and not {f"{verb}_by", f"{verb}_machine"} & names
            ):
                wrong.append(f"{model._meta.label}.{name}")
    assert wrong == []


WRITES = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "save", "delete"}
WEB = re.compile(r"(^|/)(views|api|forms|tasks|panels|waiting|story|policies)(/|\.py$)")


def test_pages_api_and_policies_write_nothing():
    """Only actions write; `.save` of a session and `.update` of a dictionary are not writes, so those are not looked for."""
    wrong = []
    for file, tree in sources(*ROOMS):
        if not WEB.search(file.as_posix()) or file.parts[0] == "portal":
            continue
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            chain = ast.unparse(node.func)
            if node.func.attr in WRITES and ("objects" in chain or node.func.attr in ("save", "bulk_create")):
                wrong.append(f"{file}:{node.lineno} {chain}")
    assert wrong == []


def test_no_module_has_a_name_that_says_nothing():
    banned = {"utils.py", "helpers.py", "services.py", "managers.py", "signals.py", "constants.py"}
    assert [str(file) for file, _ in sources(*ROOMS) if file.name in banned] == []


def test_every_module_and_every_public_thing_says_what_it_is_for():
    wrong = [str(file) for file, tree in sources(*ROOMS) if tree.body and not ast.get_docstring(tree)]
    assert wrong == []


# --- Every address refuses a stranger ------------------------------------------------------------------

PUBLIC = re.compile(
    r"^(healthz|accessibility/|transparency/|accounts/|oauth/token/|api/v1/schema/|api/v1/healthz|\.well-known/|static/)"
)
SAMPLES = {
    "uuid": "01900000-0000-7000-8000-000000000000", "int": "1", "slug": "nothing", "str": "nothing", "path": "nothing",
}  # fmt: skip


def addresses(patterns=None, prefix: str = "") -> Iterator[str]:
    """Every address that the portal answers, with something in place of what varies."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
        elif isinstance(pattern, URLPattern):
            yield re.sub(
                r"<(?:(\w+):)?\w+>",
                lambda found: SAMPLES.get(found[1] or "str", "nothing"),
                prefix + str(pattern.pattern),
            )


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_every_address_refuses_a_stranger(method):
    client = Client()
    let_in = []
    for address in addresses():
        if PUBLIC.match(address) or "(" in address or "^" in address:
            continue
        answer = getattr(client, method)(
            f"/{address}", **({} if method == "get" else {"content_type": "application/json"})
        )
        is_refused = answer.status_code in (401, 404, 405, 415) or (
            answer.status_code == 302 and answer.url.startswith("/accounts/login/")
        )
        if not is_refused:
            let_in.append(f"{method} /{address}: {answer.status_code}")
    assert let_in == []


def test_every_model_is_told_of_in_words():
    silent = [
        model._meta.label
        for model in apps.get_models()
        if model._meta.app_label in ROOMS
        and issubclass(model, models.Model)
        and (model.__doc__ or "").startswith(model.__name__ + "(")
    ]
    assert silent == []


def views(patterns=None) -> Iterator[type]:
    """The class behind every address that has one."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns)
        elif view := getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None):
            yield view


MOVING = {"standards.delivered"}  # its values change from release to release


def test_every_view_of_the_api_states_which_scopes_let_a_machine_in():
    silent = {
        f"{view.__module__}.{view.__qualname__}"
        for view in views()
        if issubclass(view, APIView)
        and AllowAny not in view.permission_classes  # open to all, or judged by which matcher it is
        and not hasattr(view, "machine_scopes")
    }
    assert silent == set()


def test_no_view_of_the_api_states_scopes_for_a_method_that_it_does_not_have():
    wrong = {
        f"{view.__module__}.{view.__qualname__} {method}"
        for view in views()
        for method in getattr(view, "machine_scopes", {})
        if not hasattr(view, method.lower())
    }
    assert wrong == set()


def test_no_migration_takes_what_it_writes_from_code_that_moves_on():
    wrong = [
        str(file.relative_to(ROOT))
        for room in ROOMS
        for file in sorted((ROOT / room / "migrations").glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module in MOVING
    ]
    assert wrong == []
