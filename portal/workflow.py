"""What may follow what: one table per thing that has states. `docs/` draws each as a diagram."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model

from portal.errors import TooLate

_tables: dict[str, "Moves"] = {}


@dataclass(frozen=True)
class Moves:
    """The states of one kind of thing: for each state, the states that may follow and the verb that leads there."""

    thing: str
    table: Mapping[str, Mapping[str, str]]
    field: str = "status"

    def __post_init__(self) -> None:
        _tables[self.thing] = self

    def may(self, thing: Model, to: str) -> bool:
        """Whether `to` may follow the state the thing is in now."""
        return to in self.table.get(getattr(thing, self.field), {})

    def move(self, thing: Model, to: str, **also: object) -> None:
        """Moves the locked row to `to`, setting the columns in `also` with it. Raises TooLate when it may not follow."""
        now = getattr(thing, self.field)
        if not self.may(thing, to):
            raise TooLate(f"This {self.thing} is {_words(now)}, so it cannot become {_words(to)}.")
        for name, value in {self.field: to, **also}.items():
            setattr(thing, name, value)
        thing.save(update_fields=[self.field, *also])

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram."""
        lines = ["stateDiagram-v2", f"    [*] --> {next(iter(self.table))}"]
        for state, following in self.table.items():
            lines += [f"    {state} --> {to}: {verb}" for to, verb in following.items()]
            if not following:
                lines.append(f"    {state} --> [*]")
        return "\n".join(lines)


def tables() -> list[Moves]:
    """All transition tables, by name."""
    return [_tables[name] for name in sorted(_tables)]


def _words(state: object) -> str:
    return str(getattr(state, "label", state)).replace("_", " ").lower()
