"""The data protection officer is told of entries that touch protected activity; no decision waits for the answer (R-027)."""

import datetime as dt

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from audit.verbs import Verb
from hotlists import actions
from hotlists.models import Entry, EntryVersion, Notice
from hotlists.waiting import questions
from portal.database.roles import APP
from portal.errors import Refused, TooLate, Unfit
from tests.cast import approve

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def protected(submitted_entry):
    """protected(**over): a submitted version that touches a protest."""

    def made(**over) -> EntryVersion:
        return submitted_entry(**{"protected_activity": True, **over})

    return made


def test_officer_is_told_when_it_is_submitted_and_not_of_other_entries(draft_entry, submitter, submitted_entry, dpo):
    draft = draft_entry(protected_activity=True)
    submitted_entry(vrm_entered="XY50 ZZZ")
    assert not Notice.objects.exists()
    assert not [item for item in questions(dpo, timezone.now()) if item.title.startswith("You are told") and item.count]
    actions.submit(draft, by=submitter)
    notice = Notice.objects.get()
    assert (notice.version, notice.raised_by) == (draft, submitter)
    (item,) = [item for item in questions(dpo, timezone.now()) if item.title.startswith("You are told")]
    assert (item.count, item.tone) == (1, "lapsing")
    event = Event.objects.get(verb=Verb.NOTICE_RAISED)
    assert event.operation == "disclosure"


def test_entry_of_the_category_is_told_of_whatever_its_author_answered(submitted_entry):
    now = timezone.now()
    version = submitted_entry(category="PRT", review_by=now + 6 * DAY)
    assert Notice.objects.get().version == version


def test_decision_waits_for_no_answer_and_each_version_is_told_of(
    protected, superintendent, second_superintendent, submitter
):
    version = protected()
    approve(version, by=superintendent)
    approve(version, by=second_superintendent)
    entry = Entry.objects.get(pk=version.entry_id)
    assert Entry.objects.in_force(timezone.now()).filter(pk=entry.pk).exists()
    actions.submit(actions.begin_version(entry, by=submitter, colour="Red"), by=submitter)
    assert Notice.objects.waiting().count() == 2


def test_emergency_is_told_of_at_once(hotlist, submitter, superintendent):
    actions.record_emergency(
        hotlist, by=submitter, given_by=superintendent, given_at=timezone.now(), words="Yes.", vrm_entered="AB01 CDE",
        country="GB", plate_confirmed_because="Read out twice.", category="CRM", purpose="serious", no_conflict=True,
        action_text="Stop with two cars; he is believed to be armed.", contact_24h="Control room, 01632 960001",
        reason="A man forced a woman into the car at Quay Street four minutes ago and drove north.",
        protected_activity=True, protected_kinds=["protest"],
    )  # fmt: skip
    assert Notice.objects.count() == 1


def test_officer_answers_once_and_nobody_else_does(protected, dpo, cast):
    protected()
    notice = Notice.objects.get()
    for name, user in cast.items():
        if name != "dpo":
            with pytest.raises(Refused):
                actions.answer_notice(notice, by=user, words="Seen.")
    with pytest.raises(Unfit):
        actions.answer_notice(notice, by=dpo, words=" ")
    actions.answer_notice(notice, by=dpo, words="In proportion; looked at again in a week.")
    with pytest.raises(TooLate):
        actions.answer_notice(notice, by=dpo, words="Again.")
    assert Event.objects.filter(verb=Verb.NOTICE_ANSWERED).count() == 1
    assert not Notice.objects.waiting().exists()


def test_what_waits_too_long_is_marked_at_home_and_in_the_list(protected, dpo, client_of):
    protected()
    with time_machine.travel(timezone.now() + 4 * DAY):
        (item,) = [item for item in questions(dpo, timezone.now()) if item.title.startswith("You are told")]
        assert item.tone == "stopped"
        assert "Overdue" in client_of(dpo).get(reverse("notice_list")).content.decode()
    assert "Overdue" not in client_of(dpo).get(reverse("notice_list")).content.decode()


def test_notice_does_not_give_away_what_the_first_of_two_decided(
    protected, dpo, superintendent, second_superintendent, client_of
):
    version = protected()
    approve(version, by=superintendent, necessity="Known only to the first.")
    page = reverse("notice_detail", args=[Notice.objects.get().pk])
    shown = client_of(dpo).get(page).content.decode()
    assert "Known only to the first." not in shown
    assert str(superintendent) not in shown
    approve(version, by=second_superintendent)
    shown = client_of(dpo).get(page).content.decode()
    assert "Known only to the first." in shown
    assert str(second_superintendent) in shown


def test_pages_and_api_are_the_officers_and_opening_is_recorded(protected, cast, client_of):
    protected()
    notice = Notice.objects.get()
    pages = [reverse("notice_list"), reverse("notice_detail", args=[notice.pk]), reverse("api_notice_list"),
             reverse("api_notice_detail", args=[notice.pk])]  # fmt: skip
    for name, user in cast.items():
        answers = [client_of(user).get(page).status_code for page in pages]
        assert answers == [200 if name == "dpo" else 403] * 4, name
    assert Event.objects.filter(verb=Verb.NOTICE_OPENED).count() == 2
    listed = client_of(cast["dpo"]).get(reverse("notice_list")).content.decode()
    assert "AB01" not in listed
    assert "AB01 CDE" in client_of(cast["dpo"]).get(pages[1]).content.decode()


def test_officer_is_told_of_lists_that_they_were_not_given(protected, dpo, team, client_of):
    protected()
    team.user_set.remove(dpo)
    page = client_of(dpo).get(reverse("notice_detail", args=[Notice.objects.get().pk])).content.decode()
    assert "You were not given this list." in page


def test_officer_answers_on_the_page_and_over_the_api(protected, dpo, client_of):
    protected()
    protected(vrm_entered="XY50 ZZZ")
    first, second = Notice.objects.order_by("id")
    client = client_of(dpo)
    page = client.post(reverse("notice_detail", args=[first.pk]), {"words": ""})
    assert "There is a problem" in page.content.decode()
    client.post(reverse("notice_detail", args=[first.pk]), {"words": "Seen."})
    assert first.answer.words == "Seen."
    page = reverse("api_notice_answer", args=[second.pk])
    answer = client.post(page, {"words": "Seen too."}, content_type="application/json")
    assert answer.json()["answer"]["words"] == "Seen too."
    assert client.post(page, {"words": "Again."}, content_type="application/json").status_code == 409


def test_database_lets_nothing_protected_wait_of_which_nobody_was_told(draft_entry, submitter):
    draft = draft_entry(protected_activity=True)
    changes = {"status": "submitted", "submitted_by": submitter, "submitted_at": timezone.now()}
    with pytest.raises(IntegrityError, match="data protection officer"), transaction.atomic():
        EntryVersion.objects.filter(pk=draft.pk).update(**changes)
    with (
        pytest.raises(DatabaseError, match="data protection officer"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SET LOCAL ROLE {APP}")
        cursor.execute(
            "UPDATE hotlists_entryversion SET status = 'submitted', submitted_at = now(), submitted_by_id = %s"
            " WHERE id = %s",
            [submitter.pk, draft.pk],
        )


def test_notice_is_neither_altered_nor_deleted(protected, dpo):
    protected()
    notice = Notice.objects.get()
    for change in (lambda: Notice.objects.update(raised_by=dpo), notice.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_list_asks_as_often_for_ten_as_for_one(protected, dpo, client_of):
    counts = []
    for n in range(10):
        protected(vrm_entered=f"AB01 ZZ{chr(65 + n)}")
        if n in (0, 9):
            for page in ("notice_list", "api_notice_list"):
                client = client_of(dpo)
                with CaptureQueriesContext(connection) as asked:
                    assert client.get(reverse(page)).status_code == 200
                counts.append(len(asked))
    assert counts[:2] == counts[2:]
