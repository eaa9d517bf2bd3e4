"""`python -m bench [name…] [--quick]`: runs bench/<name>.py, each with `measure(quick) -> Iterator[Figure]`."""

import argparse
import pkgutil
import sys
from importlib import import_module

from django.conf import settings

import bench
from portal import embedded
from portal.database import throwaway

NOT_BENCHMARKS = {
    "__main__",
    "cast",
    "crowd",
    "figures",
    "held",
    "logged",
    "old_hits",
    "pages",
    "published",
    "running",
    "settings",
}


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in NOT_BENCHMARKS)


def main(arguments: list[str]) -> int:
    """Prints one JSON line a figure on stdout; everything else goes to stderr."""
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument(
        "names", nargs="*", metavar="name", help=f"of {', '.join(names()) or 'none yet'}; all if left out"
    )
    parser.add_argument("--quick", action="store_true", help="each under 20 s")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(names()):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    with embedded.use(settings.STATE_DIR):
        for name in options.names or names():
            throwaway.prepare(settings.DATABASE_NAME)
            for figure in import_module(f"bench.{name}").measure(quick=options.quick):
                print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
