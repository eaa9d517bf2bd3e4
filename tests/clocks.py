"""Clocks of machines that tests run matchers on."""

import time
from contextlib import contextmanager

import time_machine

from matcher_client.clock import Clock


class TravellingClock(Clock):
    """A machine that was always at the time a test travels to: its running clock goes with the one on the wall."""

    def running(self):
        return time.time()


class SetClock(Clock):
    """A machine whose wall clock somebody sets, while its running clock goes on as true time passes."""

    def __init__(self, wall, true):
        self._wall = wall  # what a test travels by: all programs of the machine see it
        self.true = true
        self._started = true - 100
        self._boots = 1

    def running(self):
        return self.true - self._started

    def boot(self):
        return f"start {self._boots}"

    def passes(self, seconds):
        """Time passes, whether the machine is awake or asleep."""
        self.true += seconds
        self._wall.shift(seconds)

    def is_set_by(self, seconds):
        """Somebody sets the clock on or back."""
        self._wall.shift(seconds)

    def is_set_right(self):
        """Somebody sets the clock to what it should be."""
        self._wall.move_to(self.true)

    def is_off(self, seconds):
        """The machine is off for so long, and starts again."""
        self.passes(seconds)
        self._boots += 1
        self._started = self.true - 5

    @contextmanager
    def elsewhere(self):
        """At the true time, as on the portal's machine."""
        here = time.time()
        self.is_set_right()
        try:
            yield
        finally:
            self._wall.move_to(here)


@contextmanager
def a_set_clock(at):
    """A machine whose clock is right to begin with."""
    with time_machine.travel(at, tick=False) as wall:
        yield SetClock(wall, at)
