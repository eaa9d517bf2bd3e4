"""What keeps a held record in the database, whoever deletes: a trigger that rooms above declare on their models."""

import pgtrigger


def not_under_hold(label: str, /, **through: str) -> pgtrigger.Trigger:
    """No row of the kind `label` is deleted while a hold on it is open, nor while one on what it belongs to is.

    `through` maps a column to the kind it points at: `not_under_hold("hits.Hit", entry_id="hotlists.Entry")`.
    """
    kept = [f"(h.label = '{label}' AND h.object_id = OLD.id)"]
    kept += [f"(h.label = '{other}' AND h.object_id = OLD.{column})" for column, other in through.items()]
    return pgtrigger.Trigger(
        name="not_under_hold",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=(
            "IF EXISTS (SELECT FROM retention_legalhold h WHERE h.released_at IS NULL AND ("
            + " OR ".join(kept)
            + ")) THEN RAISE EXCEPTION 'under a legal hold: %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';"
            " END IF; RETURN OLD;"
        ),
    )
