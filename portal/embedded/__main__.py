"""`python -m portal.embedded start|stop|keep|status`"""

import contextlib
import signal
import sys

from portal.embedded import (
    NotStarted,
    are_up,
    keep,
    postgres_is_up,
    redis_is_up,
    runs_postgres,
    runs_redis,
    start,
    state_dir,
    stop,
)
from portal.embedded.servers import say


def main(arguments: list[str]) -> int:
    """Does what it is told; the exit code."""
    state = state_dir()
    stay = state / "servers.stay"  # started by hand: they stay when their users leave
    try:
        match arguments:
            case ["start"]:
                state.mkdir(parents=True, exist_ok=True)
                stay.touch()
                say(f"started: {', '.join(start(state)) or 'nothing, all was up'}")
            case ["stop"]:
                stay.unlink(missing_ok=True)
                say(f"stopped: {', '.join(stop(state)) or 'nothing, none was up'}")
            case ["keep"]:
                signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
                with contextlib.suppress(KeyboardInterrupt):
                    keep(state)
            case ["status"]:
                for name, ours, is_up in (
                    ("PostgreSQL", runs_postgres(), postgres_is_up),
                    ("Redis", runs_redis(), redis_is_up),
                ):
                    say(f"{name}: {('up' if is_up(state) else 'down') if ours else 'configured elsewhere'}")
                return 0 if are_up(state) else 1
            case _:
                say("usage: python -m portal.embedded start|stop|keep|status")
                return 2
    except NotStarted as problem:
        say(str(problem))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
