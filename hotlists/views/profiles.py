"""Pages on which an import profile is drafted in steps, tried on a sample, proposed and approved."""

import datetime as dt
import io
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hotlists import actions, policies
from hotlists.feeds import guessing, legacy, samples
from hotlists.feeds.archives import Unreadable
from hotlists.feeds.checks import NOTHING
from hotlists.feeds.dates import day
from hotlists.feeds.layouts import PRESETS, TABLES, TARGETS, BadLayout, Layout, summary
from hotlists.feeds.limits import limits_of
from hotlists.feeds.reading import Reader
from hotlists.forms.profiles import FIXABLE, BeginForm, CodesForm, ColumnsForm, ProposeForm, ShapeForm
from hotlists.models import Hotlist, ImportProfile, layout_of
from hotlists.views.loads import feed_of
from portal.errors import Unfit
from portal.forms import put_problems
from portal.policies import require

SHOWN = 10  # rows of a sample
STEPS = {"shape": "Shape", "columns": "Columns", "codes": "Codes", "check": "Check and propose"}


@require_http_methods(["GET", "POST"])
def profile_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Beginning a draft from a sample or from a layout that is known."""
    hotlist = feed_of(request, slug)
    require(policies.may_write_profile(request.user, hotlist))
    current = hotlist.import_profiles.governing(timezone.now()).first()
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = BeginForm(*data, current=layout_of(current) if current else None)
    if request.method == "POST" and form.is_valid():
        try:
            sample = samples.head_of(form.cleaned_data["sample"].file) if form.cleaned_data["sample"] else b""
            layout = _first_layout(form.cleaned_data["preset"], sample, current)
            profile = actions.begin_profile(hotlist, by=request.user, layout=layout.as_data(), sample=sample)
            return redirect("import_profile_step", profile.pk, "shape" if sample else "columns")
        except (Unreadable, BadLayout) as error:
            form.add_error("sample", str(error))
        except Unfit as refusal:
            put_problems(form, refusal)
    return render(request, "hotlists/profile_new.html", {"form": form, "hotlist": hotlist})


@require_http_methods(["GET", "POST"])
def profile_step(request: HttpRequest, pk: uuid.UUID, step: str) -> HttpResponse:
    """One step of a draft. Each is kept when it is left, so that nothing is lost between them."""
    profile = _profile(request, pk)
    require(policies.may_write_profile(request.user, profile.hotlist))
    if step not in STEPS:
        raise Http404
    if not profile.is_draft:
        return redirect("import_profile_detail", profile.pk)
    layout, sample = profile.read_by, samples.of(profile.pk)
    form = _form(request, step, profile, layout)
    if request.method == "POST" and form.is_valid():
        try:
            if step == "check":
                actions.propose_profile(profile, by=request.user, why=form.cleaned_data["why"])
                messages.success(request, "Proposed. Somebody else has to approve it before files are read by it.")
                return redirect("feed_terms", profile.hotlist.slug)
            actions.edit_profile(profile, by=request.user, layout=_changed(step, form, layout, sample))
            return redirect("import_profile_step", profile.pk, list(STEPS)[list(STEPS).index(step) + 1])
        except BadLayout as error:
            form.add_error(None, str(error))
        except Unfit as refusal:
            put_problems(form, refusal)
    context = {
        "profile": profile, "hotlist": profile.hotlist, "layout": layout, "form": form, "step": step, "steps": STEPS,
        "has_sample": bool(sample), "columns": _columns(form, layout, sample) if step == "columns" else [],
        "fixable": FIXABLE, "tried": _tried(profile, layout, sample) if step == "check" else None, "targets": TARGETS,
        "summary": summary(layout) if step == "check" else [], "codes": legacy.tables(layout.codes), "tables": TABLES,
    }  # fmt: skip
    return render(request, "hotlists/profile_step.html", context)


@require_GET
def profile_detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One edition: how files are read by it, and what changed from the one before."""
    profile = _profile(request, pk)
    require(policies.may_look_at_loads(request.user))
    before = profile.hotlist.import_profiles.exclude(pk=profile.pk).filter(number__lt=profile.number)
    previous = before.governing(timezone.now()).first()
    there = dict(summary(layout_of(previous)))
    context = {
        "profile": profile, "hotlist": profile.hotlist, "layout": profile.read_by, "targets": TARGETS, "tables": TABLES,
        "summary": summary(profile.read_by), "codes": legacy.tables(profile.read_by.codes),
        "changes": [(words, there.get(words, ""), here) for words, here in summary(profile.read_by) if there.get(words) != here],
        "may_end": policies.may_end_profile(request.user, profile), "may_approve": policies.may_approve_profile(request.user, profile),
        "may_write": policies.may_write_profile(request.user, profile.hotlist),
    }  # fmt: skip
    return render(request, "hotlists/profile_detail.html", context)


@require_POST
def profile_approve(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The second person's yes."""
    profile = actions.approve_profile(_profile(request, pk), by=request.user)
    messages.success(request, "Approved. Files that arrive from now on are read by it.")
    return redirect("feed_terms", profile.hotlist.slug)


@require_POST
def profile_end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Throwing a draft away, or turning a proposal down."""
    profile = actions.end_profile(_profile(request, pk), by=request.user)
    messages.success(request, "Turned down. Files are read as before.")
    return redirect("feed_terms", profile.hotlist.slug)


def _first_layout(preset: str, sample: bytes, current: ImportProfile | None) -> Layout:
    if preset == "current" and current is not None:
        return current.read_by
    return PRESETS[preset][1] if preset in PRESETS else guessing.guess(sample)


def _form(request: HttpRequest, step: str, profile: ImportProfile, layout: Layout) -> forms.Form:
    data = request.POST if request.method == "POST" else None
    if step == "shape":
        return ShapeForm(data, initial=ShapeForm.shown(layout))
    if step == "columns":
        return ColumnsForm(data, layout=layout)
    if step == "codes":
        return CodesForm(data, layout=layout)
    return ProposeForm(data, initial={"why": profile.why})


def _changed(step: str, form: Any, layout: Layout, sample: bytes) -> dict[str, Any]:
    """The layout with what this step says. When lines divide otherwise than before, their columns are guessed anew."""
    data = layout.as_data()
    if step == "columns":
        return data | form.mapped
    if step == "codes":
        return data | {"codes": form.cleaned_data}
    given = form.cleaned_data
    places = tuple((first - 1, length) for first, length in given["places"])
    if (given["delimiter"], places) != (layout.delimiter, layout.places):
        lines = _lines(sample, given["encoding"])
        if lines:
            guessed = guessing.with_columns(lines, given["delimiter"], places, given["encoding"])
            data |= {name: guessed.as_data()[name] for name in ("names", "columns")}
        elif not given["delimiter"] and len(places) != len(layout.names):
            raise BadLayout(
                {"places": f"The layout has {len(layout.names)} columns. Give as many places, or upload a sample."}
            )
    return data | given


def _lines(sample: bytes, encoding: str) -> list[str]:
    text = sample.removeprefix(b"\xef\xbb\xbf").decode(encoding, "replace")
    return [line for line in text.splitlines() if line.strip()][: guessing.LOOKED_AT]


def _columns(form: ColumnsForm, layout: Layout, sample: bytes) -> list[dict[str, Any]]:
    """Each column with its two fields and the first things that stand in it."""
    rows = guessing.table(_lines(sample, layout.encoding)[:4], layout.delimiter, layout.places)
    return [
        {
            "number": n + 1,
            "name": form[f"name_{n}"],
            "target": form[f"target_{n}"],
            "shown": [row[n] for row in rows if n < len(row)][:4],
        }
        for n in range(len(layout.names))
    ]


def _tried(profile: ImportProfile, layout: Layout, sample: bytes) -> dict[str, Any]:
    """The first rows of the sample as they would be read now."""
    if not sample:
        return {"rows": [], "problems": []}
    now, hotlist = timezone.now(), profile.hotlist
    limits = limits_of(hotlist, _agreement(hotlist), at=now, has_report=not layout.has("expires_at"))
    reader = Reader(limits, "", layout)
    rows: list[tuple[int, dict[str, str]]] = []
    problems: list[tuple[int, str, str]] = []
    try:
        for line in reader.lines(io.BytesIO(sample)):
            if line.values is not None:
                rows.append((line.row, dict(zip(reader.columns, line.values, strict=True))))
            problems += [(line.row, column, words) for column, words in line.problems]
            if len(rows) + len(problems) >= SHOWN:
                break
    except Unreadable as error:
        problems.append((1, "file", str(error)))
    held = [name for name in TARGETS if name in reader.columns and name not in ("vrm", "country")]
    shown = [name for name in held if any(values[name] not in ("", NOTHING, "{}") for _, values in rows)]
    return {
        "heads": [TARGETS[name] for name in shown],
        "rows": [
            (number, values["vrm"], values["country"], [_as_read(name, values[name]) for name in shown])
            for number, values in rows
        ],
        "problems": problems,
        "weeded": reader.weeded,
        "recovered": len(reader.recovered),
    }


def _as_read(name: str, value: str) -> str:
    """A value as people read it: an end on its last day."""
    if value in ("", NOTHING, "{}"):
        return ""
    if name.endswith("_at"):
        at = dt.datetime.fromisoformat(value)
        return day(at - dt.timedelta(seconds=1)) if name == "expires_at" else day(at)
    return value.strip("{}").replace(",", ", ") if name == "markers" else value


def _agreement(hotlist: Hotlist):
    now = timezone.now()
    return hotlist.agreements.governing(now).order_by("-from_at").first() or hotlist.agreements.waiting().first()


def _profile(request: HttpRequest, pk: uuid.UUID) -> ImportProfile:
    profiles = ImportProfile.objects.filter(hotlist__in=Hotlist.objects.visible_to(request.user))
    found = profiles.select_related("hotlist", "begun_by", "proposed_by", "approved_by", "ended_by")
    return get_object_or_404(found, pk=pk)
