"""How long each kind of record lives: the schedule, legal holds, deletion runs, certificates."""
