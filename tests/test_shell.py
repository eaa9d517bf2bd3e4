"""The shell: fields as components, faults named, errors in plain words, time in words, one policy for scripts."""

import datetime as dt
import json
import re

import pytest
import time_machine
from django import forms
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework import exceptions

from portal import api, errors, middleware, moments, navigation, views
from portal.policies import Allowed, Denied
from portal.static_files import Storage
from portal.style import SampleForm

NOON = dt.datetime(2026, 7, 1, 12, 0, tzinfo=dt.UTC)


def draw(source: str, **context) -> str:
    """What a template of ours makes of this."""
    return engines["jinja2"].from_string(source).render(context)


def drawn_field(field: forms.Field, value=None, **more) -> str:
    """One field of a form, as pages show it."""
    form = type("OneField", (forms.Form,), {"one": field})(initial={"one": value}, **more)
    return draw('{% from "components/forms.html" import form_field %}{{ form_field(form["one"]) }}', form=form)


@pytest.fixture
def request_of_nobody():
    """request_of_nobody(path): a request that has reached no middleware."""
    return lambda path="/x/": RequestFactory().get(path)


# --- Fields -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (forms.CharField(max_length=15), 'class="govuk-input govuk-input--width-20"'),
        (forms.CharField(widget=forms.Textarea), 'class="govuk-textarea"'),
        (
            forms.CharField(max_length=500, widget=forms.Textarea),
            'data-module="govuk-character-count" data-maxlength="500"',
        ),
        (forms.ChoiceField(choices=[("a", "A")]), 'class="govuk-select"'),
        (forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect), 'type="radio" value="a"'),
        (forms.MultipleChoiceField(choices=[("a", "A")]), " multiple"),
        (
            forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple),
            'type="checkbox" value="a"',
        ),
        (forms.BooleanField(), 'class="govuk-checkboxes__input"'),
        (forms.DateTimeField(), 'type="datetime-local"'),
        (forms.DateField(), 'type="date"'),
        (forms.IntegerField(), 'inputmode="numeric"'),
        (forms.FileField(), 'class="govuk-file-upload"'),
        (forms.CharField(widget=forms.PasswordInput), 'data-module="govuk-password-input"'),
        (forms.CharField(widget=forms.HiddenInput), '<input type="hidden" name="one"'),
        (forms.EmailField(), 'type="email"'),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, forms.Field) else "",
)
def test_every_kind_of_field_is_drawn_as_its_component(field, expected):
    assert expected in re.sub(r"\s+", " ", drawn_field(field))


def test_what_was_chosen_is_shown_again():
    choices = [("a", "A"), ("b", "B")]
    assert re.search(r'value="b"[^>]* selected', drawn_field(forms.ChoiceField(choices=choices), "b"))
    assert re.search(
        r'value="b"[^>]* checked', drawn_field(forms.ChoiceField(choices=choices, widget=forms.RadioSelect), "b")
    )
    many = drawn_field(forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple), ["b"])
    assert re.search(r'value="b"[^>]* checked', many)
    assert not re.search(r'value="a"[^>]* checked', many)


def test_a_moment_is_put_into_its_field_in_local_time():
    assert 'value="2026-07-01T13:00"' in drawn_field(forms.DateTimeField(), NOON)


def test_what_a_local_time_field_sends_is_read_back_as_the_same_moment():
    form = type("OneField", (forms.Form,), {"one": forms.DateTimeField()})({"one": "2026-07-01T13:00"})
    assert form.is_valid() and form.cleaned_data["one"] == NOON


def test_only_optional_fields_say_so():
    assert "(optional)" in drawn_field(forms.CharField(required=False, label="Notes"))
    assert "(optional)" not in drawn_field(forms.CharField(label="Notes"))


def test_the_choice_of_nothing_is_said_in_words():
    choices = [("", "---------"), ("a", "A")]
    assert ">Choose</option>" in drawn_field(forms.ChoiceField(choices=choices))
    assert ">Not given</option>" in drawn_field(forms.ChoiceField(choices=choices, required=False))


def test_values_are_escaped():
    assert "<script>" not in drawn_field(forms.CharField(label="<script>x"), '"><script>alert(1)</script>')


def test_a_choice_reveals_its_field_once():
    page = draw('{% from "components/forms.html" import form_fields %}{{ form_fields(form) }}', form=SampleForm())
    assert page.count('name="rationale"') == 1
    assert page.index("govuk-radios__conditional") < page.index('name="rationale"')


def test_every_fault_is_named_at_the_top_and_links_to_its_field():
    form = SampleForm({"plate": "", "days": "many"})
    page = draw(
        '{% from "components/forms.html" import error_summary, form_fields %}{{ error_summary(form) }}{{ form_fields(form) }}',
        form=form,
    )
    links = re.findall(r'href="#([^"]+)"', page)
    assert {"id_plate", "id_reason", "id_verdict", "id_days", "id_confirmed"} <= set(links)
    for link in links:
        assert page.count(f'id="{link}"') == 1, f"{link} leads nowhere, or to two places"
    assert "Kept for: Enter a whole number." in page


def test_an_unsent_form_has_no_summary():
    source = '{% from "components/forms.html" import error_summary %}{{ error_summary(form) }}'
    assert draw(source, form=SampleForm()).strip() == ""


def test_a_form_draws_itself():
    assert "govuk-radios" in str(SampleForm())


# --- Components --------------------------------------------------------------------------------


def test_a_plate_is_text_as_printed_with_its_country():
    page = draw('{% from "components/plate.html" import plate %}{{ plate("AB01CDE") }}')
    assert ">AB01 CDE</span>" in page
    assert "Number plate, country " in page


def test_a_denied_act_is_greyed_and_says_why():
    source = '{% from "components/buttons.html" import act_button %}{{ act_button("Withdraw", verdict, href="/go/") }}'
    denied = draw(source, verdict=Denied("Only a supervisor may."))
    assert 'aria-disabled="true"' in denied and "Only a supervisor may." in denied and "/go/" not in denied
    allowed = draw(source, verdict=Allowed())
    assert 'href="/go/"' in allowed and "aria-disabled" not in allowed


def test_points_of_a_map_cannot_break_out_of_their_script():
    page = draw(
        '{% from "components/map.html" import site_map %}{{ site_map(points) }}',
        points=[{"title": "</script><script>x"}],
    )
    assert page.count("</script>") == 1


# --- Time --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (59, "59 seconds"), (60, "1 minute"), (3500, "58 minutes"), (3599, "1 hour"), (3600, "1 hour"), (6 * 3600 - 1, "6 hours"),  # noqa: E501
     (86400, "1 day"), (13 * 86400, "13 days"), (28 * 86400, "28 days"), (70 * 86400, "2 months"), (800 * 86400, "2 years")],
)  # fmt: skip
def test_a_length_of_time_is_said_in_one_unit(seconds, words):
    assert moments.length(seconds) == words


def test_times_are_words_with_the_exact_local_moment_beside_them():
    with time_machine.travel(NOON, tick=False):
        page = str(moments.until(NOON + dt.timedelta(hours=6), "lapses"))
    assert ">lapses in 6 hours</time>" in page
    assert 'data-exact="Wednesday 1 July 2026 at 19:00:00 BST"' in page
    assert 'tabindex="0"' in page


def test_what_has_lapsed_says_so():
    with time_machine.travel(NOON, tick=False):
        assert ">lapsed 3 days ago</time>" in str(moments.lapse(NOON - dt.timedelta(days=3)))


def test_a_date_ends_at_midnight_in_london_at_the_end_of_that_day():
    with time_machine.travel(dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC), tick=False):  # 23:30 in London
        assert ">ends in 30 minutes</time>" in str(moments.until(dt.date(2026, 7, 1), "ends"))


# --- Errors as pages ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("refused", "status", "words"),
    [
        (errors.Refused("Only a supervisor may withdraw an entry."), 403, "Only a supervisor may withdraw an entry."),
        (errors.Stranger("It belongs to another team."), 404, "not one you may see"),
        (errors.TooLate("It was withdrawn at 14:05."), 409, "It was withdrawn at 14:05."),
        (errors.Unfit("The reason is too short."), 422, "The reason is too short."),
        (OperationalError("server closed the connection"), 503, "away for a moment"),
    ],
)
def test_a_refusal_becomes_a_page_that_says_why(refused, status, words, request_of_nobody):
    response = middleware.RefusalMiddleware(lambda request: None).process_exception(request_of_nobody(), refused)
    assert response.status_code == status
    assert words in response.content.decode()
    assert "It belongs to another team." not in response.content.decode()


def test_an_unknown_fault_is_left_to_django(request_of_nobody):
    assert middleware.RefusalMiddleware(lambda request: None).process_exception(request_of_nobody(), KeyError()) is None


def test_the_page_for_our_own_faults_asks_nothing_of_the_database(request_of_nobody):
    response = views.server_error(request_of_nobody())
    assert response.status_code == 500 and b"Nothing was changed" in response.content


def test_a_database_that_is_away_before_a_view_is_reached_is_503(request_of_nobody):
    try:
        raise OperationalError("no connection")
    except OperationalError:
        response = views.server_error(request_of_nobody())
    assert response.status_code == 503 and response.headers["Retry-After"]


@pytest.mark.django_db
def test_a_strange_address_is_a_page_of_ours_and_for_machines_a_problem():
    page = Client().get("/nothing-here/")
    assert page.status_code == 404 and b"Page not found" in page.content
    answer = Client().get("/api/v1/nothing-here/")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Page not found"


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x", "password": "y"})
    assert response.status_code == 403 and "This page is out of date" in response.content.decode()


# --- Errors of the API ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (errors.Refused("No."), 403), (errors.Stranger("Hidden."), 404), (errors.TooLate("Gone."), 409),
        (errors.Unfit("Short.", {"reason": ["Too short."]}), 422), (Http404(), 404), (PermissionDenied(), 403),
        (exceptions.NotAuthenticated(), 401), (exceptions.ValidationError({"vrm": ["Required."]}), 400),
        (exceptions.MethodNotAllowed("PUT"), 405), (exceptions.Throttled(wait=7), 429), (OperationalError(), 503),
        (api.PreconditionFailed(), 412), (api.PreconditionRequired(), 428),
    ],
)  # fmt: skip
def test_every_error_of_the_api_is_a_problem(raised, status):
    response = api.problem(raised, {})
    assert response.status_code == response.data["status"] == status
    assert response.content_type == "application/problem+json"
    assert set(response.data) >= {"type", "title", "detail"}
    assert "Hidden" not in json.dumps(response.data)


def test_a_fault_of_ours_is_not_dressed_up_as_the_callers():
    assert api.problem(KeyError("x"), {}) is None


def test_faults_in_what_was_sent_are_pointed_at():
    raised = exceptions.ValidationError({"rows": [{}, {"a/b": ["Bad."]}], "non_field_errors": ["Not together."]})
    found = api.problem(raised, {}).data["errors"]
    assert {"pointer": "/rows/1/a~1b", "detail": "Bad."} in found
    assert {"pointer": "/", "detail": "Not together."} in found


@pytest.mark.parametrize(
    ("given", "raised"),
    [("", api.PreconditionRequired), ('"other"', api.PreconditionFailed), ("*", None), ('"other", "mine"', None)],
)
def test_an_edit_names_the_state_it_edits(given, raised):
    request = RequestFactory().get("/", headers={"if-match": given} if given else {})
    if raised is None:
        api.check_if_match(request, '"mine"')
    else:
        with pytest.raises(raised):
            api.check_if_match(request, '"mine"')


# --- What every answer carries ----------------------------------------------------------------------


@pytest.mark.django_db
def test_every_page_forbids_scripts_and_styles_that_are_not_ours():
    response = Client().get("/accounts/login/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_no_page_has_a_script_or_style_in_itself(client_of, submitter):
    for address in ("/accounts/login/", "/style/", "/nothing/", "/accounts/2fa/", "/accessibility/"):
        page = client_of(submitter).get(address).content.decode()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page), address
        for script in re.findall(r"<script[^>]*>", page):
            assert " src=" in script or 'type="application/json"' in script, address


@pytest.mark.django_db
def test_each_request_has_an_id_of_its_own_that_no_caller_sets():
    first, second = (Client().get("/accessibility/", headers={"x-request-id": "mine"}) for _ in range(2))
    assert first.headers["X-Request-ID"] not in ("", "mine", second.headers["X-Request-ID"])


def test_names_are_plain_where_no_files_were_collected(tmp_path):
    assert Storage(location=tmp_path, base_url="/static/").url("app.css") == "/static/app.css"


# --- Who sees what -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_style_guide_is_not_for_strangers(client_of, submitter):
    assert Client().get("/style/").status_code == 404
    assert client_of(submitter).get("/style/").status_code == 200


@pytest.mark.django_db
def test_nobody_signs_themselves_up_and_no_password_is_reset_by_mail():
    for address in ("/accounts/signup/", "/accounts/password/reset/", "/accounts/email/", "/oauth/authorize/"):
        assert Client().get(address).status_code == 404


@pytest.mark.django_db
def test_demonstration_people_are_offered_only_in_a_demonstration(settings, tmp_path):
    (tmp_path / "demo.json").write_text(
        '{"users": [{"username": "casey", "password": "made up", "role": "Submitter"}]}'
    )
    settings.STATE_DIR = tmp_path
    assert "casey" not in Client().get("/accounts/login/").content.decode()
    settings.DEMO = True
    assert "casey" in Client().get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_navigation_shows_what_a_person_may_open_and_where_they_are(submitter, administrator, monkeypatch):
    monkeypatch.setattr(navigation, "_entries", [])
    navigation.register("Style", "style", "hotlists.write_entry", order=2)
    navigation.register("Keys", "mfa_index", lambda user: True, order=1, section="/accounts/2fa/")
    request = RequestFactory().get("/accounts/2fa/totp/activate/")
    request.user = submitter
    assert [(item.label, item.is_current) for item in navigation.items_for(request)] == [
        ("Keys", True),
        ("Style", False),
    ]
    request.user = administrator
    assert [item.label for item in navigation.items_for(request)] == ["Keys"]


@pytest.mark.django_db
def test_a_person_changes_their_password_in_this_shell(client_of, submitter):
    client = client_of(submitter)
    page = client.post("/accounts/password/change/", {"oldpassword": "wrong", "password1": "x", "password2": "y"})
    assert page.status_code == 200 and b"There is a problem" in page.content


def test_now_is_in_utc():
    assert moments.now().tzinfo == dt.UTC and abs(moments.now() - timezone.now()) < dt.timedelta(seconds=5)
