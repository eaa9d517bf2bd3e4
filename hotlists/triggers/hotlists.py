"""Rules about the lists themselves: who justifies one, for how long, how many vehicles it holds."""

import pgtrigger

HOTLIST_STAYS_CLOSED = pgtrigger.Trigger(
    name="stays_closed",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__closed_at__isnull=False),
    func="RAISE EXCEPTION 'a closed list stays as it is' USING ERRCODE = 'check_violation';",
)

# A justification is put forward, then decided once, by somebody in a session of their own; for no longer than the edition of
# the standards that it was judged by allows. The one that comes with a list is never changed.
JUSTIFIED_BY_ANOTHER = pgtrigger.Trigger(
    name="by_another",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("days", "integer"), ("kept", "text[]")],
    func="""
        kept := ARRAY['status', 'decided_by_id', 'decided_at', 'sign_in_id', 'rationale', 'sunset_at', 'profile_id'];
        IF TG_OP = 'UPDATE' AND (OLD.status <> 'proposed' OR to_jsonb(NEW) - kept <> to_jsonb(OLD) - kept) THEN
            RAISE EXCEPTION 'a justification is decided once, and never altered' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'INSERT' AND NEW.is_first = (NEW.status = 'proposed') THEN
            RAISE EXCEPTION 'a justification is put forward before it is decided' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'INSERT' AND NEW.is_first AND EXISTS (
            SELECT FROM hotlists_hotlistterm t WHERE t.hotlist_id = NEW.hotlist_id
        ) THEN
            RAISE EXCEPTION 'the first justification comes with the list' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.status = 'approved' THEN
            SELECT n.value INTO days FROM standards_number n
                WHERE n.profile_id = NEW.profile_id AND n.key = 'list.sunset';
            IF days IS NULL OR NEW.sunset_at > COALESCE(NEW.decided_at, NEW.proposed_at)
                    + make_interval(days => days, mins => 1) THEN
                RAISE EXCEPTION 'a list is justified for % days at most', days USING ERRCODE = 'check_violation';
            END IF;
        END IF;
        IF NEW.decided_by_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM accounts_signin s WHERE s.id = NEW.sign_in_id AND s.user_id = NEW.decided_by_id
                AND s.ended_at IS NULL AND s.opened_at <= NEW.decided_at
        ) THEN
            RAISE EXCEPTION 'a decision is made in an open session of the person who decides'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

LIST_TERM_OF_A_JUSTIFICATION = pgtrigger.Trigger(
    name="of_a_justification",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("j", "hotlists_justification%ROWTYPE")],
    func="""
        SELECT * INTO j FROM hotlists_justification WHERE id = NEW.justification_id;
        IF j.status <> 'approved' OR j.hotlist_id <> NEW.hotlist_id OR NEW.sunset_at > j.sunset_at THEN
            RAISE EXCEPTION 'a list stands on a justification of its own that was approved, and no longer'
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

LIST_TERM_ENDS_ONCE = pgtrigger.Trigger(
    name="ends_once",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF OLD.until_at IS NOT NULL OR to_jsonb(NEW) - 'until_at' <> to_jsonb(OLD) - 'until_at' THEN
            RAISE EXCEPTION 'of a term only its end is written, and once' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)

# The list is locked, so that two approvals beside each other cannot both take its last place.
TERM_WITHIN_SIZE = pgtrigger.Trigger(
    name="within_size",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("list", "uuid"), ("most", "integer"), ("there", "integer")],
    func="""
        SELECT h.id, h.max_size INTO list, most FROM hotlists_hotlist h
            JOIN hotlists_entry e ON e.hotlist_id = h.id WHERE e.id = NEW.entry_id;
        IF most IS NULL OR EXISTS (  -- what had a place until now keeps it, however full the list
            SELECT FROM hotlists_term t WHERE t.entry_id = NEW.entry_id AND t.lapses_at > NEW.from_at
                AND (t.until_at IS NULL OR t.until_at = NEW.from_at)
        ) THEN
            RETURN NEW;
        END IF;
        PERFORM FROM hotlists_hotlist h WHERE h.id = list FOR NO KEY UPDATE;
        SELECT count(*) INTO there FROM hotlists_term t JOIN hotlists_entry e ON e.id = t.entry_id
            WHERE e.hotlist_id = list AND e.withdrawn_at IS NULL AND e.id <> NEW.entry_id
                AND t.until_at IS NULL AND t.lapses_at > NEW.from_at;
        IF there >= most THEN
            RAISE EXCEPTION 'the list holds % entries, as many as it may', there USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """,
)


def _of_an_open_list(what: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="of_an_open_list",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF {what} AND EXISTS (
                SELECT FROM hotlists_hotlist h WHERE h.id = NEW.hotlist_id AND h.closed_at IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'a closed list takes nothing any more' USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )


# What would make a closed list grow, or its files be read otherwise. Refusing, ending and turning down stay possible.
OPEN_LIST_LOADS = _of_an_open_list(
    "(TG_OP = 'INSERT' OR NEW.status <> OLD.status AND NEW.status IN ('checked', 'accepted', 'loaded'))"
)
OPEN_LIST_AGREES = _of_an_open_list("(TG_OP = 'INSERT' OR NEW.agreed_at IS DISTINCT FROM OLD.agreed_at)")
OPEN_LIST_PROFILES = _of_an_open_list("NEW.ended_at IS NULL")
