"""`python -m bench [name…] [--quick]`: runs bench/<name>.py, each with `measure(quick) -> Iterator[Figure]`."""

import argparse
import os
import pkgutil
import sys
from importlib import import_module

import django

import bench
from portal import embedded

NOT_BENCHMARKS = {"__main__", "figures"}


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in NOT_BENCHMARKS)


def main(arguments: list[str]) -> int:
    """Prints one JSON line a figure on stdout; everything else goes to stderr."""
    parser = argparse.ArgumentParser(prog="bin/bench")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(names()) or 'none yet'}; all if left out")
    parser.add_argument("--quick", action="store_true", help="each under 20 s")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(names()):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(names())}")
    # A database, and Redis databases, of its own: neither the demo's nor a test run's.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench_settings")
    with embedded.use(embedded.state_dir()):
        django.setup()
        for name in options.names or names():
            for figure in import_module(f"bench.{name}").measure(quick=options.quick):
                print(figure.line(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
