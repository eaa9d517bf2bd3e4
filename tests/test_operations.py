"""Which of the law's operations each act is (DPA 2018 s.62, R-062): the ones that join sets of data, one by one."""

import pytest

from audit.models import Event
from audit.verbs import Operation, Verb
from hotlists import actions

# Each brings what stood apart together: the log tells these apart from a change of one record.
COMBINES = {
    Verb.LOAD_CHECKED: "a source's file is held against the list",
    Verb.LOAD_MERGED: "and merged into it",
    Verb.WARNINGLIST_ACCEPTED: "every listed plate is held against the warninglist from here on",
    Verb.WARNINGLIST_BROUGHT_BACK: "and again",
    Verb.INTEREST_LINKED: "what one entry says of a vehicle is taken over into another",
    Verb.SIGNALS_LOOKED_FOR: "acts of all people are compared with each other",
    Verb.SAMPLE_DRAWN: "acts of all kinds are drawn together",
}
# Reading several lists at once joins nothing: what is found is shown and not kept.
CONSULTS = {Verb.PLATE_SEARCHED, Verb.PLATES_SEARCHED, Verb.HITS_SEARCHED, Verb.PLATE_CHECKED, Verb.ENTRIES_SHOWN}


def test_these_acts_combine_and_no_others():
    assert {verb for verb in Verb if verb.operation == Operation.COMBINATION} == set(COMBINES)


def test_searches_over_several_lists_consult():
    assert {verb.operation for verb in CONSULTS} == {Operation.CONSULTATION}


@pytest.mark.django_db
def test_linked_interest_is_a_combination_that_names_both_entries(approved_entry, supervisor):
    entry = approved_entry()
    draft = actions.link_interest(entry, by=supervisor)
    (event,) = Event.objects.filter(operation=Operation.COMBINATION)
    assert event.subject_id == str(draft.entry_id)
    assert event in Event.objects.about("hotlists.entry", entry.pk)
    assert event.plate_hash
