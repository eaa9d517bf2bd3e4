"""Stores of matchers that do not do as they say; the portal must find them out by their receipts."""

from dataclasses import replace

from matcher_client.store import Store


class NeverForgets(Store):
    """Keeps every row it ever had."""

    def replace(self, lists, sites, verified_at, where=None):
        kept = {}
        for role, held in lists.items():
            before = self.lists.get(role, held)
            gone = {vrm: before.rows_of(vrm) for vrm in before.plates() - held.plates()}
            kept[role] = replace(held, changed={**held.changed, **gone})
        super().replace({**self.lists, **kept}, sites, verified_at, where)


class KeepsQuietly(NeverForgets):
    """Keeps every row, and says the right number of rows."""

    def count(self, role):
        return self.lists[role].manifest.rows


class Echoes(KeepsQuietly):
    """Applies nothing and answers with the root that it was told."""

    def answer(self, role, nonce, bucket):
        return self.lists[role].manifest.root
